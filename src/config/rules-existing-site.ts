import type { Judged } from './judged.js'
import { dotted, type Path } from './mistake.js'
import type { Broken } from './rule.js'
import type { FlagsFile } from './schema.js'

/** What belongs to a whole virtual host, which is somebody else's here. */
const ofTheHost = (flags: FlagsFile): readonly (readonly [path: Path, isWritten: boolean])[] => [
  [['profile'], flags.profile === 'seed'],
  [['addresses'], flags.addresses.join() !== '*'],
  [['port'], flags.port !== 80],
  [['server-aliases'], flags['server-aliases'].length > 0],
  [['tls'], flags.tls !== undefined],
  [['error-documents'], Object.keys(flags['error-documents']).length > 0],
  ...(['idle', 'header', 'body'] as const).map(
    (key) => [['timeouts', key], flags.timeouts[key] !== undefined] as const,
  ),
  [['log-level'], flags['log-level'] !== undefined],
  [['user-directories'], flags['user-directories'] !== undefined],
  [['rewrite-maps'], Object.keys(flags['rewrite-maps']).length > 0],
  ...flags.directories.map(
    ({ fallback }, index) => [['directories', index, 'fallback'], fallback !== undefined] as const,
  ),
]

/** Their rules would be rules for every URL of that site. */
const rewrites = (flags: FlagsFile): readonly Broken[] =>
  Object.entries(flags.environ).flatMap(([name, field]): readonly Broken[] => {
    if (typeof field === 'string') return []
    const says = (path: Path) => [{ path, message: 'needs rewrite rules, which would reach beyond our URLs' }]
    if ('map' in field) return says(['environ', name, 'map'])
    const index = field.when.findIndex((one) => 'test' in one)
    return index === -1 ? [] : says(['environ', name, 'when', index, 'test'])
  })

const isBelowOne = (url: string, places: readonly string[]): boolean =>
  places.some((place) => `${url}/`.startsWith(place.endsWith('/') ? place : `${place}/`))

/** `^/wsgi/([^/]+)` -> `/wsgi/`; `^/([^/]+)` -> `/`. */
const plainPart = (pattern: string): string => {
  const plain = pattern.slice(1).split(/[[($]/)[0] ?? ''
  return plain.slice(0, plain.lastIndexOf('/') + 1).replaceAll('\\', '')
}

const beyond = ({ applications, directories, static: files, flags }: Judged): readonly Broken[] => {
  const mounted = applications.map(({ mount, mountPath }) => ({
    path: mountPath,
    url: mount.kind === 'pattern' ? plainPart(mount.pattern) : mount.url,
  }))
  const folders = directories.map(({ url, path }) => ({ path: [...path, 'url'], url }))
  const places = [...mounted, ...folders]
  const urls = places.flatMap(({ url }) => (url === '/' ? [] : [url]))
  const [first = '/NAME'] = urls
  const below = (url: string) => `${first.replace(/\/$/, '')}${url}`
  return [
    ...places
      .filter(({ url }) => url === '/')
      .map(({ path }) => ({ path, message: '/ is the existing site itself: mount it below, at /wiki' })),
    ...files
      .filter(({ url }) => !isBelowOne(url, urls))
      .map(({ field, url }) => ({ path: field, message: `${url} belongs to the existing site: write ${below(url)}` })),
    ...flags['static-patterns'].flatMap(({ match }, index) =>
      isBelowOne(plainPart(match), urls)
        ? []
        : [
            {
              path: ['static-patterns', index, 'match'],
              message: `reaches URLs of the existing site: begin with ^${first.replace(/\/$/, '')}/`,
            },
          ],
    ),
    ...flags.access.flatMap(({ url, folder }, index) =>
      folder !== undefined || (url !== undefined && isBelowOne(url, urls))
        ? []
        : [
            {
              path: url === undefined ? ['access', index] : ['access', index, 'url'],
              message: `reaches URLs of the existing site: url: ${below('/admin')}`,
            },
          ],
    ),
  ]
}

/** Applications below URLs of a virtual host that is not ours change nothing else of it. */
export const existingSiteRules = (judged: Judged): readonly Broken[] => {
  const { flags, applications } = judged
  if (flags['existing-site'] === undefined) return []
  return [
    ...ofTheHost(flags)
      .filter(([, isWritten]) => isWritten)
      .map(([path]) => ({ path, message: 'cannot stand beside existing-site, whose virtual host belongs to others' })),
    ...rewrites(flags),
    ...applications
      .filter(({ preload }) => preload)
      .map(({ path, fields }) => ({
        path: fields.preload === undefined ? ['preload'] : [...path, 'preload'],
        message: `${dotted(path)} cannot be preloaded, because the existing site may be read before our process groups`,
      })),
    ...beyond(judged),
  ]
}
