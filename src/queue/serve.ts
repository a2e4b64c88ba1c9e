import { setTimeout as sleep } from 'node:timers/promises'
import type { Redis } from 'ioredis'
import { DeployError } from '../errors.js'
import type { FleetEvent } from '../fleet/event.js'
import { Crew, type Patience, type Prepared } from './crew.js'
import type { RunRecord } from './run-record.js'
import type { RunStore } from './run-store.js'

/** What a worker is to do with the runs that it finds. */
export interface Serving {
  readonly redis: Redis
  readonly store: RunStore
  /** What it is called where it is seen by others: `deploy@ci-3 (812)`. */
  readonly name: string
  /** Hosts in flight at the same time, at most, of all runs together. */
  readonly parallel: number
  /** Reads in files of this computer what a run is about. Throws where they are other ones than the run was made from. */
  readonly prepare: (record: RunRecord) => Promise<Prepared>
  /** Aborted: no further host is begun, and those in flight are waited for. */
  readonly stopping: AbortSignal
  readonly now: () => Date
  /** Milliseconds. */
  readonly patience?: Patience
  readonly told: Told
}

/** What a worker tells. */
export interface Told {
  fleet(event: FleetEvent): void
  joined(run: RunRecord): void
  refused(run: string, errors: readonly DeployError[]): void
  left(run: string): void
  notice(text: string): void
}

/** Renewed at half of it, so that a worker may be busy for some seconds with something else. */
const usualPatience: Patience = { lock: 20_000, look: 10_000 }

/** Milliseconds between two looks for runs. */
const pause = 500

/** Milliseconds between two signs of life. */
const heartbeat = 3_000

/** Milliseconds after which a run that was refused is looked at again: files may have been brought up to date. */
const refusedFor = 30_000

/** Takes part in all runs that there are, until it is stopped. */
export const serve = async (serving: Serving): Promise<void> => {
  const { store, name, stopping } = serving
  const parts = new Parts(serving)
  const seen = (): void => void store.seen(name).catch(() => undefined)
  seen()
  // in between, not among the others: reading a large folder takes its time
  const beat = setInterval(seen, heartbeat)
  try {
    while (!stopping.aborted) {
      for (const run of await store.runs()) await parts.attend(run)
      await sleep(pause, undefined, { signal: stopping }).catch(() => undefined)
    }
  } finally {
    await parts.leaveAll()
    clearInterval(beat)
    await store.gone(name)
  }
}

class Parts {
  readonly #crews = new Map<string, Crew>()
  readonly #ended = new Set<string>()
  readonly #refusedUntil = new Map<string, number>()

  constructor(private readonly serving: Serving) {}

  async attend(run: string): Promise<void> {
    if (this.#ended.has(run)) return
    const { store, stopping, now } = this.serving
    if ((await store.ended(run)) !== undefined) {
      this.#ended.add(run)
      return this.#leave(run)
    }
    if (stopping.aborted || this.#crews.has(run) || (this.#refusedUntil.get(run) ?? 0) > now().getTime()) return
    await this.#join(run)
  }

  async leaveAll(): Promise<void> {
    await Promise.all([...this.#crews.keys()].map(async (run) => this.#leave(run)))
  }

  async #join(run: string): Promise<void> {
    const { redis, store, name, patience = usualPatience, told, now } = this.serving
    try {
      const record = await store.record(run)
      const prepared = await this.serving.prepare(record)
      const member = {
        ...{ redis, store, record, prepared, worker: name, patience },
        // nothing of a host is ever left half done on purpose
        signal: new AbortController().signal,
        tell: (event: FleetEvent) => told.fleet(event),
        notice: (text: string) => told.notice(text),
      }
      this.#crews.set(run, new Crew(member, this.#share(1)))
      this.#divide()
      await store.join(run, name)
      told.joined(record)
    } catch (thrown) {
      const errors = deployErrors(thrown)
      this.#refusedUntil.set(run, now().getTime() + refusedFor)
      await store.refuse(run, {
        worker: name,
        text: errors.map(({ code, fault }) => `${code}: ${fault.what}`).join('\n'),
      })
      told.refused(run, errors)
    }
  }

  async #leave(run: string): Promise<void> {
    const crew = this.#crews.get(run)
    if (crew === undefined) return
    await crew.leave()
    this.#crews.delete(run)
    this.#divide()
    this.serving.told.left(run)
  }

  /** Each run gets the same share of what this worker does at the same time. */
  #share(further: number): number {
    return Math.max(1, Math.floor(this.serving.parallel / (this.#crews.size + further)))
  }

  #divide(): void {
    for (const crew of this.#crews.values()) crew.atOnce = this.#share(0)
  }
}

const deployErrors = (thrown: unknown): readonly DeployError[] => {
  const all: readonly unknown[] = thrown instanceof AggregateError ? thrown.errors : [thrown]
  const ours = all.flatMap((error) => (error instanceof DeployError ? [error] : []))
  if (ours.length === 0) throw thrown
  return ours
}
