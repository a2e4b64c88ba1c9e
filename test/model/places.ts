import type { FlagsFile } from '../../src/config/schema.js'
import {
  mountedBy,
  onHost,
  settingsOfDirectory,
  settingsOfMounts,
  type DirectoryFields,
  type Mounted,
  type Settings,
} from './settings.js'
import { covers } from './url.js'
import { emptyFolder, writtenScript } from './world.js'

/** Which part of the configuration a URL belongs to, and the path of a file that this part makes of it. */
export type Place =
  | { readonly kind: 'static'; readonly file: string }
  | { readonly kind: 'user-directory'; readonly file: string; readonly user: string }
  | { readonly kind: 'directory'; readonly file: string; readonly uri?: string }
  | {
      readonly kind: 'application'
      readonly file: string
      readonly settings: Settings
      /** What a script that we write says of itself: `probe:app`. */
      readonly written?: string
    }
  | {
      readonly kind: 'fallback'
      readonly file: string
      readonly settings: Settings
      readonly written: string
      /** The URL that mod_rewrite made. */
      readonly uri: string
      readonly hidesScriptName: boolean
    }
  | { readonly kind: 'nothing'; readonly file: string }

/** How many segments of the URL a mount speaks for; a plain URL beats a pattern, and a pattern beats a folder. */
const rank = ({ mount = '/', match, scripts }: Mounted): number => {
  const segments = (text: string): number => text.split('/').filter((part) => part !== '').length
  if (match !== undefined) return segments(match.replace(/[$^]/g, '').replace(/\[[^\]]*\]/g, 'x')) * 3 + 1
  return scripts === undefined ? segments(mount) * 3 + 2 : (segments(mount) + 1) * 3
}

/** The file that a mount makes of a URL, or undefined where it does not match (mod_wsgi: WSGIScriptAlias). */
const fileOf = (one: Mounted, code: string, uri: string): string | undefined => {
  const { mount = '/', match, scripts, script } = one
  if (match !== undefined) {
    const found = new RegExp(match).exec(uri)
    if (found === null) return undefined
    const target = onHost(script ?? '', code).replace(/\$([1-9])/g, (_, digit: string) => found[Number(digit)] ?? '')
    return target + uri.slice(found[0].length)
  }
  if (scripts !== undefined)
    return uri.startsWith(mount) ? `${onHost(scripts, code)}/${uri.slice(mount.length)}` : undefined
  if (!covers(mount, uri)) return undefined
  const file = script !== undefined && one.wrapper === undefined ? onHost(script, code) : writtenScript
  return file + (mount === '/' ? uri : uri.slice(mount.length))
}

const saysOfItself = ({ wsgi, script = '', wrapper, callable = 'application' }: Mounted, code: string) => {
  const name = wsgi ?? (wrapper === undefined ? undefined : `${onHost(script, code)}:${callable}`)
  return name === undefined ? {} : { written: `${name}${wrapper === undefined ? '' : ' wrapped'}` }
}

const applicationAt = (flags: FlagsFile, code: string, uri: string): Place | undefined => {
  const all = settingsOfMounts(flags)
  const [best] = mountedBy(flags)
    .flatMap((one, index) => {
      const file = fileOf(one, code, uri)
      const settings = all[index]
      return file === undefined || settings === undefined ? [] : [{ one, file, settings }]
    })
    .sort((a, b) => rank(b.one) - rank(a.one))
  if (best === undefined) return undefined
  const { one, file, settings } = best
  return { kind: 'application', file, settings, ...saysOfItself(one, code) }
}

export interface StaticFields {
  readonly url: string
  readonly path: string
}

export const staticsOf = (flags: FlagsFile, code: string): readonly StaticFields[] =>
  [
    ...Object.entries(flags.static).map(([url, value]) => [url, value] as const),
    ...flags.applications.flatMap(({ mount = '/', static: files }) =>
      Object.entries(files).map(([url, value]) => [`${mount.replace(/\/$/, '')}${url}`, value] as const),
    ),
  ].map(([url, value]) => ({ url, path: onHost(typeof value === 'string' ? value : value.path, code) }))

interface Aliased {
  readonly url: string
  readonly place: Place
}

/** Alias has precedence over WSGIScriptAlias; of several the one that says more of the URL. */
const aliasAt = (flags: FlagsFile, code: string, uri: string): Place | undefined => {
  const below = (url: string, path: string): string => `${path}${url.endsWith('/') ? '/' : ''}${uri.slice(url.length)}`
  const files = staticsOf(flags, code)
    .filter(({ url }) => (url.endsWith('/') ? uri.startsWith(url) : covers(url, uri)))
    .map(({ url, path }): Aliased => ({ url, place: { kind: 'static', file: below(url, path) } }))
  const folders = flags.directories
    .filter(({ url }) => url !== '/' && uri.startsWith(url))
    .map(({ url, folder }): Aliased => ({ url, place: { kind: 'directory', file: below(url, onHost(folder, code)) } }))
  const [longest] = [...files, ...folders].sort((a, b) => b.url.length - a.url.length)
  if (longest?.place.kind === 'static') return longest.place
  return patternAt(flags, code, uri) ?? longest?.place
}

/** AliasMatch puts the file in the place of the whole URL, whatever follows the match. */
const patternAt = (flags: FlagsFile, code: string, uri: string): Place | undefined => {
  for (const { match, file } of flags['static-patterns']) {
    const found = new RegExp(match).exec(uri)
    if (found === null) continue
    const path = file.replace(/\$([1-9])/g, (_, digit: string) => found[Number(digit)] ?? '')
    return { kind: 'static', file: onHost(path, code) }
  }
  return undefined
}

const userDirectoryAt = (flags: FlagsFile, uri: string): Place | undefined => {
  const folder = flags['user-directories']
  const [, user = '', rest = ''] = /^\/~([a-z_][a-z0-9_-]*)\/(.*)$/.exec(uri) ?? []
  if (folder === undefined || user === '') return undefined
  return { kind: 'user-directory', file: `/home/${user}/${folder}/${rest}`, user }
}

/** Debian and Ubuntu serve the pictures of directory listings in every virtual host. */
const iconAt = (uri: string): Place | undefined =>
  uri.startsWith('/icons/')
    ? { kind: 'static', file: `/usr/share/apache2/icons/${uri.slice('/icons/'.length)}` }
    : undefined

const folderAtRoot = (flags: FlagsFile): DirectoryFields | undefined => flags.directories.find(({ url }) => url === '/')

/** Every URL that is no file in the folder goes to one script. */
const fallbackAt = (
  flags: FlagsFile,
  code: string,
  uri: string,
  isFile: (path: string) => boolean,
): Place | undefined => {
  const fields = folderAtRoot(flags)
  const fallback = fields?.fallback
  if (fields === undefined || fallback === undefined) return undefined
  const folder = onHost(fields.folder, code)
  const name = fallback.script ?? `${flags.site}.wsgi`
  const settings = settingsOfDirectory(flags, fields)
  const named = covers(`/${name}`, uri)
  if (!named && isFile(`${folder}${uri}`)) return undefined
  const path = named ? uri.slice(name.length + 1) : uri
  if (fallback.wsgi === undefined && !fallback['hide-script-name']) {
    return { kind: 'directory', file: `${folder}/${name}${path}`, uri: `/${name}${path}` }
  }
  return {
    kind: 'fallback',
    file: `${writtenScript}${path}`,
    uri: `/${name}${path}`,
    settings,
    written: fallback.wsgi ?? `${folder}/${name}:${settings.callable}`,
    hidesScriptName: fallback['hide-script-name'],
  }
}

/** Which place a URL belongs to, and the path of a file that it makes of it. */
export const placeOf = (flags: FlagsFile, code: string, uri: string, isFile: (path: string) => boolean): Place => {
  const root = folderAtRoot(flags)
  return (
    userDirectoryAt(flags, uri) ??
    aliasAt(flags, code, uri) ??
    iconAt(uri) ??
    applicationAt(flags, code, uri) ??
    fallbackAt(flags, code, uri, isFile) ??
    (root === undefined
      ? { kind: 'nothing', file: `${emptyFolder}${uri}` }
      : { kind: 'directory', file: `${onHost(root.folder, code)}${uri}` })
  )
}
