import { compareMounts } from '../core/mount-order.js'
import type { Judged } from './judged.js'
import { dotted, type Path } from './mistake.js'
import type { Broken } from './rule.js'
import { samplesBelow, samplesOf } from './url-samples.js'

/** A part of the URLs of the site that somebody asks for. */
interface Claim {
  readonly path: Path
  /** `/wiki`, `/media/`; of a pattern the pattern. */
  readonly url: string
  readonly kind: 'file' | 'files' | 'script' | 'application'
  readonly matches: (url: string) => boolean
  readonly samples: readonly string[]
  readonly isPattern: boolean
}

/** As mod_alias and mod_wsgi compare: `/wiki` is also what is below it, `/wiki/` only that. */
const isAtOrBelow = (url: string, prefix: string): boolean =>
  prefix.endsWith('/') ? url.startsWith(prefix) : url === prefix || url.startsWith(`${prefix}/`)

const prefixClaim = (path: Path, url: string, kind: Claim['kind']): Claim => ({
  path,
  url,
  kind,
  matches: (other) => isAtOrBelow(other, url),
  samples: kind === 'file' || url === '/' ? [url] : samplesBelow(url),
  isPattern: false,
})

const patternClaim = (path: Path, pattern: string, kind: Claim['kind']): Claim => {
  const matcher = new RegExp(pattern)
  return { path, url: pattern, kind, matches: (url) => matcher.test(url), samples: samplesOf(pattern), isPattern: true }
}

const longestFirst = (claims: readonly Claim[]): readonly Claim[] =>
  [...claims].sort((one, other) => other.url.length - one.url.length)

/** In the order in which Apache asks: mod_alias before mod_wsgi, the DocumentRoot last. */
const claimsOf = ({ flags, applications, directories, static: files }: Judged): readonly Claim[] => [
  ...(flags['user-directories'] === undefined
    ? []
    : [patternClaim(['user-directories'], '^/~([a-z_][a-z0-9_-]*)/(.*)$', 'files')]),
  ...longestFirst(files.map(({ field, url }) => prefixClaim(field, url, url.endsWith('/') ? 'files' : 'file'))),
  ...flags['static-patterns'].map(({ match }, index) => patternClaim(['static-patterns', index], match, 'files')),
  ...longestFirst(
    directories.flatMap(({ path, url }) => (url === '/' ? [] : [prefixClaim([...path, 'url'], url, 'files')])),
  ),
  ...directories.flatMap(({ path, fallback }) =>
    fallback === undefined ? [] : [prefixClaim([...path, 'fallback'], `/${fallback.name}`, 'script')],
  ),
  ...[...applications]
    .sort((one, other) => compareMounts(one.mount, other.mount))
    .map(({ mount, mountPath }) =>
      mount.kind === 'pattern'
        ? patternClaim(mountPath, mount.pattern, 'application')
        : prefixClaim(mountPath, mount.url, 'application'),
    ),
  ...directories.flatMap(({ path, url }) => (url === '/' ? [prefixClaim([...path, 'url'], url, 'files')] : [])),
]

const withoutSlash = (url: string): string => (url.length > 1 ? url.replace(/\/$/, '') : url)

/** What two ask for alike, or what differs only in case, which nobody sees in a browser. */
const twice = (claims: readonly Claim[]): readonly (readonly [Claim, string])[] => {
  const first = new Map<string, Claim>()
  return claims.flatMap((claim) => {
    const key = claim.isPattern ? claim.url : withoutSlash(claim.url).toLowerCase()
    const other = first.get(key)
    if (other === undefined) {
      first.set(key, claim)
      return []
    }
    const says =
      withoutSlash(other.url) === withoutSlash(claim.url)
        ? `${claim.url} is taken by ${dotted(other.path)}: give one of them another URL`
        : `${claim.url} differs from ${dotted(other.path)} in case only: give one of them another URL`
    return [[claim, says] as const]
  })
}

/** A prefix loses what is taken at or below it; of a pattern others may have a part. */
const isHiddenBy = (later: Claim, earlier: Claim): boolean => {
  if (later.isPattern) return later.samples.length > 0 && later.samples.every(earlier.matches)
  // of a whole site every other part takes something
  if (later.url === '/') return earlier.matches(earlier.kind === 'application' ? '/' : '/zqxj')
  return later.samples.some(earlier.matches)
}

const why = (earlier: Claim, later: Claim): string => {
  const name = later.isPattern ? dotted(later.path) : `${dotted(later.path)}, ${later.url}`
  if (earlier.kind === 'application' || earlier.kind === 'script') {
    return `${earlier.url} also takes what ${name} is to answer: give one of them another URL`
  }
  if (earlier.isPattern) return `also matches URLs of ${name}: name the folder or the extension, ^/css/([^/]+\\.css)$`
  return `hides ${name}, because files are asked for first: give one of them another URL`
}

/** Debian and Ubuntu have them in every virtual host: an Alias, which only another Alias beats, and a Location. */
const icons = prefixClaim([], '/icons/', 'files')
const serverStatus = prefixClaim([], '/server-status', 'files')

const takenByApache = (claims: readonly Claim[]): readonly Broken[] =>
  claims.flatMap(({ path, url, kind, samples, isPattern }): readonly Broken[] => {
    const rivals = kind === 'application' || kind === 'script' ? [icons, serverStatus] : [serverStatus]
    const rival = rivals.find(({ matches }) => (isPattern ? samples.every(matches) : samples.some(matches)))
    if (rival === undefined || samples.length === 0) return []
    return [{ path, message: `${url} is answered by Apache itself, which has ${rival.url}: take another URL` }]
  })

/** Every URL has one answer, and nothing that is written is unreachable. */
export const mountRules = (judged: Judged): readonly Broken[] => {
  const claims = claimsOf(judged)
  const doubles = twice(claims)
  const hidden = claims.flatMap((later, index) =>
    claims
      .slice(0, index)
      .filter((earlier) => isHiddenBy(later, earlier) && !doubles.some(([other]) => other === later))
      .map((earlier) => ({ path: earlier.path, message: why(earlier, later) })),
  )
  return [...doubles.map(([{ path }, message]) => ({ path, message })), ...hidden, ...takenByApache(claims)]
}
