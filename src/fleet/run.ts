import { setTimeout as sleep } from 'node:timers/promises'
import type { Emit } from '../core/event.js'
import type { FleetCounts, FleetEmit } from './event.js'
import type { FleetHost } from './host.js'
import { exitCodeOf, notBegun, type HostOutcome } from './outcome.js'
import { eachOf } from './pool.js'
import type { HostRunner } from './run-host.js'
import { mayBegin, passes, type Rollout, type Wave } from './waves.js'

export interface FleetRun {
  readonly site: string
  readonly rollout: Rollout
  readonly runner: HostRunner
  /** Seconds between the end of the canaries and the moment at which they are asked again. */
  readonly canaryWait: number
  /** Aborted: no further host begins, and those in flight end as a single run would. */
  readonly signal: AbortSignal
  readonly emit: FleetEmit
}

export const countsOf = (outcomes: readonly HostOutcome[]): FleetCounts => {
  const inState = (state: HostOutcome['state']): number => outcomes.filter((one) => one.state === state).length
  return {
    changed: inState('changed'),
    same: inState('same'),
    failed: inState('failed'),
    notBegun: inState('not begun'),
  }
}

/** Wave after wave, until all hosts are done or too many have failed. Answers for every host, in the order of the waves. */
export const runFleet = async (run: FleetRun): Promise<readonly HostOutcome[]> => {
  const { rollout, emit } = run
  const started = performance.now()
  emit({ type: 'fleet.start', site: run.site, hosts: rollout.waves.flatMap(({ hosts }) => hosts).length })
  const outcomes: HostOutcome[] = []
  let goesOn = true
  for (const wave of rollout.waves) {
    if (!goesOn || run.signal.aborted) {
      outcomes.push(...wave.hosts.map(({ name }) => notBegun(name)))
      continue
    }
    const ofWave = await runWave(run, wave, countsOf(outcomes).failed)
    outcomes.push(...ofWave)
    goesOn = passes(wave, ofWave)
    emit({ type: 'wave.done', wave: wave.name, passed: goesOn })
  }
  const milliseconds = Math.round(performance.now() - started)
  emit({ type: 'fleet.done', hosts: countsOf(outcomes), milliseconds, exitCode: exitCodeOf(outcomes) })
  return outcomes
}

const runWave = async (run: FleetRun, wave: Wave, failedBefore: number): Promise<readonly HostOutcome[]> => {
  const { runner, rollout, signal, emit } = run
  const { name, hosts, atOnce } = wave
  emit({ type: 'wave.start', wave: name, hosts: hosts.length, atOnce })
  let failed = 0
  const outcomes = await eachOf(hosts, atOnce, async (host) => {
    if (signal.aborted || !mayBegin(rollout, wave, { ofWave: failed, ofRun: failedBefore + failed })) {
      return notBegun(host.name)
    }
    const outcome = await toldOf(run, host, (task) => runner.run(task))
    if (outcome.state === 'failed') failed++
    return outcome
  })
  return wave.isCanary && passes(wave, outcomes) && !signal.aborted ? checkAgain(run, wave, outcomes) : outcomes
}

type Turn = (task: Parameters<HostRunner['run']>[0]) => Promise<HostOutcome>

const toldOf = async ({ signal, emit }: FleetRun, host: FleetHost, turn: Turn): Promise<HostOutcome> => {
  emit({ type: 'host.start', host: host.name })
  const tell: Emit = (event) => emit({ type: 'event', host: host.name, event })
  const outcome = await turn({ host, signal, emit: tell })
  emit({ type: 'host.done', outcome })
  return outcome
}

/** A deployment that answers at once may still fail a minute later. */
const checkAgain = async (
  run: FleetRun,
  { name, hosts, atOnce }: Wave,
  outcomes: readonly HostOutcome[],
): Promise<readonly HostOutcome[]> => {
  const { canaryWait: seconds, signal, emit, runner } = run
  emit({ type: 'wave.check', wave: name, hosts: hosts.length, seconds })
  await sleep(seconds * 1_000, undefined, { signal }).catch(() => undefined)
  if (signal.aborted) return outcomes
  const before = new Map(outcomes.map((outcome) => [outcome.host, outcome]))
  return eachOf(hosts, atOnce, (host) =>
    toldOf(run, host, async (task) => {
      const { state, errors, milliseconds } = await runner.check(task)
      const was = before.get(host.name) ?? notBegun(host.name)
      if (state !== 'failed') return was
      return { ...was, state, errors, milliseconds: was.milliseconds + milliseconds }
    }),
  )
}
