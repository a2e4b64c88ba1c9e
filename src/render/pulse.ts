import { isOfStep, type Emit, type Event, type StepEvent } from '../core/event.js'
import type { Progress } from '../core/progress.js'
import { progressWords, waitingWords } from './words.js'

interface Heard {
  readonly line?: string
  readonly percent?: number
}

interface Activity {
  started: number
  /** Whole seconds that were told last. */
  told: number
  heard: Heard
  readonly running: (seconds: number, heard: Heard) => Event
}

const percentOf = ({ percent }: Progress): Heard => (percent === undefined ? {} : { percent })

const stepRuns =
  (step: StepEvent['step']): Activity['running'] =>
  (seconds, heard) => ({ type: 'step.running', step, seconds, ...heard })

const checkRuns =
  (what: string): Activity['running'] =>
  (seconds) => ({ type: 'check.running', what, seconds })

const survey = 'Look at the host'

/** Half a second, so that every second is told, however late a timer comes. */
const interval = 500

/**
 * A command may be silent for minutes, and then nobody tells anything: the pulse does, once a second, of all that goes
 * on. What it tells comes from the other events.
 */
export class Pulse {
  readonly #activities = new Map<string, Activity>()
  #timer: NodeJS.Timeout | undefined
  #suspended = 0

  constructor(
    private readonly emit: Emit,
    private readonly clock: () => number,
  ) {}

  observe(event: Event): void {
    if (isOfStep(event)) this.#observeStep(event)
    if (event.type === 'survey.start') this.#begin(survey, checkRuns(survey))
    if (event.type === 'survey.done') this.#end(survey)
    if (event.type === 'check.start') this.#begin(event.what, checkRuns(event.what))
    if (event.type === 'check.done') this.#end(event.what)
  }

  #observeStep(event: StepEvent): void {
    const { step } = event
    switch (event.type) {
      case 'step.start':
      case 'step.undo':
        return this.#begin(step, stepRuns(step))
      case 'step.same':
      case 'step.done':
      case 'step.failed':
      case 'step.undone':
        return this.#end(step)
      case 'step.command':
        return this.#hear(step, () => ({}))
      case 'step.output':
        return this.#hear(step, (heard) => ({ ...heard, line: event.text }))
      case 'step.progress':
        return this.#hear(step, () => ({ line: progressWords(event), ...percentOf(event) }))
      case 'step.waiting':
        return this.#hear(step, () => ({ line: waitingWords(event) }))
      case 'step.change':
      case 'step.notice':
      case 'step.running':
    }
  }

  /** Tells of all that goes on for a second more than was told. */
  beat(): void {
    if (this.#suspended > 0) return
    for (const activity of this.#activities.values()) {
      const seconds = Math.floor((this.clock() - activity.started) / 1000)
      if (seconds <= activity.told) continue
      activity.told = seconds
      this.emit(activity.running(seconds, activity.heard))
    }
  }

  /** While a person is being asked nothing else goes on. */
  async suspendedFor<T>(work: () => Promise<T>): Promise<T> {
    const since = this.clock()
    this.#suspended++
    try {
      return await work()
    } finally {
      this.#suspended--
      for (const activity of this.#activities.values()) activity.started += this.clock() - since
    }
  }

  /** The run has ended, whatever was going on. */
  stop(): void {
    this.#activities.clear()
    clearInterval(this.#timer)
    this.#timer = undefined
  }

  #begin(key: string, running: Activity['running']): void {
    this.#activities.set(key, { started: this.clock(), told: 0, heard: {}, running })
    // never what keeps the process alive
    this.#timer ??= setInterval(() => this.beat(), interval).unref()
  }

  #hear(key: string, more: (heard: Heard) => Heard): void {
    const activity = this.#activities.get(key)
    if (activity !== undefined) activity.heard = more(activity.heard)
  }

  #end(key: string): void {
    this.#activities.delete(key)
    if (this.#activities.size === 0) this.stop()
  }
}
