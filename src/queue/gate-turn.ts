import type { Redis } from 'ioredis'
import { DeployError } from '../errors.js'
import { failedOutcome, notBegun, type HostOutcome } from '../fleet/outcome.js'
import { eachOf } from '../fleet/pool.js'
import { mayBegin, passes, type Wave } from '../fleet/waves.js'
import type { Part } from './host-turn.js'
import { readGateJob, type GateJob, type RunRecord } from './run-record.js'
import { addWave } from './waves.js'

/** Or come again after these seconds, with these data. */
export type Verdict = 'passed' | 'stopped' | { readonly seconds: number; readonly then: GateJob }

interface Gate extends Omit<Part, 'tell'> {
  readonly record: RunRecord
  readonly redis: Redis
}

/** Hosts asked at the same time. */
const askedAtOnce = 20

/**
 * All hosts of a wave have ended: gives the next wave, or ends the run. It may be called again after it was cut off
 * anywhere, and comes to the same.
 */
export const gateTurn = async (gate: Gate, data: string): Promise<Verdict> => {
  const { run, record, rollout, store } = gate
  const job = readGateJob(data, `a gate of run ${run}`)
  const wave = rollout.waves[job.wave]
  if (wave === undefined || job.run !== run) return stop(gate, 'a gate that is none of this run')
  const outcomes = await settled(gate, job.wave, wave)
  const stopped = await store.stopped(run)
  if (stopped !== undefined) return stop(gate, stopped)
  // in the middle of a wave that was the last one, too
  const isWhole = outcomes.every(({ state }) => state !== 'not begun')
  if (!isWhole || !passes(wave, outcomes)) return stop(gate, `${wave.name}: ${failuresIn(outcomes)} failed`)
  if (wave.isCanary && !job.waited && record.canaryWait > 0) {
    return { seconds: record.canaryWait, then: { ...job, waited: true } }
  }
  if (wave.isCanary && !passes(wave, await askedAgain(gate, job.wave, wave, outcomes))) {
    return stop(gate, `${wave.name}: a site does not answer any more`)
  }
  const next = rollout.waves[job.wave + 1]
  if (next === undefined) {
    await store.end(run, 'done')
    return 'passed'
  }
  const { ofRun } = await store.failures(run, job.wave)
  if (!mayBegin(rollout, next, { ofRun, ofWave: 0 })) return stop(gate, `${ofRun} hosts failed`)
  await addWave(gate.redis, record, job.wave + 1)
  return 'passed'
}

const failuresIn = (outcomes: readonly HostOutcome[]): string => {
  const count = outcomes.filter(({ state }) => state === 'failed').length
  return count === 1 ? '1 host' : `${count} hosts`
}

const stop = async ({ store, run }: Gate, why: string): Promise<Verdict> => {
  await store.stop(run, why)
  await store.end(run, 'stopped')
  return 'stopped'
}

/** A host whose workers have died, one after the other, has come to nothing that anybody could have written down. */
const settled = async ({ run, store }: Gate, index: number, { hosts }: Wave): Promise<readonly HostOutcome[]> => {
  const names = hosts.map(({ name }) => name)
  const known = await store.outcomesOf(run, names)
  const lost = names.filter((name) => !known.some(({ host }) => host === name)).map(workersLost)
  for (const outcome of lost) await store.keep(run, index, outcome)
  return [...known, ...lost]
}

const workersLost = (host: string): HostOutcome =>
  failedOutcome(host, [
    new DeployError('WORKERS_LOST', {
      what: 'every worker that began with this host has died',
      where: host,
      remedy:
        'see what is half done there: deploy-flask recover --dry-run\n' +
        'and why the workers ended: their own output, or the kernel (dmesg) where memory was short',
    }),
  ])

/** A deployment that answers at once may still fail a minute later. What it has changed before stays told. */
const askedAgain = async (
  { run, runner, store, signal }: Gate,
  index: number,
  { hosts }: Wave,
  before: readonly HostOutcome[],
): Promise<readonly HostOutcome[]> =>
  eachOf(hosts, askedAtOnce, async (host) => {
    const was = before.find((outcome) => outcome.host === host.name) ?? notBegun(host.name)
    const { state, errors, milliseconds } = await runner.check({ host, signal, emit: () => undefined })
    if (state !== 'failed') return was
    const outcome = { ...was, state, errors, milliseconds: was.milliseconds + milliseconds }
    await store.keep(run, index, outcome)
    return outcome
  })
