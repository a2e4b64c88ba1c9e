import { askProbes } from '../engine/ask.js'
import type { StateOf } from '../core/probe.js'
import { visible } from '../core/sanitise.js'
import { DeployError } from '../errors.js'
import { folderAt, type NamedEntry } from '../probes/file.js'
import { historyOf, type History } from '../probes/history.js'
import { siteManifestOf, sitesIn, type SiteManifest } from '../probes/manifest.js'
import type { Transport } from '../transport/transport.js'

/** A site as it was noted on the host when it was applied. */
export interface SiteOnHost {
  readonly manifest: SiteManifest
  readonly history: History
}

const sites = folderAt('/var/lib/deploy-flask')

const unknown = (host: string, site: string, others: readonly NamedEntry[]): DeployError => {
  const names = sitesIn(others)
  return new DeployError('SITE_UNKNOWN', {
    what: `${visible(host)} has no site ${visible(site)} of deploy-flask`,
    evidence: names.length === 0 ? 'there is none at all' : `there are: ${names.map(visible).join(', ')}`,
    remedy: 'correct "site" or "host"; a site that is not there yet comes with "deploy-flask apply"',
  })
}

/** What is asked to know of a site. */
export const siteProbes = (site: string) => ({ manifest: siteManifestOf(site), history: historyOf(site), sites })

/** Throws where the site is none of ours, or its notes are damaged. */
export const siteFound = (
  host: string,
  site: string,
  { manifest, history, sites: all }: StateOf<ReturnType<typeof siteProbes>>,
): SiteOnHost => {
  if (manifest.fault !== undefined) throw manifest.fault
  if (manifest.says === undefined) throw unknown(host, site, all)
  return { manifest: manifest.says, history }
}

/** What the host knows of the site, in one round trip. */
export const siteOnHost = async (transport: Transport, site: string): Promise<SiteOnHost> => {
  const probes = siteProbes(site)
  return siteFound(transport.target, site, (await askProbes(transport, [probes])).of(probes))
}
