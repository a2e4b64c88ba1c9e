import { isOfStep, type Event, type StepEvent } from '../core/event.js'
import { sanitise } from '../core/sanitise.js'
import type { StepId } from '../core/step.js'
import { row, type Row } from './rows.js'
import { duration, plural, progressWords, waitingWords, wholeSeconds, worthTelling } from './words.js'

/** Where a scene is shown. */
export interface Stage {
  /** A line that is there for good. */
  say(text: string): void
  /** The rows are as they will stay: others follow. */
  keep(rows: readonly Row[]): void
}

/** On one line, and without what would move the cursor. */
const shown = (text: string): string => sanitise(text).replace(/\s+/g, ' ').trim()

const isBegun = ({ state }: Row): boolean => state !== 'waiting'

/** What was going on has failed; a phase of which nothing was begun has not. */
const fail = (one: Row): void => {
  if (one.state === 'running') one.state = one.rows.length === 0 || one.rows.some(isBegun) ? 'failed' : 'waiting'
  one.rows.forEach(fail)
}

type PhaseStart = Extract<Event, { type: 'phase.start' }>
type StepStart = Extract<Event, { type: 'step.start' }>

/** The rows that move, by what the events tell: the phases that run now, or one row for what is no step. */
export class Scene {
  #rows: Row[] = []
  readonly #phases = new Map<string, Row>()
  readonly #steps = new Map<StepId, Row>()

  constructor(private readonly stage: Stage) {}

  get rows(): readonly Row[] {
    return this.#rows
  }

  take(event: Event): void {
    if (isOfStep(event)) return this.#takeStep(event)
    switch (event.type) {
      case 'run.start':
        return this.stage.say(`${shown(event.site)} on ${shown(event.host)}`)
      case 'notice':
        return this.stage.say(shown(event.text))
      case 'survey.start':
        return this.#open('Look at the host')
      case 'survey.done':
        this.#forget()
        return this.stage.say(`${plural(event.questions, 'question')} answered in ${duration(event.milliseconds)}`)
      case 'check.start':
        return this.#open(event.what)
      case 'check.running':
        return this.#only({ time: wholeSeconds(event.seconds) })
      case 'check.done':
        return event.milliseconds < worthTelling ? this.#forget() : this.#end(event.milliseconds)
      case 'phase.start':
        return this.#beginPhase(event)
      case 'phase.done':
        return this.#endPhase(event.phase, event.milliseconds)
      case 'phase.undo':
        this.close()
        return this.#open(`Take back: ${event.phase}`)
      case 'phase.undone':
        return this.#end(event.milliseconds)
      case 'run.done':
        return this.close()
    }
  }

  /** The run ended in the middle of what is shown. */
  fail(): void {
    this.#rows.forEach(fail)
    this.close()
  }

  close(): void {
    if (this.#rows.length > 0) this.stage.keep(this.#rows)
    this.#rows = []
    this.#phases.clear()
    this.#steps.clear()
  }

  #open(title: string): void {
    this.close()
    this.#rows = [row(shown(title))]
  }

  /** Without a trace. */
  #forget(): void {
    this.#rows = []
    this.stage.keep([])
  }

  #only(change: Partial<Row>): void {
    const [only] = this.#rows
    if (only !== undefined) Object.assign(only, change)
  }

  #end(milliseconds: number): void {
    this.#only({ state: 'done', time: duration(milliseconds) })
    this.close()
  }

  #beginPhase({ phase, steps, gate }: PhaseStart): void {
    // what is no step has ended; a phase that runs together with others stands with them
    if (this.#phases.size === 0) this.close()
    const parts = steps.map(({ step, title }) => {
      const part = row(shown(title), 'waiting')
      this.#steps.set(step, part)
      return part
    })
    const begun: Row = { ...row(shown(phase)), rows: gate ? [...parts, row('Gate', 'waiting')] : parts }
    this.#phases.set(phase, begun)
    this.#rows.push(begun)
  }

  #endPhase(phase: string, milliseconds: number): void {
    const ended = this.#phases.get(phase)
    if (ended === undefined) return
    Object.assign(ended, { state: 'done', time: duration(milliseconds) })
    for (const part of ended.rows)
      if (part.state === 'waiting') Object.assign(part, { state: 'same', time: 'not needed' })
    if (this.#rows.every(({ state }) => state === 'done')) this.close()
  }

  #beginStep({ phase, step }: StepStart): void {
    // which handler it is that stands at the end of a phase is known only now
    const begun = this.#steps.get(step) ?? this.#phases.get(phase)?.rows.at(-1)
    if (begun !== undefined) this.#steps.set(step, begun)
  }

  #takeStep(event: StepEvent): void {
    if (event.type === 'step.start') this.#beginStep(event)
    if (event.type === 'step.undo' && this.#rows[0] !== undefined) this.#steps.set(event.step, this.#rows[0])
    const one = this.#steps.get(event.step)
    if (event.type === 'step.notice') this.stage.say(`${event.step}: ${shown(event.notice)}`)
    if (one === undefined) return
    Object.assign(one, changeBy(event))
    if (event.type === 'step.failed')
      for (const parent of this.#rows) if (parent.rows.includes(one)) parent.state = 'failed'
  }
}

/** What becomes of the row of a step. */
const changeBy = (event: StepEvent): Partial<Row> => {
  switch (event.type) {
    case 'step.start':
      return { title: shown(event.title), state: 'running' }
    case 'step.same':
      return { state: 'same', time: 'already so' }
    case 'step.command':
      return { percent: undefined }
    case 'step.change':
      return { heard: shown(`${event.change.kind} ${event.change.subject}`) }
    case 'step.output':
      return { heard: shown(event.text) }
    case 'step.progress':
      return { heard: shown(progressWords(event)), percent: event.percent }
    case 'step.waiting':
      return { heard: shown(waitingWords(event)) }
    case 'step.notice':
      return { heard: shown(event.notice) }
    case 'step.running':
      return { time: wholeSeconds(event.seconds) }
    case 'step.done':
      return { state: 'done', percent: undefined, time: duration(event.milliseconds) }
    case 'step.failed':
      return { state: 'failed', percent: undefined, time: duration(event.milliseconds) }
    case 'step.undo':
      return { heard: shown(event.subject) }
    case 'step.undone':
      return { heard: shown(`${event.subject}${event.complete ? '' : ': could not be taken back'}`) }
  }
}
