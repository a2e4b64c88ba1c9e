import { askProbes, type State } from '../engine/ask.js'
import { holderText } from '../engine/holder.js'
import { otherRun, type OtherRun } from '../engine/other-run.js'
import { surveyHost, type Survey } from '../engine/survey.js'
import { safeJson } from '../core/sanitise.js'
import { plainUrl, siteUrl } from '../core/site-url.js'
import { DeployError } from '../errors.js'
import { goodOnes, type History } from '../probes/history.js'
import { statusOf as statusProbe, type Status } from '../probes/status.js'
import { differences } from '../render/plan-text.js'
import { statusText, type ShownRelease, type ShownStatus } from '../render/status-text.js'
import { connected, type Connected } from './connected.js'
import { siteFound, siteProbes } from './on-site.js'
import type { CommonOptions } from './options.js'
import type { Session } from './session.js'
import { targetOf, type Target } from './target.js'

/** How a site is: all of it in one round trip, with what the flags file would change where that can be read. */
export const status = async (session: Session, options: CommonOptions): Promise<number> =>
  connected(session, options, async (at) => {
    const { io, colours } = session
    const shown = await statusOf(at, await targetIfKnown(session, at))
    io.stdout.write(options.json === true ? `${safeJson(shown, 2)}\n` : statusText(shown, colours.result))
    return 0
  })

/** Secrets and code may be on another computer than this one: then nobody can say what would be changed. */
const targetIfKnown = async (session: Session, { loaded, file }: Connected): Promise<Target | DeployError> => {
  try {
    return await targetOf(session, loaded, { file, time: session.io.now() })
  } catch (error) {
    if (error instanceof DeployError) return error
    throw error
  }
}

/** `target`: what is wanted there, or why nobody can say it. */
export const statusOf = async (
  { transport, site }: Pick<Connected, 'transport' | 'site'>,
  target: Target | DeployError,
): Promise<ShownStatus> => {
  const probes = { ...siteProbes(site), status: statusProbe(site), other: otherRun() }
  const survey = target instanceof DeployError ? undefined : await surveyHost(transport, target.phases, probes)
  const state: State = survey?.state ?? (await askProbes(transport, [probes]))
  const is = state.of(probes)
  const { manifest, history } = siteFound(transport.target, site, is)
  if (is.status === undefined) throw new Error('a host that has a manifest has a status')
  const { apache, enabled, now, processes, requests, errors, certificate, free } = is.status
  return {
    enabled,
    now,
    processes,
    requests,
    errors,
    ...(certificate === undefined ? {} : { certificate }),
    free,
    host: transport.target,
    site,
    url: certificate === null ? plainUrl(manifest, '/') : siteUrl(manifest),
    apache: apache === null ? null : { since: apache.since },
    releases: releasesOf(is.status, history),
    lock: lockText(is.other.otherRun),
    drift: survey === undefined || target instanceof DeployError ? notKnown(target) : driftOf(survey),
  }
}

const lockText = ({ at, cutOff }: OtherRun): string => {
  if (at !== undefined) return at === null ? 'somebody is changing it' : holderText(at)
  if (cutOff === undefined) return 'nobody is changing it'
  return `a run was cut off${cutOff === null ? '' : `: ${holderText(cutOff)}`}; the next one takes it back`
}

const notKnown = (error: unknown): string =>
  `not known${error instanceof DeployError ? `: ${error.fault.what} (${error.code})` : ''}`

const driftOf = ({ plan, refusals }: Survey): readonly string[] => [
  ...refusals.map(({ code, fault }) => `${code}: ${fault.what}`),
  ...differences(plan),
]

const stateOf = (name: string, { current }: Status, { events }: History): ShownRelease['state'] => {
  if (name === current) return 'live'
  const last = events.findLast(({ release }) => release === name)
  if (last === undefined) return 'never online'
  return last.event === 'live' ? 'good' : last.event
}

/** The newest first. */
const releasesOf = (status: Status, history: History): readonly ShownRelease[] => {
  const order = goodOnes(history).map(({ release }) => release)
  const place = (name: string): number => (order.includes(name) ? order.indexOf(name) : order.length)
  return status.releases
    .toReversed()
    .toSorted((one, other) => place(one.name) - place(other.name))
    .map(({ name, origin }) => ({
      name,
      commit: origin === undefined ? undefined : `${origin.commit.slice(0, 12)} of ${origin.ref}`,
      at: history.events.findLast(({ release }) => release === name)?.at,
      state: stateOf(name, status, history),
    }))
}
