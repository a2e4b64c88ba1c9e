import type { Event } from '../core/event.js'
import { DeployError } from '../errors.js'

export const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

export type Signal = (typeof signals)[number]

const exitCodeOf: Readonly<Record<Signal, number>> = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 }

type End = Extract<Event, { type: 'step.same' | 'step.done' | 'step.failed' | 'step.undone' }>

const isEnd = (event: Event): event is End =>
  ['step.same', 'step.done', 'step.failed', 'step.undone'].includes(event.type)

/** What a run sees of them. */
export type Interruption = Pick<Interrupts, 'signal' | 'exitCode' | 'whileApplying' | 'whileWatching'>

/**
 * Before the first change a signal ends the run at once. While changes are made the first one only asks the engine to
 * stop: the running step is left to settle, because nobody could tell what a half-done one has left behind. The
 * second one leaves at once and says what is unfinished.
 */
export class Interrupts {
  readonly #controller = new AbortController()
  readonly #running = new Map<string, string>()
  #received: Signal | undefined
  #applying = 0
  #watching = false
  #stopping = ''
  #reject: (error: unknown) => void = () => undefined

  /** Never resolves; rejects when the run has to be left as it is. */
  readonly left = new Promise<never>((_, reject) => {
    this.#reject = reject
  })
  leaving = false

  /** `notice` shows a line to a person; who opens a live view puts it above that. */
  constructor(public notice: (text: string) => void) {
    this.left.catch(() => undefined) // a signal may come when nobody waits any more
  }

  /** Aborted by the first signal while changes are made. */
  get signal(): AbortSignal {
    return this.#controller.signal
  }

  exitCode(otherwise: number): number {
    return this.#received === undefined ? otherwise : exitCodeOf[this.#received]
  }

  /** `stopping`: what is said when a signal comes. */
  async whileApplying<T>(
    work: () => Promise<T>,
    stopping = 'stopping: the running step is left to settle first; Ctrl-C again leaves at once',
  ): Promise<T> {
    this.#applying++
    this.#stopping = stopping
    try {
      return await work()
    } finally {
      this.#applying--
    }
  }

  /** A signal ends what is only looked at; the second one leaves at once. */
  async whileWatching<T>(work: (stopped: AbortSignal) => Promise<T>): Promise<T> {
    this.#watching = true
    try {
      return await work(this.signal)
    } finally {
      this.#watching = false
    }
  }

  /** `host`: of a fleet, on which the event is. */
  observe(event: Event, host?: string): void {
    const id = (step: string): string => (host === undefined ? step : `${host}: ${step}`)
    if (event.type === 'step.start') this.#running.set(id(event.step), event.title)
    if (event.type === 'step.undo') this.#running.set(id(event.step), `taking back ${event.subject}`)
    if (isEnd(event)) this.#running.delete(id(event.step))
  }

  /** An arrow, because it is handed over as a listener. */
  readonly receive = (signal: Signal): void => {
    if (this.#watching && this.#received === undefined) {
      this.#received = signal
      this.#controller.abort()
      return
    }
    if (this.#applying > 0 && this.#received === undefined) {
      this.#received = signal
      this.notice(`${this.#stopping}\n`)
      this.#controller.abort()
      return
    }
    this.#received ??= signal
    this.leave(this.#applying > 0 ? this.#unfinished() : nothingChanged(signal))
  }

  leave(error: unknown): void {
    this.leaving = true
    this.#reject(error)
  }

  #unfinished(): DeployError {
    const steps = [...this.#running].map(([id, title]) => `${id} (${title})`)
    return new DeployError('INTERRUPTED', {
      what: 'left at once, in the middle of the changes',
      where: steps.length === 0 ? 'between two steps' : `unfinished: ${steps.join(', ')}`,
      remedy: 'run the same command again: it looks at the host first and does what is still missing',
    })
  }
}

const nothingChanged = (signal: Signal): DeployError =>
  new DeployError('INTERRUPTED', {
    what: `stopped by ${signal}; nothing was changed`,
    remedy: 'run the command again when you are ready',
  })
