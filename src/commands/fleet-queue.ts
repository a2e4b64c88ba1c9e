import { randomBytes } from 'node:crypto'
import type { Override } from '../config/overrides.js'
import type { DeployError } from '../errors.js'
import type { FleetEmit } from '../fleet/event.js'
import type { FleetHost } from '../fleet/host.js'
import { exitCodeOf, notBegun, type HostOutcome } from '../fleet/outcome.js'
import { countsOf } from '../fleet/run.js'
import { rolloutOf, type Strategy } from '../fleet/waves.js'
import { followRun, type Followed } from '../queue/follow.js'
import { doubtsAbout, forgetOldRuns, giveRun } from '../queue/give.js'
import { runId } from '../queue/names.js'
import { recordedLimit, recordedWaves, type RunRecord } from '../queue/run-record.js'
import type { OpenHost } from '../render/fleet-text.js'
import { plural } from '../render/words.js'
import { declined } from './declined.js'
import type { OpenFleet } from './fleet-open.js'
import type { FleetSession } from './fleet-session.js'
import { ourselves } from './holding.js'
import type { FleetApplyOptions } from './options.js'
import { runInputs, sharedInventory, sharedPath } from './queue-inputs.js'
import { withQueue, type OpenQueue } from './queue-open.js'
import { givenSettings, warn } from './settings.js'
import { usage } from './usage.js'

interface Given {
  readonly fleet: OpenFleet
  readonly hosts: readonly FleetHost[]
  readonly strategy: Strategy
  /** Told what hosts have come to, besides the session. */
  readonly keep: (outcome: HostOutcome) => void
}

/** Gives the run to the workers of a queue, and tells of it as of one in this process. */
export const runQueued = async (
  session: FleetSession,
  options: FleetApplyOptions & { readonly queue: string },
  { fleet, hosts, strategy, keep }: Given,
): Promise<QueuedRun> => {
  await mustBeShared(session, options)
  return withQueue(session, options.queue, async (open) => {
    warn(session, await doubtsAbout(open.redis))
    if (options.yes !== true) await agree(session, hosts, open)
    const { io } = session
    const time = io.now()
    const rollout = rolloutOf(hosts, strategy, fleet.matching)
    const ordered = rollout.waves.flatMap((wave) => wave.hosts)
    const record: RunRecord = {
      version: 1,
      id: runId(time, randomBytes(4).toString('hex')),
      site: fleet.site,
      file: sharedPath(options.file ?? '', io.cwd),
      ...(options.inventory === undefined ? {} : { inventory: sharedInventory(options.inventory, io.cwd) }),
      time: time.toISOString(),
      by: ourselves(session, 'fleet apply', fleet.site).who,
      inputs: await runInputs(fleet.targets, ordered),
      waves: recordedWaves(rollout),
      stopsAt: recordedLimit(rollout),
      canaryWait: fleet.settings['canary-wait'],
    }
    await forgetOldRuns(open.redis, open.store, time)
    await giveRun(open.redis, open.store, record)
    session.emit({ type: 'notice', text: `run ${record.id} is given to the workers of ${open.shown}` })
    return following(session, open, { record, keep })
  })
}

/** What only this process knows, no worker would: all of it has to stand in files that they have, too. */
const mustBeShared = async (
  session: FleetSession,
  { file, playbook, inventory, lockWait, acceptNewHostKey }: FleetApplyOptions,
): Promise<void> => {
  if (file === undefined) throw usage('workers go by a flags file', 'name it: -f deploy-flask.yml')
  sharedPath(file, session.io.cwd)
  if (playbook !== undefined) sharedPath(playbook, session.io.cwd)
  if (inventory !== undefined) sharedInventory(inventory, session.io.cwd)
  if (lockWait !== undefined || acceptNewHostKey === true) {
    throw usage('with --queue that is said to each worker', 'give it to deploy-flask worker instead')
  }
  const given = (await givenSettings(session)).filter(({ path }) => path[0] !== 'fleet')
  if (given.length > 0) throw notHeardOf(file, given)
}

/** They are not sent along: whoever can write into Redis would then say what is done on the hosts. */
const notHeardOf = (file: string, given: readonly Override[]): DeployError => {
  const origins = [...new Set(given.map(({ origin }) => origin))]
  const keys = [...new Set(given.map(({ path }) => path.join('.')))]
  return usage(
    `workers would not hear of ${origins.join(', ')}: they go by the files in their own folder`,
    `write ${keys.join(', ')} into ${file} or the inventory, here and in the folder of each worker; or leave out --queue.\n` +
      'What is deployed never comes from Redis, so that nobody who can write there decides it.',
  )
}

/** Plans are made by the workers, host by host: nobody could look at all of them before. */
const agree = async (session: FleetSession, hosts: readonly FleetHost[], { shown }: OpenQueue): Promise<void> => {
  const text = `Give ${plural(hosts.length, 'host')} to the workers of ${shown}? (fleet plan shows what they would do)`
  if (!(await session.whileAsking(() => session.services.confirm(text)))) throw declined()
}

interface Subject {
  readonly record: RunRecord
  readonly keep: (outcome: HostOutcome) => void
}

/** How a run is when nobody follows it any more: in the order of the waves. */
export interface QueuedRun {
  readonly outcomes: readonly HostOutcome[]
  /** Hosts that the run, which goes on, has not come to, or has not ended with. */
  readonly open: readonly OpenHost[]
}

/** Until the run has ended, or whoever follows goes away; answers for every host. */
export const following = async (
  session: FleetSession,
  { redis, store, named }: OpenQueue,
  { record, keep }: Subject,
): Promise<QueuedRun> => {
  const { interrupts, tell, emit } = session
  const started = performance.now()
  const names = record.waves.flatMap(({ hosts }) => hosts)
  tell({ type: 'fleet.start', site: record.site, hosts: names.length })
  const told: FleetEmit = (event) => {
    if (event.type === 'host.done') keep(event.outcome)
    tell(event)
  }
  const notice = (text: string): void => emit({ type: 'notice', text })
  const followed = await interrupts.whileWatching(async (leaving) =>
    followRun({
      redis,
      store,
      record,
      emit: told,
      leaving,
      workers: {
        refused: (worker, why) => notice(`${worker} takes no part: ${why}`),
        count: (count) => notice(count === 0 ? noWorkers(named) : `${plural(count, 'worker')} at this queue`),
      },
    }),
  )
  tellEnd(session, followed, record.id, named)
  const known = new Map(followed.outcomes.map((outcome) => [outcome.host, outcome]))
  if (followed.end === undefined) return leftOpen(names, known, followed)
  const outcomes = names.map((name) => known.get(name) ?? notBegun(name))
  const milliseconds = Math.round(performance.now() - started)
  tell({ type: 'fleet.done', hosts: countsOf(outcomes), milliseconds, exitCode: exitCodeOf(outcomes) })
  return { outcomes, open: [] }
}

/** Somebody has stopped the run: whoever waits then does not begin any more. */
const leftOpen = (
  names: readonly string[],
  known: ReadonlyMap<string, HostOutcome>,
  { stopped, inFlight }: Followed,
): QueuedRun => {
  const others = names.filter((name) => !known.has(name))
  const running = new Set(inFlight)
  const waiting = stopped === undefined ? others.filter((name) => !running.has(name)) : []
  const shown = new Set([...running, ...waiting])
  return {
    outcomes: names.flatMap((name) => (shown.has(name) ? [] : [known.get(name) ?? notBegun(name)])),
    open: [
      ...waiting.map((host) => ({ host, state: 'waiting' as const })),
      ...inFlight.map((host) => ({ host, state: 'in flight' as const })),
    ],
  }
}

const noWorkers = (queue: string): string =>
  `no worker is at this queue: start some with deploy-flask worker --queue ${queue}`

const tellEnd = ({ emit }: FleetSession, { end, stopped }: Followed, id: string, queue: string): void => {
  if (end === undefined) {
    const commands = ['attach', 'stop'].map((command) => `deploy-flask fleet ${command} ${id} --queue ${queue}`)
    emit({ type: 'notice', text: `the run goes on without you; ${commands.join(', or ')}` })
  } else if (stopped !== undefined) emit({ type: 'notice', text: `no further host was begun: ${stopped}` })
}
