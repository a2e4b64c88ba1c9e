import type { Judged, JudgedDirectory } from './judged.js'
import { dotted } from './mistake.js'
import type { Broken } from './rule.js'
import type { DirectoryFields } from './schema-applications.js'

type Fault = readonly [key: string, message: string]

/** Without a handler they would be sent as text, so they are not served at all. */
const source = /\.(py|pyc|wsgi|cgi)$/i

const extensionOf = (name: string): string => /\.[^.]+$/.exec(name)?.[0].toLowerCase() ?? ''

const handlerOf = (fields: DirectoryFields, name: string): string | undefined =>
  fields.handler ??
  Object.entries(fields.handlers ?? {}).find(([extension]) => extension.toLowerCase() === extensionOf(name))?.[1]

const isRunning = (fields: DirectoryFields): boolean =>
  fields.handler !== undefined ||
  Object.values(fields.handlers ?? {}).includes('wsgi-script') ||
  fields.htaccess.includes('FileInfo') ||
  fields.fallback !== undefined

const handlerFaults = ({ handler, handlers }: DirectoryFields): readonly Fault[] => {
  const extensions = Object.keys(handlers ?? {})
  const twin = extensions.find((one, index) =>
    extensions.slice(0, index).some((other) => other.toLowerCase() === one.toLowerCase()),
  )
  return [
    ...(handler !== undefined && handlers !== undefined
      ? [['handler', 'gives every file to wsgi-script, whatever handlers says: keep one of them'] as const]
      : []),
    ...(twin === undefined
      ? []
      : [[`handlers.${twin}`, 'is there already: Apache does not tell capital letters from small ones'] as const]),
    ...(handlers !== undefined && extensions.length === 0
      ? [['handlers', 'names no extension: {".wsgi": wsgi-script}'] as const]
      : []),
  ]
}

const fallbackFaults = (fields: DirectoryFields): readonly Fault[] => {
  const { fallback, url } = fields
  if (fallback === undefined) return []
  const { script, wsgi } = fallback
  return [
    ...(url === '/' ? [] : [['fallback', 'answers for the whole site, so it needs url: /'] as const]),
    ...(script === undefined && wsgi === undefined
      ? [['fallback', 'needs what answers: script: site.wsgi, or wsgi: module:object'] as const]
      : []),
    ...(script !== undefined && wsgi !== undefined
      ? [['fallback.wsgi', 'stands beside script: keep one of them'] as const]
      : []),
    ...(script !== undefined && handlerOf(fields, script) !== 'wsgi-script'
      ? [['fallback.script', `needs handlers: {"${extensionOf(script) || '.wsgi'}": wsgi-script}`] as const]
      : []),
  ]
}

const runsOnly = ['callable', 'process-group', 'application-group', 'pass-authorization', 'chunked-requests'] as const

const serves = ({ multiviews, indexes, ...fields }: DirectoryFields): boolean =>
  fields.url === '/' ||
  multiviews ||
  indexes ||
  fields['directory-index'].length + fields.htaccess.length > 0 ||
  fields.handlers !== undefined

const purposeFaults = (fields: DirectoryFields): readonly Fault[] => {
  if (isRunning(fields)) return []
  const senseless = runsOnly.filter((key) => fields[key] !== undefined)
  return [
    ...senseless.map((key) => [key, 'needs scripts: handlers: {".wsgi": wsgi-script}'] as const),
    ...(serves(fields) || senseless.length > 0
      ? []
      : [['folder', `holds nothing that runs: write static: {${fields.url}: ${fields.folder}}`] as const]),
  ]
}

/** An index that Apache would refuse, for it takes no script without handler. */
const indexFaults = (fields: DirectoryFields): readonly Fault[] =>
  fields['directory-index'].flatMap((name, index): readonly Fault[] =>
    source.test(name) && handlerOf(fields, name) === undefined && !fields.htaccess.includes('FileInfo')
      ? [[`directory-index.${index}`, `needs handlers: {"${extensionOf(name)}": ...}, or it is answered with 403`]]
      : [],
  )

const multiviewsFaults = ({ multiviews, handlers, htaccess }: DirectoryFields): readonly Fault[] =>
  multiviews && handlers === undefined && !htaccess.includes('FileInfo')
    ? [['multiviews', 'leaves out extensions, so it needs handlers: {".wsgi": wsgi-script}']]
    : []

/** A dot in a key of `handlers` is no border between keys. */
const keysOf = (key: string): readonly (string | number)[] => {
  if (key.startsWith('handlers.')) return ['handlers', key.slice('handlers.'.length)]
  return key.split('.').map((part) => (/^[0-9]+$/.test(part) ? Number(part) : part))
}

const faultsOf = ({ fields, path }: JudgedDirectory): readonly Broken[] =>
  [
    ...handlerFaults(fields),
    ...multiviewsFaults(fields),
    ...indexFaults(fields),
    ...fallbackFaults(fields),
    ...purposeFaults(fields),
  ].map(([key, message]) => ({ path: [...path, ...keysOf(key)], message }))

const foldersTwice = (directories: readonly JudgedDirectory[]): readonly Broken[] =>
  directories.flatMap(({ folder, path }, index) => {
    const other = directories.slice(0, index).find((one) => one.folder === folder)
    return other === undefined
      ? []
      : [{ path: [...path, 'folder'], message: `is the folder of ${dotted(other.path)} already` }]
  })

/** What a folder of scripts is as static files its sections in Apache's file cannot be at the same time. */
const alsoStatic = ({ directories, static: files }: Judged): readonly Broken[] =>
  files.flatMap(({ field, path }) => {
    const other = directories.find(({ folder }) => folder === path)
    return other === undefined
      ? []
      : [{ path: field, message: `${path} is the folder of ${dotted(other.path)}, which serves its files already` }]
  })

/** mod_wsgi: Configuration Guidelines, The Apache Alias Directive. */
export const directoryRules = (judged: Judged): readonly Broken[] => [
  ...judged.directories.flatMap(faultsOf),
  ...foldersTwice(judged.directories),
  ...alsoStatic(judged),
]
