import { UnrecoverableError } from 'bullmq'
import type { FleetEmit } from '../fleet/event.js'
import type { FleetHost } from '../fleet/host.js'
import { notBegun, type HostOutcome } from '../fleet/outcome.js'
import type { HostRunner } from '../fleet/run-host.js'
import { mayBegin, type Rollout } from '../fleet/waves.js'
import { readHostJob, unknownHost } from './run-record.js'
import type { RunStore } from './run-store.js'

/** What a worker needs for its part of a run. */
export interface Part {
  readonly run: string
  readonly rollout: Rollout
  readonly runner: HostRunner
  readonly store: RunStore
  /** Aborted: hosts in flight are to be left, see HostTask. */
  readonly signal: AbortSignal
  /** Told of the host what whoever runs a fleet in one process is told. */
  readonly tell: FleetEmit
}

/** Marks the job as failed, so that it is seen in BullMQ's own views; what happened is kept before. */
const failing = ({ errors: [error] }: HostOutcome): UnrecoverableError =>
  new UnrecoverableError(error === undefined ? 'failed' : `${error.code}: ${error.what}`)

/** Brings one host to what is wanted, unless so many have failed meanwhile that no further one is to begin. */
export const hostTurn = async (part: Part, data: string): Promise<HostOutcome['state']> => {
  const { run, rollout, store } = part
  const job = readHostJob(data, `a job of run ${run}`)
  const wave = rollout.waves[job.wave]
  const host = wave?.hosts.find(({ name }) => name === job.host)
  if (wave === undefined || host === undefined || job.run !== run) throw unknownHost(run, job.host)
  const [stopped, failed] = await Promise.all([store.stopped(run), store.failures(run, job.wave)])
  const begins = stopped === undefined && mayBegin(rollout, wave, failed)
  const outcome = begins ? await brought(part, host) : notBegun(host.name)
  await store.keep(run, job.wave, outcome)
  if (outcome.state === 'failed') throw failing(outcome)
  return outcome.state
}

const brought = async ({ runner, signal, tell }: Part, host: FleetHost): Promise<HostOutcome> => {
  const { name } = host
  tell({ type: 'host.start', host: name })
  const outcome = await runner.run({ host, signal, emit: (event) => tell({ type: 'event', host: name, event }) })
  tell({ type: 'host.done', outcome })
  return outcome
}
