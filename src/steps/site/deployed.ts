import type { SiteManifest } from '../../probes/manifest.js'
import type { Served } from '../apache/handlers.js'

/**
 * What handlers act on and ask, of a site that is on the host already.
 *
 * @param manifest what was noted of it
 * @param venv that its processes are to use
 */
export const servedBy = (manifest: SiteManifest, venv: string): Served => {
  const { site, serverName, address, port, tls, check, mounts, logs, processGroups } = manifest
  return {
    live: {
      name: site,
      serverName,
      address,
      port,
      ...(tls === undefined ? {} : { tls }),
      ...check,
      mounts,
      groups: processGroups.map((group) => (group.venv === manifest.venv ? { ...group, venv } : group)),
      logs,
      hasOwnLog: logs.own,
    },
    layout: {
      vhost: manifest.vhost,
      enabled: manifest.enabled,
      include: manifest.include,
      current: `${manifest.root}/current`,
      settings: manifest.settings,
      scripts: manifest.scripts.map((path) => ({ path })),
    },
    listening: manifest.listening,
    paths: [],
    hasOwnScripts: manifest.hasOwnScripts,
    loadsSettings: true,
    usesCgi: manifest.usesCgi,
  }
}
