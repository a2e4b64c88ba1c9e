import { askProbes } from '../engine/ask.js'
import type { Probe } from '../core/probe.js'
import { folderAt } from '../probes/file.js'
import { hostManifestOf, siteManifestOf, sitesIn, type Found, type SiteManifest } from '../probes/manifest.js'
import type { Removal } from '../steps/removal/removal.js'
import type { Transport } from '../transport/transport.js'
import { mustBeApprovable } from './approvable.js'
import { bringThere } from './bring.js'
import { connected } from './connected.js'
import { refuse } from './failures.js'
import { lookAt } from './look.js'
import { siteOnHost } from './on-site.js'
import type { RemoveOptions } from './options.js'
import { mustBeRemovable } from './removable.js'
import type { Session } from './session.js'

/** What others need decides what goes: one that cannot be read stops the removal. */
const knownOf = async (transport: Transport, manifest: SiteManifest, data: boolean): Promise<Removal> => {
  const shared = { host: hostManifestOf(), all: folderAt('/var/lib/deploy-flask') }
  const { host, all } = (await askProbes(transport, [shared])).of(shared)
  const names = sitesIn(all).filter((name) => name !== manifest.site)
  const probes: Record<string, Probe<Found<SiteManifest>>> = {}
  for (const name of names) probes[name] = siteManifestOf(name)
  const found = Object.entries((await askProbes(transport, [probes])).of(probes))
  refuse([host, ...found.map(([, one]) => one)].flatMap(({ fault }) => fault ?? []))
  return {
    manifest,
    host: host.says,
    others: found.flatMap(([, { says }]) => says ?? []),
    unnoted: found.flatMap(([name, { says }]) => (says === undefined ? [name] : [])),
    data,
  }
}

/** The site goes, and the host is as it was before it, but for what is said to stay. */
export const remove = async (session: Session, options: RemoveOptions): Promise<number> => {
  mustBeApprovable(session, options, false)
  return connected(session, options, async ({ transport, site, file }) => {
    session.emit({ type: 'run.start', host: transport.target, site })
    const { manifest } = await siteOnHost(transport, site)
    mustBeRemovable(manifest, site)
    const removal = await knownOf(transport, manifest, options.data === true)
    const playbook = await import('../../playbooks/remove-site.js')
    const { serverName, port, tls } = manifest
    const phases = playbook.removeSite.phases(removal)
    const aim = {
      site: { name: site, serverName, port, ...(tls === undefined ? {} : { tls }) },
      phases,
      file,
      origin: undefined,
    }
    const verb = `remove${options.data === true ? ' --data' : ''}`
    return bringThere(session, options, await lookAt(session, aim, transport), { verb, removes: true })
  })
}
