import { readAsLeft, type AsLeft } from '../engine/as-left.js'
import { driftOf } from '../engine/drift.js'
import { surveyHost, type Survey } from '../engine/survey.js'
import { asLeftFile } from '../core/host-paths.js'
import { isEmpty, type Drift } from '../core/plan.js'
import type { Phase } from '../core/playbook.js'
import { safeJson } from '../core/sanitise.js'
import { fileAt, type Entry } from '../probes/file.js'
import { badOnes, type History } from '../probes/history.js'
import { driftDocument, driftText, type ShownDrift } from '../render/drift-text.js'
import { connected } from './connected.js'
import { siteFound, siteProbes } from './on-site.js'
import type { DriftOptions } from './options.js'
import type { Session } from './session.js'
import { targetOf } from './target.js'
import { version } from './version.js'

/** `--exit-code`: there is a difference. */
const differences = 3

/** Tells what was changed on the host by others from what is wanted since the last run; changes nothing. */
export const drift = async (session: Session, options: DriftOptions): Promise<number> =>
  connected(session, options, async ({ transport, site, file, loaded }) => {
    const { io, colours } = session
    const { phases } = await targetOf(session, loaded, { file, time: io.now() })
    const probes = { ...siteProbes(site), left: fileAt(asLeftFile(site)) }
    const survey = await surveyHost(transport, phases, probes)
    const is = survey.state.of(probes)
    const { history } = siteFound(transport.target, site, is)
    const left = leftBehind(is.left, phases)
    const found = driftOf(phases, survey.state, left, version())
    const shown = { host: transport.target, site, ...saidOf(survey, history, left), drift: found }
    const look = { colours: colours.result, commands: options.verbose === true }
    io.stdout.write(options.json === true ? `${safeJson(driftDocument(shown), 2)}\n` : driftText(shown, look))
    return options.exitCode === true && !isNone(found) ? differences : 0
  })

const isNone = (drift: Drift): boolean => Object.values(drift).every(isEmpty)

const leftBehind = (entry: Entry | null, phases: readonly Phase[]): AsLeft | undefined => {
  const parts = phases.flatMap(({ steps, handlers = [] }) => [...steps, ...handlers])
  return entry?.content === undefined
    ? undefined
    : readAsLeft(
        entry.content,
        parts.map(({ probes }) => probes),
      )
}

/** What was done through us since the last run that brought all of the site, and what stands in its way. */
const saidOf = (
  { refusals }: Survey,
  history: History,
  left: AsLeft | undefined,
): Pick<ShownDrift, 'since' | 'rolledBack' | 'refusals'> => {
  const back = badOnes(history).findLast(({ event, at }) => event === 'rolled back' && at > (left?.at ?? ''))
  return {
    since: left?.at,
    rolledBack: back === undefined || back.release === null ? undefined : { release: back.release, at: back.at },
    refusals: refusals.map(({ code, fault }) => `${code}: ${fault.what}`),
  }
}
