import { askProbes } from '../engine/ask.js'
import { visible } from '../core/sanitise.js'
import { DeployError } from '../errors.js'
import { folderAt, type NamedEntry } from '../probes/file.js'
import { historyOf, type History } from '../probes/history.js'
import { siteManifestOf, type SiteManifest } from '../probes/manifest.js'
import type { Transport } from '../transport/transport.js'

/** A site as it was noted on the host when it was applied. */
export interface SiteOnHost {
  readonly manifest: SiteManifest
  readonly history: History
}

const sites = folderAt('/var/lib/deploy-flask')

const unknown = (host: string, site: string, others: readonly NamedEntry[]): DeployError => {
  const names = others.filter(
    ({ kind, name }) => kind === 'directory' && !['empty', 'undo', 'undo.done'].includes(name),
  )
  return new DeployError('SITE_UNKNOWN', {
    what: `${visible(host)} has no site ${visible(site)} of deploy-flask`,
    evidence:
      names.length === 0 ? 'there is none at all' : `there are: ${names.map(({ name }) => visible(name)).join(', ')}`,
    remedy: 'correct "site" or "host"; a site that is not there yet comes with "deploy-flask apply"',
  })
}

/** What the host knows of the site. Throws where it is none of ours, or its notes are damaged. */
export const siteOnHost = async (transport: Transport, site: string): Promise<SiteOnHost> => {
  const probes = { manifest: siteManifestOf(site), history: historyOf(site), sites }
  const is = (await askProbes(transport, [probes])).of(probes)
  if (is.manifest.fault !== undefined) throw is.manifest.fault
  if (is.manifest.says === undefined) throw unknown(transport.target, site, is.sites)
  return { manifest: is.manifest.says, history: is.history }
}
