import { askProbes } from '../engine/ask.js'
import { badOnes, goodOnes } from '../probes/history.js'
import { folderAt } from '../probes/file.js'
import type { SiteManifest } from '../probes/manifest.js'
import type { Transport } from '../transport/transport.js'
import { mustBeApprovable } from './approvable.js'
import { bringThere } from './bring.js'
import { connected } from './connected.js'
import { lookAt } from './look.js'
import { siteOnHost } from './on-site.js'
import type { ApplyOptions } from './options.js'
import { chooseRelease, type Present, type Release } from './release-choice.js'
import type { Session } from './session.js'
import { warn } from './settings.js'

const presentIn = async (transport: Transport, { root }: SiteManifest): Promise<Present> => {
  const probes = { releases: folderAt(`${root}/releases`), venvs: folderAt(`${root}/venvs`) }
  const { releases, venvs } = (await askProbes(transport, [probes])).of(probes)
  return { releases: releases.map(({ name }) => name), venvs: venvs.map(({ name }) => name) }
}

/** What a rollback leaves as it is: said each time, for it is what people forget. */
const stays = (to: Release): string =>
  `${to.release} comes back with the environment that it had; not rolled back: data (databases, uploads), settings, ` +
  "and Apache's configuration"

/** A release that was online before is online again: by the same gate as everything else. */
export const rollback = async (
  session: Session,
  wanted: string | undefined,
  options: ApplyOptions,
): Promise<number> => {
  mustBeApprovable(session, options, false)
  return connected(session, options, async ({ transport, site, file }) => {
    const { emit } = session
    emit({ type: 'run.start', host: transport.target, site })
    const known = await siteOnHost(transport, site)
    const to = chooseRelease(known, await presentIn(transport, known.manifest), wanted)
    const bad = badOnes(known.history).find(({ release }) => release === to.release)
    warn(session, [...(bad === undefined ? [] : [`${to.release} was ${bad.event} at ${bad.at}`]), stays(to)])
    const [from] = goodOnes(known.history)
    const playbook = await import('../../playbooks/rollback.js')
    const phases = playbook.rollback.phases({ manifest: known.manifest, from, to })
    const { serverName, port, tls } = known.manifest
    const aim = {
      site: { name: site, serverName, port, ...(tls === undefined ? {} : { tls }) },
      phases,
      file,
      origin: undefined,
    }
    const verb = `rollback${wanted === undefined ? '' : ` ${wanted}`}`
    return bringThere(session, options, await lookAt(session, aim, transport), { verb })
  })
}
