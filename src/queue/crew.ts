import { DelayedError, UnrecoverableError, Worker, type Job } from 'bullmq'
import type { Redis } from 'ioredis'
import type { FleetEmit } from '../fleet/event.js'
import type { FleetHost } from '../fleet/host.js'
import type { HostRunner } from '../fleet/run-host.js'
import { gateTurn } from './gate-turn.js'
import { hostTurn, type Part } from './host-turn.js'
import { gatesQueue, hostsQueue, prefix } from './names.js'
import { rolloutIn, stepProgress, type RunRecord } from './run-record.js'
import type { RunStore } from './run-store.js'

/** Milliseconds after which somebody else takes over what a worker had begun that is not heard of any more. */
export interface Patience {
  readonly lock: number
  readonly look: number
}

/** A host is begun anew so often; whatever kills its workers would kill all there are. */
const mostTakeovers = 2

/** What a worker has read of a run in its own files. */
export interface Prepared {
  readonly hosts: ReadonlyMap<string, FleetHost>
  readonly runner: HostRunner
  /** What was kept for the time of the run. */
  readonly close: () => Promise<void>
}

export interface Membership {
  readonly redis: Redis
  readonly store: RunStore
  readonly record: RunRecord
  readonly prepared: Prepared
  readonly worker: string
  readonly patience: Patience
  readonly signal: AbortSignal
  /** Told of hosts what whoever runs a fleet in one process is told. */
  readonly tell: FleetEmit
  /** What a person should know. */
  readonly notice: (text: string) => void
}

/** A worker's part in one run: so many of its hosts at the same time, and any of its gates. */
export class Crew {
  readonly #prepared: Prepared
  readonly #hosts: Worker
  readonly #gates: Worker

  constructor(member: Membership, atOnce: number) {
    this.#prepared = member.prepared
    const { redis, record, worker: name, patience, store, prepared, signal, tell } = member
    const part: Omit<Part, 'tell'> = {
      run: record.id,
      rollout: rolloutIn(record, prepared.hosts),
      runner: prepared.runner,
      store,
      signal,
    }
    const options = {
      connection: redis,
      prefix,
      name,
      lockDuration: patience.lock,
      stalledInterval: patience.look,
      maxStalledCount: mostTakeovers,
    }
    const host = async (job: Job<unknown>): Promise<string> =>
      hostTurn({ ...part, tell: telling(job, tell) }, JSON.stringify(job.data))
    const gate = async (job: Job<unknown>, token?: string): Promise<string> => {
      const verdict = await gateTurn({ ...part, record, redis }, JSON.stringify(job.data))
      if (typeof verdict === 'string') return verdict
      await job.updateData(verdict.then)
      await job.moveToDelayed(Date.now() + verdict.seconds * 1_000, token)
      throw new DelayedError()
    }
    this.#hosts = new Worker(hostsQueue(record.id), host, { ...options, concurrency: atOnce })
    this.#gates = new Worker(gatesQueue(record.id), gate, options)
    for (const worker of [this.#hosts, this.#gates]) {
      worker.on('error', (error) => {
        if (isOurs(error)) member.notice(error.message)
      })
      worker.on('stalled', (job) => member.notice(`took over ${job}: its worker is not heard of any more`))
    }
  }

  /** Hosts in flight, from now on at most. */
  set atOnce(most: number) {
    this.#hosts.concurrency = most
  }

  /** When the hosts in flight have ended. */
  async leave(): Promise<void> {
    await Promise.all([this.#hosts.close(), this.#gates.close()])
    await this.#prepared.close()
  }
}

/** Whoever follows the run hears which step a host is at; all the rest stays here, and none of it in Redis. */
const telling =
  (job: Job, tell: FleetEmit): FleetEmit =>
  (told) => {
    tell(told)
    if (told.type !== 'event' || told.event.type !== 'step.start') return
    job.updateProgress(stepProgress(told.event)).catch(() => undefined)
  }

/** A line that was lost is told once for all. */
const isOurs = (error: Error): boolean =>
  !(error instanceof UnrecoverableError) && !('syscall' in error) && !/Connection is closed|ECONN/.test(error.message)
