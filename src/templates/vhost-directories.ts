import { posix } from 'node:path'
import type { Application, ScriptDirectory } from '../core/applications.js'
import { directive, isBelow, literally, section, type Node } from './apache.js'
import { areMixed, behaviourOf, granted, groupsOf } from './vhost-applications.js'

const options = ({ setHandler, handlers, overrides, multiviews, indexes }: ScriptDirectory): readonly string[] => {
  const runs = setHandler !== undefined || handlers.length > 0 || overrides.includes('FileInfo')
  const all = [...(runs ? ['ExecCGI'] : []), ...(multiviews ? ['MultiViews'] : []), ...(indexes ? ['Indexes'] : [])]
  return all.length === 0 ? ['None'] : all
}

/** Source code that no handler takes would be sent as text. */
const source = ['py', 'pyc', 'wsgi', 'cgi']

/** What editors and people leave beside it: sent as text, too, or even run, for every extension of a name counts. */
const copies = ['bak', 'old', 'orig', 'rej', 'save', 'swp']

/** Where a .htaccess file may bring handlers, scripts of the usual extension are scripts without it too. */
const runWithoutFile = ({ handlers, overrides }: ScriptDirectory): readonly string[] =>
  overrides.includes('FileInfo') && !handlers.some(({ extension }) => extension.toLowerCase() === '.wsgi')
    ? ['wsgi']
    : []

/** What nobody runs is not served; what else a .htaccess file runs is for it to say. */
const denied = (it: ScriptDirectory): readonly string[] => {
  const known = new Set([
    ...it.handlers.map(({ extension }) => extension.slice(1).toLowerCase()),
    ...runWithoutFile(it),
    ...(it.overrides.includes('FileInfo') ? ['cgi'] : []),
  ])
  const never = it.setHandler === undefined ? [...source, ...copies] : copies
  return never.filter((extension) => !known.has(extension))
}

/** All that have sections of their own. */
interface Others {
  readonly directories: readonly ScriptDirectory[]
  readonly applications: readonly Application[]
}

/** Folders in it that have rules of their own. */
const innerOf = ({ folder }: ScriptDirectory, { directories, applications }: Others): readonly string[] => {
  const scripts = applications.flatMap(({ script }) => (script.kind === 'folder' ? [script.path] : []))
  const inner = [...directories.map((other) => other.folder), ...scripts].filter((other) => isBelow(other, folder))
  return [...new Set(inner)].map((other) => other.slice(folder.length + 1))
}

/** Inside the section of the folder, or beside it, where others lie in it or scripts of their own are opened later. */
const protection = (it: ScriptDirectory, others: Others, place: 'inside' | 'beside'): readonly Node[] => {
  const extensions = denied(it)
  const inner = innerOf(it, others)
  const isInside = inner.length === 0 && !areMixed(others.applications, others.directories)
  if (isInside !== (place === 'inside')) return []
  const because = `${it.from}: source code that nothing here runs, and copies of it, are not sent as text`
  const files = section('FilesMatch', [`(?i)\\.(${extensions.join('|')})$|~$|^#`], because, [
    directive('Require', ['all', 'denied'], because),
  ])
  const not = inner.length === 0 ? '' : `(?!(${inner.map(literally).join('|')})/)`
  return isInside ? [files] : [section('DirectoryMatch', [`^${literally(it.folder)}/${not}`], because, [files])]
}

/**
 * An index that is denied, as index.cgi of Ubuntu's own list is, forbids the list of files even when it is not there; and
 * that of a folder around is not meant.
 */
const indexOf = (
  { directoryIndex, indexes }: ScriptDirectory,
  around: readonly ScriptDirectory[],
): readonly string[] => {
  if (directoryIndex.length > 0) return directoryIndex
  return indexes || around.some((one) => one.directoryIndex.length > 0) ? ['index.html'] : []
}

const folder = (it: ScriptDirectory, others: Others): readonly Node[] => {
  const { from } = it
  const { applications, directories } = others
  const around = directories.filter((one) => isBelow(it.folder, one.folder))
  const index = indexOf(it, around)
  const inside = [
    directive('Options', options(it), `${from}.handler, handlers, multiviews, indexes: what is allowed in it`),
    directive(
      'AllowOverride',
      it.overrides.length === 0 ? ['None'] : it.overrides,
      `${from}.htaccess: what .htaccess files in it may set`,
    ),
    ...(it.setHandler === undefined
      ? []
      : [directive('SetHandler', [it.setHandler], `${from}.handler: every file in it is a script`)]),
    ...(it.setHandler === undefined && around.some(({ setHandler }) => setHandler !== undefined)
      ? [directive('SetHandler', ['None'], `${from}.handler: not every file, as in the folder around it`)]
      : []),
    ...it.handlers.map(({ extension, handler }) =>
      directive('AddHandler', [handler, extension], `${from}.handlers: files with this extension are run`),
    ),
    ...(it.multiviews
      ? [directive('MultiviewsMatch', ['Handlers'], `${from}.multiviews: URLs may leave the extension out`)]
      : []),
    ...(index.length === 0
      ? []
      : [directive('DirectoryIndex', index, `${from}.directory-index: what answers for the folder itself`)]),
    ...behaviourOf(it, [...directories, ...applications]),
    granted(`${from}: open to every client`),
    ...runWithoutFile(it).map((extension) =>
      directive('AddHandler', ['wsgi-script', `.${extension}`], `${from}.htaccess: code even when that file is lost`),
    ),
    ...protection(it, others, 'inside'),
  ]
  return [section('Directory', [it.folder], `${from}.folder: this folder`, inside), ...protection(it, others, 'beside')]
}

/** The longest URL first: of several Alias lines the first that matches wins. */
const longestFirst = (directories: readonly ScriptDirectory[]): readonly ScriptDirectory[] =>
  [...directories].sort((one, other) => other.url.length - one.url.length || (one.url < other.url ? -1 : 1))

export const directoryAliases = (directories: readonly ScriptDirectory[]): readonly Node[] =>
  longestFirst(directories).flatMap(({ from, url, folder: path }) =>
    url === '/' ? [] : [directive('Alias', [url, `${path}/`], `${from}.url: leads to the folder`)],
  )

export const directorySections = (
  directories: readonly ScriptDirectory[],
  applications: readonly Application[],
): readonly Node[] =>
  [...directories]
    .sort((one, other) => (one.folder < other.folder ? -1 : 1))
    .flatMap((it) => folder(it, { directories, applications }))

/** The URL itself and what is below it. */
const belowUrl = (url: string): string => `^${literally(url)}${url.endsWith('/') ? '' : '(/|$)'}`

/** A place of its own in the site: its URL, or a pattern of URLs. */
export type Place = { readonly url: string } | { readonly pattern: string }

const urlsOf = (place: Place): readonly string[] => {
  if ('pattern' in place) return [place.pattern]
  return place.url === '/' ? [] : [belowUrl(place.url)]
}

/**
 * Whatever is no file goes to the script (Configuration Guidelines: The Apache Alias Directive). In a virtual host
 * REQUEST_FILENAME is not yet the file, so the file is named here; `places` are left alone.
 */
export const fallbackRules = (directories: readonly ScriptDirectory[], places: readonly Place[]): readonly Node[] =>
  directories.flatMap(({ from, folder, fallback }) => {
    if (fallback === undefined) return []
    const script = `/${fallback.name}`
    const not = (pattern: string, because: string): Node =>
      directive('RewriteCond', [{ as: '%{REQUEST_URI}' }, { as: `!${pattern}` }], `${from}.fallback: ${because}`)
    return [
      directive('RewriteCond', [`${folder}/$1`, { as: '!-f' }], `${from}.fallback: what is a file stays one`),
      not(belowUrl(script), 'what is the script already'),
      ...places.flatMap(urlsOf).map((pattern) => not(pattern, 'what something else serves')),
      directive(
        'RewriteRule',
        ['^/?(.*)$', `${script}/$1`, { as: '[QSA,PT,L]' }],
        `${from}.fallback: everything else is answered by the script`,
      ),
    ]
  })

/** The URLs of the scripts that get what no file answers. */
export const fallbackUrls = (directories: readonly ScriptDirectory[]): readonly string[] =>
  directories.flatMap(({ fallback }) => (fallback === undefined ? [] : [`/${fallback.name}`]))

export const fallbackAliases = (directories: readonly ScriptDirectory[]): readonly Node[] =>
  directories.flatMap(({ from, fallback }) => {
    if (fallback?.generated === undefined) return []
    const because = `${from}.fallback: the script that everything else is rewritten to`
    return [directive('WSGIScriptAlias', [`/${fallback.name}`, fallback.generated.path], because)]
  })

/** The scripts that we write for them lie elsewhere, and name their application as mod_wsgi expects it. */
export const fallbackSections = (directories: readonly ScriptDirectory[]): readonly Node[] =>
  directories.flatMap((it) => {
    const { from, fallback } = it
    if (fallback?.generated === undefined) return []
    const { path } = fallback.generated
    const because = `${from}.fallback: nothing but its script`
    const inside = [granted(`${from}.fallback: open to every client`), ...groupsOf(it)]
    const files = section('Files', [posix.basename(path)], because, inside)
    return [section('Directory', [posix.dirname(path)], because, [files])]
  })
