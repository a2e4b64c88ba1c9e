import { normalize } from 'node:path/posix'
import { dangerOf, isAtOrBelow, isBelow } from '../config/dangerous-paths.js'
import { lineageOf, lineagePaths, manifestFile } from '../core/host-paths.js'
import { DeployError } from '../errors.js'
import type { SiteManifest } from '../probes/manifest.js'

const apache = '/etc/apache2'

/** Files of Apache that no deployment makes for a single site. */
const isOfApache = (path: string): boolean =>
  ['sites-available', 'sites-enabled', 'conf-available', 'conf-enabled', 'mods-available', 'mods-enabled'].some(
    (name) => isAtOrBelow(path, `${apache}/${name}`),
  ) || /^\/etc\/apache2(\/[^/]+)?$/.test(path)

const expected = ({ site }: SiteManifest): Readonly<Record<'vhost' | 'enabled' | 'include', string>> => ({
  vhost: `${apache}/sites-available/${site}.conf`,
  enabled: `${apache}/sites-enabled/${site}.conf`,
  include: `${apache}/deploy-flask/${site}.conf`,
})

/** Why something at that path cannot be a site's, or undefined. */
const strange = (path: string, manifest: SiteManifest): string | undefined => {
  if (!path.startsWith('/') || normalize(path) !== path) return 'it is not a plain absolute path'
  if (Object.values(expected(manifest)).includes(path) || isBelow(path, '/etc/deploy-flask')) return undefined
  if (lineagePaths(lineageOf(manifest.site)).includes(path)) return undefined
  if (isBelow(path, apache)) return isOfApache(path) ? 'it is not of this site alone' : undefined
  return dangerOf(path, [manifest.site, manifest.user])
}

const listenLink = /^\/etc\/apache2\/conf-enabled\/deploy-flask-listen-[\w.-]+\.conf$/

/** What in a manifest no deployment can have written, a line each. */
const oddities = (manifest: SiteManifest, site: string): readonly string[] => {
  const { root, data, logs, listening, modules, before, existingSite } = manifest
  const fixed = Object.entries({ ...expected(manifest), site, data: `${root}/data` })
  const ours = Object.entries(before.paths).flatMap(([path, was]) => (was === null ? [path] : []))
  return [
    ...fixed.flatMap(([name, value]) => (Reflect.get(manifest, name) === value ? [] : [`${name} must be ${value}`])),
    ...[...new Set([root, data, ...ours])].flatMap((path) => {
      const why = strange(path, manifest)
      return why === undefined ? [] : [`${path}: ${why}`]
    }),
    ...(logs.own && ![logs.error, logs.access].every((log) => isBelow(log, '/var/log/apache2'))
      ? ['logs: they must lie in /var/log/apache2']
      : []),
    ...listening.filter((link) => !listenLink.test(link)).map((link) => `listening: ${link}`),
    ...modules.filter((name) => !/^[a-z0-9_]+$/.test(name)).map((name) => `modules: ${name}`),
    ...Object.keys(before.accounts)
      .filter((name) => !/^(user|group) [A-Za-z_][\w.-]*\$?$/.test(name) || / root$/.test(name))
      .map((name) => `before.accounts: ${name}`),
    ...(existingSite === undefined || isBelow(existingSite, `${apache}/sites-available`)
      ? []
      : [`existingSite: ${existingSite}`]),
  ]
}

/** A manifest that was edited by hand must not make root delete what is not the site's. Throws MANIFEST_UNREADABLE. */
export const mustBeRemovable = (manifest: SiteManifest, site: string): void => {
  const found = oddities(manifest, site)
  if (found.length === 0) return
  throw new DeployError('MANIFEST_UNREADABLE', {
    what: `${manifestFile(site)} says what no deployment writes: nothing is removed by it`,
    where: manifestFile(site),
    evidence: found.join('\n'),
    remedy:
      'bring it back from a backup, or apply the site again after moving it away, and remove what is left yourself',
  })
}
