import type { Handler } from '../core/handler.js'
import type { Phase } from '../core/playbook.js'
import type { Change, Step } from '../core/step.js'
import { DeployError } from '../errors.js'
import { askProbes, type State } from './ask.js'
import { execute, type Making } from './execute.js'
import { commandFailed, notDone } from './failure.js'
import { Gate } from './gate.js'
import { Looks, type Ask } from './looks.js'
import { neededHandler, planStep } from './plan.js'
import type { Run } from './run.js'
import { begunLine, begunOf, type Begun } from './journal.js'
import { takeBack, undoIncomplete } from './undo.js'

/** What was begun twice, or taken back, is known by it. */
const nameOf = ({ kind, subject }: Change): string => `${kind} ${subject}`

const acted = (handler: Handler, reason: string): Change => ({
  kind: 'run',
  subject: handler.title,
  reason,
  run: handler.run,
})

/** One phase of a run. */
export class PhaseRun {
  readonly #run: Run
  readonly #phase: Phase
  readonly #begun: Begun[]
  /** Steps that have changed something that can be taken back, with the changes that they had planned. */
  readonly #changed = new Map<Step, readonly string[]>()
  /** What nothing takes back, a sentence each. */
  readonly #staying: string[] = []
  readonly #gate: Gate
  readonly #looks: Looks
  readonly #started = performance.now()
  #ended = performance.now()

  /** `adopted`: what a run before this one, which was cut off, has begun in this phase. */
  constructor(run: Run, phase: Phase, adopted: readonly Begun[]) {
    this.#run = run
    this.#phase = phase
    this.#begun = [...adopted]
    this.#gate = new Gate(run.host, phase.title, run)
    this.#looks = new Looks(phase, {
      survey: () => run.survey,
      isUnchanged: ({ id }) => run.planned(id)?.state === 'ok',
      ...run.wholeFor(phase),
    })
  }

  /** Looks, changes what is to be changed, looks again. */
  async step(step: Step): Promise<void> {
    this.#run.checkSignal()
    await this.#told(step, async () => {
      const planned = planStep(step, await this.#looks.before(step, this.#askBefore(step)))
      this.#run.checkApproved(planned)
      if (planned.state === 'unknown') throw notDone(step, planned.reason)
      if (planned.state === 'ok') return 'same'
      const left = planStep(step, await this.#change(step, planned.changes))
      if (left.state !== 'ok') throw notDone(step, 'its probes still see something to do')
      return 'done'
    })
    this.#run.reached(step.id, 'done')
  }

  /** Where something will be changed, the gate asks along what it will compare with. */
  #askBefore(step: Step): Ask {
    const { emit, host } = this.#run
    return async (questions) => {
      const changes = this.steps.some(({ id }) => this.#run.planned(id)?.state !== 'ok')
      const asked = changes && this.#handlers.length > 0 && !this.#run.isEarly(step)
      const teller = { emit, step: step.id }
      return (asked ? await this.#gate.remember(this.#handlers, teller, questions) : undefined) ?? host.ask(questions)
    }
  }

  /** Answers with how the host is then. */
  async #change(step: Step, changes: readonly Change[]): Promise<State> {
    const { emit, host } = this.#run
    const teller = { emit, step: step.id, ready: () => this.#run.reached(step.id, 'ready') }
    const undoable = changes.filter(({ undo }) => undo !== undefined)
    if (undoable.length > 0) this.#changed.set(step, undoable.map(nameOf))
    if (!this.#run.isEarly(step)) await this.#gate.remember(this.#handlers, teller)
    const making = changes.map((change) => this.#making(step, change))
    const secondTry = this.#run.secondTry(step)
    return this.#looks.after(step, async (questions) => {
      const answers = await execute(host, making, teller, questions, secondTry)
      this.#run.changed(step, changes.length)
      return answers
    })
  }

  #making(step: Step, change: Change): Making {
    const begun = begunOf(this.title, step.id, change)
    return {
      change,
      note: begun.undo.length === 0 ? '' : begunLine(begun),
      begins: () => {
        this.#run.touch()
        this.#run.emit({ type: 'step.change', step: step.id, change })
        // before it is made: one that fails half-way is taken back too
        this.#begun.push(begun)
      },
      ends: () => {
        if (change.stays !== undefined) this.#staying.push(change.stays)
      },
    }
  }

  /** Another phase has changed what this one needs. */
  lookAgain(): void {
    this.#looks.forget()
  }

  /** Runs the strongest handler that the host needs now. */
  async handlers(): Promise<void> {
    const handlers = this.#handlers
    const state = await this.#looks.beforeHandlers(async (questions) => this.#run.host.ask(questions))
    const needed = neededHandler(handlers, state, this.#run.triggered)
    if (needed === undefined) return
    const { handler, reason } = needed
    await this.#told(handler, async () => {
      const { emit } = this.#run
      await this.#gate.remember(handlers, { emit, step: handler.id })
      const acts = handler.run.length > 0
      if (acts) emit({ type: 'step.change', step: handler.id, change: acted(handler, reason) })
      this.#run.proof = (await this.#gate.pass(handler, emit)) ?? this.#run.proof
      this.#run.changes += acts ? 1 : 0
      return 'done'
    })
  }

  /** Tells where it begins and how it ends, with the time that it took. */
  async #told({ id: step, title }: Step | Handler, work: () => Promise<'same' | 'done'>): Promise<void> {
    const { emit } = this.#run
    const started = performance.now()
    emit({ type: 'step.start', phase: this.#phase.title, step, title })
    try {
      const outcome = await work()
      const milliseconds = performance.now() - started
      emit(outcome === 'same' ? { type: 'step.same', step, title } : { type: 'step.done', step, title, milliseconds })
    } catch (cause) {
      const error =
        cause instanceof DeployError ? cause.at(`${this.#phase.title} / ${step}`) : commandFailed({ id: step }, cause)
      emit({ type: 'step.failed', step, title, error, milliseconds: performance.now() - started })
      throw error
    } finally {
      this.#ended = performance.now()
    }
  }

  get title(): string {
    return this.#phase.title
  }

  get steps(): readonly Step[] {
    return this.#phase.steps
  }

  get hasHandlers(): boolean {
    return this.#phase.handlers !== undefined
  }

  get #handlers(): readonly Handler[] {
    return this.#phase.handlers ?? []
  }

  /** What was taken back has to be planned again, as it was before; answers with what is not. */
  async #stillDifferent(): Promise<readonly string[]> {
    const state = await askProbes(
      this.#run.host,
      [...this.#changed.keys()].map(({ probes }) => probes),
    )
    return [...this.#changed].flatMap(([step, before]) => {
      const now = planStep(step, state)
      const planned = now.state === 'change' ? now.changes.map(nameOf) : []
      const missing = now.state === 'unknown' ? [] : before.filter((change) => !planned.includes(change))
      return missing.map((change) => `${step.id}: ${change}\n  it was taken back, but the host is not as before`)
    })
  }

  get #subjects(): readonly string[] {
    return this.#begun.filter(({ undo }) => undo.length > 0).map(({ subject }) => subject)
  }

  /** To the end of its last step; what runs together with it may take longer. */
  get milliseconds(): number {
    return this.#ended - this.#started
  }

  /** Takes the phase back. Answers with an error when that did not go to its end. */
  async undo(because: DeployError): Promise<DeployError | undefined> {
    if (this.#begun.length === 0) return undefined
    const { emit, host } = this.#run
    const phase = this.#phase.title
    const started = performance.now()
    emit({ type: 'phase.undo', phase, because })
    const failed = await takeBack(host, this.#begun, emit)
    const different = failed.length === 0 ? await this.#stillDifferent() : failed
    const left = different.length === 0 ? undefined : undoIncomplete(because, different)
    for (const text of this.#staying) emit({ type: 'notice', text })
    // Also when something could not be taken back: the service must not go on with what was.
    const gate = await this.#gate.restore(left ?? because, emit)
    if (left === undefined) {
      emit({ type: 'phase.undone', phase, subjects: this.#subjects, milliseconds: performance.now() - started })
    }
    return gate ?? left
  }
}
