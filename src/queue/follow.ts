import { setTimeout as sleep } from 'node:timers/promises'
import { QueueEvents } from 'bullmq'
import type { Redis } from 'ioredis'
import type { HostOutcome } from '../fleet/outcome.js'
import { hostsQueue, prefix } from './names.js'
import type { RunRecord } from './run-record.js'
import { runUnknown, type Refusal, type RunEnd, type RunStore } from './run-store.js'

/** What is told of a run while it goes on; of each host once that it has begun, and once what it has come to. */
export interface Follower {
  begun(host: string): void
  outcome(outcome: HostOutcome): void
  /** A worker takes no part, and says why. */
  refused(refusal: Refusal): void
  /** How many workers there are, when that has changed. */
  workers(count: number): void
}

export interface Following {
  readonly redis: Redis
  readonly store: RunStore
  readonly record: RunRecord
  readonly follower: Follower
  /** Aborted: whoever follows goes away, and the run goes on. */
  readonly leaving: AbortSignal
}

export interface Followed {
  /** Undefined: it still goes on. */
  readonly end: RunEnd | undefined
  /** Why no further host has begun. */
  readonly stopped: string | undefined
}

/** Milliseconds between two looks whether the run has ended. */
const pause = 400

/** Names asked for at the same time. */
const chunk = 500

/**
 * Tells of a run from its beginning, until it has ended. Redis may go away meanwhile: then nothing is told until it is
 * there again.
 *
 * @throws DeployError QUEUE_RUN_UNKNOWN where Redis has forgotten the run
 */
export const followRun = async (following: Following): Promise<Followed> => {
  const { redis, store, record, leaving } = following
  const telling = new Telling(following)
  const events = new QueueEvents(hostsQueue(record.id), { connection: redis, prefix, lastEventId: '0' })
  // a line that was lost is told by whoever watches it
  events.on('error', () => undefined)
  events.on('active', ({ jobId }) => telling.begun(jobId))
  try {
    while (!leaving.aborted) {
      const end = await store.ended(record.id)
      await telling.look()
      if (end !== undefined) return { end, stopped: await store.stopped(record.id) }
      if (!(await store.exists(record.id))) throw runUnknown(record.id)
      await sleep(pause, undefined, { signal: leaving }).catch(() => undefined)
    }
    return { end: undefined, stopped: await store.stopped(record.id) }
  } finally {
    await events.close()
  }
}

class Telling {
  readonly #waiting: Set<string>
  readonly #begun = new Set<string>()
  readonly #refusals = new Set<string>()
  #outcomes = 0
  #workers: number | undefined

  constructor(private readonly following: Following) {
    this.#waiting = new Set(following.record.waves.flatMap(({ hosts }) => hosts))
  }

  begun(jobId: string): void {
    const host = decodeURIComponent(jobId.replace(/^host-/, ''))
    if (!this.#waiting.has(host) || this.#begun.has(host)) return
    this.#begun.add(host)
    this.following.follower.begun(host)
  }

  async look(): Promise<void> {
    const { store, record, follower } = this.following
    const workers = (await store.workers()).length
    if (workers !== this.#workers) follower.workers(workers)
    this.#workers = workers
    for (const refusal of await store.refusals(record.id)) {
      const text = `${refusal.worker}\n${refusal.text}`
      if (!this.#refusals.has(text)) follower.refused(refusal)
      this.#refusals.add(text)
    }
    const count = await store.outcomeCount(record.id)
    if (count !== this.#outcomes) await this.#tellOutcomes()
    this.#outcomes = count
  }

  async #tellOutcomes(): Promise<void> {
    const { store, record, follower } = this.following
    const names = [...this.#waiting]
    for (let from = 0; from < names.length; from += chunk) {
      for (const outcome of await store.outcomesOf(record.id, names.slice(from, from + chunk))) {
        this.#waiting.delete(outcome.host)
        follower.outcome(outcome)
      }
    }
  }
}
