import type { FleetEmit } from '../fleet/event.js'
import type { HostOutcome } from '../fleet/outcome.js'
import { gateJobId, hostJobId } from './names.js'
import { readProgress, type RunRecord } from './run-record.js'
import type { RunEnd, RunStore } from './run-store.js'

interface Subject {
  readonly store: RunStore
  readonly record: RunRecord
  readonly emit: FleetEmit
}

/** Outcomes asked for at the same time. */
const chunk = 500

/**
 * Tells of a run as if it went on in this process. News come by two streams and by looks at what is kept, in no order that
 * anybody could rely on; here they are brought into one: a wave begins before its hosts, and ends after them.
 */
export class Telling {
  readonly #waves: ReadonlyMap<string, number>
  readonly #hosts: ReadonlyMap<string, string>
  readonly #begun = new Set<string>()
  /** Of which is heard that they have ended, and not yet how. */
  readonly #ended = new Set<string>()
  readonly #outcomes = new Map<string, HostOutcome>()
  #wave = -1
  /** One after the other. */
  #turn: Promise<void> = Promise.resolve()

  constructor(private readonly subject: Subject) {
    const { waves } = subject.record
    this.#waves = new Map(waves.flatMap(({ hosts }, index) => hosts.map((host) => [host, index] as const)))
    this.#hosts = new Map([...this.#waves.keys()].map((host) => [hostJobId(host), host]))
  }

  get outcomes(): readonly HostOutcome[] {
    return [...this.#outcomes.values()]
  }

  /** Of which is known that they have begun, and nothing more. */
  get inFlight(): readonly string[] {
    return [...this.#begun].filter((host) => !this.#outcomes.has(host))
  }

  begun(jobId: string): void {
    const host = this.#hosts.get(jobId)
    if (host !== undefined) this.#inTurn(() => this.#begin(host))
  }

  step(jobId: string, data: unknown): void {
    const host = this.#hosts.get(jobId)
    const event = readProgress(data)
    if (host === undefined || event === undefined) return
    this.#inTurn(() => {
      if (!this.#outcomes.has(host)) this.subject.emit({ type: 'event', host, event })
    })
  }

  done(jobId: string): void {
    const host = this.#hosts.get(jobId)
    if (host !== undefined) this.#ended.add(host)
  }

  /** The gate of canaries, before it asks them again. */
  waits(jobId: string): void {
    const { record, emit } = this.subject
    const wave = record.waves.find((_, index) => gateJobId(index) === jobId)
    if (wave === undefined) return
    this.#inTurn(async () => {
      await this.#read(wave.hosts)
      emit({ type: 'wave.check', wave: wave.name, hosts: wave.hosts.length, seconds: record.canaryWait })
    })
  }

  /** At what hosts have come to meanwhile. */
  async look(): Promise<void> {
    this.#inTurn(async () => {
      await this.#read([...this.#ended])
      const { store, record } = this.subject
      // events may have been dropped: their stream has a greatest length
      if ((await store.outcomeCount(record.id)) > this.#outcomes.size) await this.#read(this.#open())
    })
    await this.#turn
  }

  /** A canary may have come to something else at last. */
  async finish(end: RunEnd): Promise<void> {
    const { record } = this.subject
    this.#inTurn(async () => {
      await this.#read(record.waves.filter(({ isCanary }) => isCanary).flatMap(({ hosts }) => hosts))
      if (this.#wave >= 0) this.#endWave(end === 'done')
    })
    await this.#turn
  }

  #inTurn(work: () => void | Promise<void>): void {
    this.#turn = this.#turn.then(work)
    // whoever waits for its turn is told
    this.#turn.catch(() => undefined)
  }

  #open(): readonly string[] {
    return [...this.#waves.keys()].filter((host) => !this.#outcomes.has(host))
  }

  async #read(hosts: readonly string[]): Promise<void> {
    const { store, record } = this.subject
    for (let from = 0; from < hosts.length; from += chunk) {
      const read = await store.outcomesOf(record.id, hosts.slice(from, from + chunk))
      for (const outcome of read) await this.#come(outcome)
    }
  }

  async #come(outcome: HostOutcome): Promise<void> {
    this.#ended.delete(outcome.host)
    const known = this.#outcomes.get(outcome.host)
    if (known !== undefined && JSON.stringify(known) === JSON.stringify(outcome)) return
    // a host that was not begun is not told of before the end, as in one process
    if (outcome.state !== 'not begun') await this.#begin(outcome.host)
    this.#outcomes.set(outcome.host, outcome)
    if (outcome.state !== 'not begun') this.subject.emit({ type: 'host.done', outcome })
  }

  async #begin(host: string): Promise<void> {
    if (this.#begun.has(host)) return
    await this.#beginWave(this.#waves.get(host) ?? 0)
    if (this.#begun.has(host)) return
    this.#begun.add(host)
    this.subject.emit({ type: 'host.start', host })
  }

  /** Those before it have passed, or it would not begin. */
  async #beginWave(index: number): Promise<void> {
    const { record, emit } = this.subject
    while (this.#wave < index) {
      await this.#read(this.#open().filter((host) => this.#waves.get(host) === this.#wave))
      if (this.#wave >= 0) this.#endWave(true)
      const wave = record.waves[++this.#wave]
      if (wave === undefined) return
      emit({ type: 'wave.start', wave: wave.name, hosts: wave.hosts.length, atOnce: wave.atOnce })
    }
  }

  #endWave(passed: boolean): void {
    const { record, emit } = this.subject
    emit({ type: 'wave.done', wave: record.waves[this.#wave]?.name ?? '', passed })
  }
}
