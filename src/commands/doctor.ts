import { safeJson, visible } from '../core/sanitise.js'
import { diagnoseAll, isTrouble } from '../doctor/diagnose.js'
import type { Finding } from '../doctor/rule.js'
import { askProbes } from '../engine/ask.js'
import { otherRun } from '../engine/other-run.js'
import { examined, type HostState } from '../probes/doctor.js'
import type { SiteManifest } from '../probes/manifest.js'
import { findingsDocument, findingsText } from '../render/findings.js'
import type { Transport } from '../transport/transport.js'
import { connected } from './connected.js'
import { siteOnHost } from './on-site.js'
import type { DoctorOptions } from './options.js'
import type { Session } from './session.js'

/** There is something to be done. */
const troubles = 3

/** By what a log that sites share speaks of this one. */
const namesOf = ({ site, serverName, root, code, venv, scripts, processGroups }: SiteManifest): readonly string[] => [
  ...[`${root}/`, code, venv, serverName, `/etc/deploy-flask/${site}/`, `/${site}.conf`],
  ...scripts,
  ...processGroups.flatMap((group) => [`'${group.name}'`, `group ${group.name}.`, group.venv]),
]

const examine = async (
  transport: Transport,
  manifest: SiteManifest,
  since: number | undefined,
  agent: string,
): Promise<HostState> => {
  const probes = { state: examined(manifest, since, agent), other: otherRun() }
  const found = (await askProbes(transport, [probes])).of(probes)
  const { at, cutOff } = found.other.otherRun
  return { ...found.state, cutOff: cutOff !== undefined && at === undefined }
}

/** What is over is told of to whoever looks back; what is harmless, to whoever wants to know everything. */
const shownOf = (found: readonly Finding[], { since, json, verbose }: DoctorOptions): readonly Finding[] =>
  found.filter(({ past, severity }) => {
    if (past && since === undefined) return false
    return severity !== 'note' || json === true || verbose === true
  })

/** Looks for every failure that is known, on the host and in its logs, and changes nothing. */
export const doctor = async (session: Session, options: DoctorOptions): Promise<number> =>
  connected(session, options, async ({ transport, site, file }) => {
    const { io, colours } = session
    const { manifest } = await siteOnHost(transport, site)
    const agent = `deploy-flask/doctor-${process.pid.toString(36)}${io.now().getTime().toString(36)}`
    const host = await examine(transport, manifest, options.since, agent)
    const found = diagnoseAll({ host, names: namesOf(manifest) })
    const examination = {
      ...{ host: transport.target, site, url: host.answer.url, status: host.answer.status },
      ...{ findings: shownOf(found, options), again: file === undefined ? '' : ` -f ${visible(file)}` },
    }
    io.stdout.write(
      options.json === true
        ? `${safeJson(findingsDocument(examination), 2)}\n`
        : findingsText(examination, colours.result),
    )
    return found.some(isTrouble) ? troubles : 0
  })
