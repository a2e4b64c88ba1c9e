import type { Answer } from '../core/command.js'
import type { Emit } from '../core/event.js'
import type { Guard } from '../core/handler.js'
import type { Phase } from '../core/playbook.js'
import type { PlannedStep } from '../core/plan.js'
import type { After, Step, StepId } from '../core/step.js'
import { DeployError } from '../errors.js'
import type { Application } from './apply.js'
import type { State } from './ask.js'
import { commandFailed, connectionLost, interrupted, stale } from './failure.js'
import type { Memory } from './gate.js'
import type { HeldHost } from './held-host.js'
import type { Begun } from './journal.js'
import type { Known } from './looks.js'
import { Milestones } from './milestones.js'
import { PhaseRun } from './phase-run.js'
import { probesOf } from './survey.js'

/** By its whole text, for a label says less. */
const keyOf = (guard: Guard): string => JSON.stringify(guard.command(undefined).argv)

/** One application of a plan: what was changed so far, and how to take the running phase back. */
export class Run implements Memory {
  readonly host: HeldHost
  readonly emit: Emit
  changes = 0
  /** Answer of the last proof: what the site said when it was asked. */
  proof: string | undefined
  readonly #triggered = new Set<StepId>()
  readonly #application: Application
  readonly #adopted: readonly Begun[]
  readonly #begun = new Set<string>()
  #open: PhaseRun[] = []
  #failure: Error | undefined
  #isTouched = false
  #whole: State | undefined
  readonly #milestones: Milestones
  /** Before the first change, by what was asked. */
  readonly #answered = new Map<string, Answer>()

  constructor(application: Application) {
    this.#application = application
    this.host = application.host
    this.#adopted = application.adopted ?? []
    this.#milestones = new Milestones(application.phases)
    this.emit = application.emit
  }

  /** Begins a phase, at the same time as those that are open. */
  begin(phase: Phase): PhaseRun {
    const { title, steps, handlers } = phase
    const titled = steps.map(({ id, title }) => ({ step: id, title }))
    this.emit({ type: 'phase.start', phase: title, steps: titled, gate: handlers !== undefined })
    this.#begun.add(title)
    const adopted = this.#adopted.filter((one) => one.phase === title)
    const begun = new PhaseRun(this, phase, adopted)
    this.#open.push(begun)
    return begun
  }

  /** A failure in one of several phases: the others stop after the step that they are at. */
  fail(error: Error): void {
    this.#failure ??= error
    this.#milestones.failed()
  }

  /** A step has come so far that what waits for it may go on. */
  reached(step: StepId, until: After['until']): void {
    this.#milestones.reached({ step, until })
  }

  /** Until then, or until the run has failed. */
  async waitFor(after: After): Promise<void> {
    await this.#milestones.wait(after)
  }

  /** Whether what the step has waited for is only ready, and not done yet. */
  isEarly({ after }: Step): boolean {
    return after !== undefined && !this.#milestones.isDone(after.step)
  }

  /**
   * For a step that begins now: whether what fails in it is tried once more. Then what it had not waited for is done.
   */
  secondTry(step: Step): (failure: unknown) => Promise<boolean> {
    const { after } = step
    if (after === undefined || !this.isEarly(step)) return () => Promise.resolve(false)
    return async (failure) => {
      if (!(failure instanceof DeployError) || after.again?.includes(failure.code) !== true) return false
      await this.#milestones.wait({ step: after.step, until: 'done' })
      return !this.failed
    }
  }

  get failed(): boolean {
    return this.#failure !== undefined
  }

  /** The look at the whole host, as long as nothing is changed. */
  get survey(): State | undefined {
    return this.#isTouched ? undefined : this.#application.survey.state
  }

  get triggered(): ReadonlySet<StepId> {
    return this.#triggered
  }

  keep(guard: Guard, answer: Answer): void {
    if (!this.#isTouched) this.#answered.set(keyOf(guard), answer)
  }

  answerTo(guard: Guard): Answer | undefined {
    return this.#isTouched ? undefined : this.#answered.get(keyOf(guard))
  }

  planned(step: StepId): PlannedStep | undefined {
    return this.#application.survey.plan.phases.flatMap(({ steps }) => steps).find(({ id }) => id === step)
  }

  /** Throws when the host asks for more than was approved, and nobody said that this is all right. */
  checkApproved(now: PlannedStep): void {
    if (!this.#application.confirmed) {
      const difference = stale(this.planned(now.id), now)
      if (difference !== undefined) throw difference
    }
  }

  checkSignal(): void {
    if (this.#application.signal?.aborted === true) throw interrupted()
  }

  /** Before each change. */
  touch(): void {
    this.#isTouched = true
    this.#whole = undefined
  }

  /** The whole host, as the last phase has seen it after the last change. */
  get whole(): State | undefined {
    return this.#whole
  }

  /** The last phase looks at the whole host, instead of somebody after it; not where handlers act after its last look. */
  wholeFor(phase: Phase): Pick<Known, 'whole'> {
    const { phases } = this.#application
    if (phase !== phases.at(-1) || phase.handlers !== undefined) return {}
    return { whole: { probes: probesOf(phases), seen: (state) => (this.#whole = state) } }
  }

  changed(step: Step, count: number): void {
    this.changes += count
    for (const id of step.triggers ?? []) this.#triggered.add(id)
  }

  /** The phases that are open have passed. Throws when one of them has not. */
  async end(): Promise<void> {
    if (this.#failure !== undefined) throw this.#failure
    if (this.#open.length > 0) await this.#letGo()
    for (const { title, milliseconds } of this.#open) this.emit({ type: 'phase.done', phase: title, milliseconds })
    this.#open = []
  }

  /** What has passed, or was taken back, is no longer to be taken back; what is gone on with later still is. */
  async #letGo(): Promise<void> {
    if (!this.host.hasJournal) return
    const later = this.#adopted.filter(({ phase }) => !this.#begun.has(phase))
    if (later.length === 0) this.host.forgetWithNext()
    else await this.host.rewriteJournal(later)
  }

  /** Takes the open phases back, the last first; answers with the error to show. */
  async undo(failure: Error): Promise<Error> {
    const because = failure instanceof DeployError ? failure : commandFailed(undefined, failure)
    if (because.code === 'CONNECTION_LOST') return connectionLost(because)
    if (because.code === 'LOCK_LOST') return because
    let shown: Error = because
    for (const phase of this.#open.toReversed()) {
      const incomplete = await phase.undo(because)
      shown = incomplete ?? shown
    }
    if (shown === because) {
      await this.#letGo()
      await this.host.forgetNow()
    }
    return shown
  }
}
