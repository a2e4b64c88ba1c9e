import { setTimeout as sleep } from 'node:timers/promises'
import { QueueEvents } from 'bullmq'
import type { Redis } from 'ioredis'
import type { FleetEmit } from '../fleet/event.js'
import type { HostOutcome } from '../fleet/outcome.js'
import { gatesQueue, hostsQueue, prefix } from './names.js'
import type { RunRecord } from './run-record.js'
import { runUnknown, type RunEnd, type RunStore } from './run-store.js'
import { Telling } from './telling.js'

/** What is told of the workers of a run, besides what is told of its hosts. */
interface WorkerNews {
  /** One takes no part, and says why. */
  refused(worker: string, why: string): void
  /** How many there are, when that has changed. */
  count(workers: number): void
}

export interface Following {
  readonly redis: Redis
  readonly store: RunStore
  readonly record: RunRecord
  readonly emit: FleetEmit
  readonly workers: WorkerNews
  /** Aborted: whoever follows goes away, and the run goes on. */
  readonly leaving: AbortSignal
}

export interface Followed {
  /** Undefined: it still goes on. */
  readonly end: RunEnd | undefined
  /** Why no further host has begun. */
  readonly stopped: string | undefined
  /** What is known so far, of each host. */
  readonly outcomes: readonly HostOutcome[]
  /** Hosts that workers are at, while it still goes on. */
  readonly inFlight: readonly string[]
}

/** Milliseconds between two looks whether the run has ended. */
const pause = 400

/**
 * Tells of a run from its beginning, until it has ended. Redis may go away meanwhile: then nothing is told until it is
 * there again.
 *
 * @throws DeployError QUEUE_RUN_UNKNOWN where Redis has forgotten the run
 */
export const followRun = async (following: Following): Promise<Followed> => {
  const { store, record, leaving } = following
  const telling = new Telling(following)
  const news = new News(following)
  const events = listening(following, telling)
  try {
    for (;;) {
      const end = await store.ended(record.id)
      await news.look()
      await telling.look()
      if (end !== undefined || leaving.aborted) {
        if (end !== undefined) await telling.finish(end)
        const { outcomes, inFlight } = telling
        return { end, stopped: await store.stopped(record.id), outcomes, inFlight }
      }
      if (!(await store.exists(record.id))) throw runUnknown(record.id)
      await sleep(pause, undefined, { signal: leaving }).catch(() => undefined)
    }
  } finally {
    await Promise.all(events.map(async (one) => one.close()))
  }
}

/** From the first event on, so that whoever comes later hears the same. */
const listening = ({ redis, record }: Following, telling: Telling): readonly QueueEvents[] => {
  const options = { connection: redis, prefix, lastEventId: '0' }
  const hosts = new QueueEvents(hostsQueue(record.id), options)
  const gates = new QueueEvents(gatesQueue(record.id), options)
  hosts.on('active', ({ jobId }) => telling.begun(jobId))
  hosts.on('progress', ({ jobId, data }) => telling.step(jobId, data))
  hosts.on('completed', ({ jobId }) => telling.done(jobId))
  hosts.on('failed', ({ jobId }) => telling.done(jobId))
  gates.on('delayed', ({ jobId }) => telling.waits(jobId))
  for (const one of [hosts, gates]) {
    // a line that was lost is told by whoever watches it
    one.on('error', () => undefined)
  }
  return [hosts, gates]
}

/** What there is to know about the workers, each of it once. */
class News {
  readonly #refusals = new Set<string>()
  #count: number | undefined

  constructor(private readonly following: Following) {}

  async look(): Promise<void> {
    const { store, record, workers } = this.following
    const count = (await store.workers()).length
    if (count !== this.#count) workers.count(count)
    this.#count = count
    for (const { worker, text } of await store.refusals(record.id)) {
      const key = `${worker}\n${text}`
      if (!this.#refusals.has(key)) workers.refused(worker, text)
      this.#refusals.add(key)
    }
  }
}
