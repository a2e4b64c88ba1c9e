import { isEmpty } from '../core/plan.js'
import { quote } from '../core/quote.js'
import type { FleetHost } from '../fleet/host.js'
import { exitCodeOf, type HostOutcome } from '../fleet/outcome.js'
import { unfinished, type FleetRecord } from '../fleet/record.js'
import { runFleet } from '../fleet/run.js'
import { strategyOf } from '../fleet/strategy.js'
import { rolloutOf, type Strategy } from '../fleet/waves.js'
import { plansText } from '../render/fleet-plan-text.js'
import { failuresText, outcomesText } from '../render/fleet-text.js'
import { plural } from '../render/words.js'
import { mustBeApprovable } from './approvable.js'
import { declined } from './declined.js'
import { lookAtAll } from './fleet-look.js'
import { withFleet, type OpenFleet } from './fleet-open.js'
import { keepRun, recordedRun } from './fleet-record.js'
import { fleetRunner, type Agreed } from './fleet-runner.js'
import type { QueuedRun } from './fleet-queue.js'
import type { FleetSession } from './fleet-session.js'
import type { FleetApplyOptions } from './options.js'
import { usage } from './usage.js'

/** Brings all hosts to what the flags file wants: after one question, or with `--yes` without any. */
export const fleetApply = async (session: FleetSession, options: FleetApplyOptions): Promise<number> => {
  mustBeApprovable(session, options, false)
  return withFleet(session, options, async (fleet) => {
    const { io } = session
    const hosts =
      options.retryFailed === true ? leftOver(await recordedRun(session, options), fleet.hosts) : fleet.hosts
    if (hosts.length === 0) {
      io.stderr.write('nothing to retry: every host of the last run is as it should be\n')
      return 0
    }
    const strategy = strategyOf(fleet.settings)
    mustNameSome(strategy, hosts, fleet)
    // what is done by workers is planned by them, too
    const isAgreed = options.yes === true || options.queue !== undefined
    const agreed = isAgreed ? undefined : await agree(session, options, fleet, hosts)
    return report(session, options, await runAll(session, options, { fleet, hosts, strategy, agreed }))
  })
}

/** Hosts of the last run that are still to be brought there, as far as the inventory still has them. */
const leftOver = (record: FleetRecord | undefined, hosts: readonly FleetHost[]): readonly FleetHost[] => {
  if (record === undefined) {
    throw usage(
      'there was no run of this fleet from this computer that could be gone on with',
      'leave out --retry-failed; a run is known by its flags file and its inventory',
    )
  }
  const names = new Set(unfinished(record))
  return hosts.filter(({ name }) => names.has(name))
}

/** Canaries that nobody is would protect nobody. */
const mustNameSome = ({ canary }: Strategy, hosts: readonly FleetHost[], { matching }: OpenFleet): void => {
  if (canary === undefined || !('pattern' in canary)) return
  const names = matching(canary.pattern)
  if (!hosts.some(({ name }) => names.has(name))) {
    throw usage(
      `no host of this run is named by the canary pattern ${canary.pattern}`,
      'name some of them, or a number; "deploy-flask fleet list" shows which hosts there are',
    )
  }
}

/** Shows all plans and asks once; answers with what was agreed to for each host. */
const agree = async (
  session: FleetSession,
  options: FleetApplyOptions,
  { targets, settings, askOf }: OpenFleet,
  hosts: readonly FleetHost[],
): Promise<Agreed> => {
  const { io, services, colours } = session
  const { parallel, 'host-seconds': seconds } = settings
  const { groups, digests, failed } = await lookAtAll(session, hosts, { targets, parallel, seconds, askOf })
  io.stderr.write(plansText(groups, { colours: colours.progress, commands: options.verbose === true }))
  if (failed.length > 0) io.stderr.write(`\n${failuresText(failed, colours.progress)}`)
  if (groups.every(({ plan }) => isEmpty(plan)) && failed.length === 0) return digests
  const without = failed.length === 0 ? '' : ` (${plural(failed.length, 'host')} will fail, as shown above)`
  const text = `Do this on ${plural(digests.size, 'host')}?${without}`
  if (!(await session.whileAsking(() => services.confirm(text)))) throw declined()
  return digests
}

interface Running {
  readonly fleet: OpenFleet
  readonly hosts: readonly FleetHost[]
  readonly strategy: Strategy
  readonly agreed: Agreed | undefined
}

const runAll = async (
  session: FleetSession,
  options: FleetApplyOptions,
  { fleet, hosts, strategy, agreed }: Running,
): Promise<QueuedRun> => {
  const { interrupts, tell, io } = session
  const { targets, settings, askOf, site, matching } = fleet
  const { 'canary-wait': canaryWait, 'host-seconds': seconds } = settings
  const { keep, end } = await keepRun(session, options, {
    at: io.now().toISOString(),
    hosts: hosts.map(({ name }) => name),
    isWhole: options.limit === undefined && options.retryFailed !== true,
  })
  const { queue } = options
  const inProcess = (): Promise<readonly HostOutcome[]> =>
    interrupts.whileApplying(
      () =>
        runFleet({
          site,
          rollout: rolloutOf(hosts, strategy, matching),
          runner: fleetRunner(session, { targets, options, seconds, askOf, agreed }),
          canaryWait,
          signal: interrupts.signal,
          emit: (event) => {
            if (event.type === 'host.done') keep(event.outcome)
            tell(event)
          },
        }),
      'stopping: no further host begins, and those in flight settle their running step first; Ctrl-C again leaves at once',
    )
  const byWorkers = async (to: string): Promise<QueuedRun> => {
    const { runQueued } = await import('./fleet-queue.js')
    return runQueued(session, { ...options, queue: to }, { fleet, hosts, strategy, keep })
  }
  const ended = queue === undefined ? { outcomes: await inProcess(), open: [] } : await byWorkers(queue)
  await end()
  return ended
}

/** Before the run has ended nobody knows how it ends. */
const interrupted = 130

export const report = (
  { io, colours, interrupts }: FleetSession,
  { file, inventory, limit = [], json }: Pick<FleetApplyOptions, 'file' | 'inventory' | 'limit' | 'json'>,
  { outcomes, open }: QueuedRun,
): number => {
  const failed = outcomes.filter(({ state }) => state === 'failed')
  const left = outcomes.filter(({ state }) => state === 'failed' || state === 'not begun').length
  if (json !== true) {
    io.stdout.write(outcomesText([...outcomes, ...open], colours.result))
    if (failed.length > 0) {
      io.stderr.write(`\n${failuresText(failed, colours.progress, { more: io.stderr.isTTY })}`)
    }
    // as long as workers are at them, nobody else should be
    if (left > 0 && open.length === 0) {
      const said = [
        ...(file === undefined ? [] : [` -f ${quote(file)}`]),
        ...(inventory === undefined ? [] : [` --inventory ${quote(inventory)}`]),
        ...limit.map((pattern) => ` --limit ${quote(pattern)}`),
      ]
      io.stderr.write(`\nonly ${plural(left, 'host')} again: deploy-flask fleet apply${said.join('')} --retry-failed\n`)
    }
  }
  const exitCode = open.length === 0 ? exitCodeOf(outcomes) : interrupted
  return exitCode === 0 || exitCode === 130 ? interrupts.exitCode(exitCode) : exitCode
}
