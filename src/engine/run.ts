import type { Emit } from '../core/event.js'
import type { Handler } from '../core/handler.js'
import type { Phase } from '../core/playbook.js'
import type { PlannedStep } from '../core/plan.js'
import type { Change, Step, StepId } from '../core/step.js'
import { DeployError } from '../errors.js'
import type { Transport } from '../transport/transport.js'
import type { Application } from './apply.js'
import { askProbes, type State } from './ask.js'
import { execute } from './execute.js'
import { commandFailed, connectionLost, interrupted, notDone, stale } from './failure.js'
import { Gate } from './gate.js'
import { neededHandler, planStep } from './plan.js'
import { Undo } from './undo.js'

export type OnOutput = (text: string) => void

/** One application of a plan: what was changed so far, and how to take the running phase back. */
export class Run {
  readonly transport: Transport
  readonly emit: Emit
  changes = 0
  /** Answer of the last proof: what the site said when it was asked. */
  proof: string | undefined
  readonly #triggered = new Set<StepId>()
  readonly #application: Application
  #phase: PhaseRun | undefined

  constructor(application: Application) {
    this.#application = application
    this.transport = application.transport
    this.emit = application.emit
  }

  /** Begins the next phase: what the one before has done stays. */
  async begin(phase: Phase): Promise<PhaseRun> {
    await this.end()
    this.emit({ type: 'phase.start', phase: phase.title })
    this.#phase = new PhaseRun(this, phase)
    return this.#phase
  }

  get survey(): State {
    return this.#application.survey.state
  }

  get triggered(): ReadonlySet<StepId> {
    return this.#triggered
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

  changed(step: Step, count: number): void {
    this.changes += count
    for (const id of step.triggers ?? []) this.#triggered.add(id)
  }

  async end(): Promise<void> {
    await this.#phase?.end()
  }

  /** Takes the running phase back; answers with the error to show. */
  async undo(failure: Error): Promise<Error> {
    if (this.#phase === undefined) return failure
    return this.#phase.undo(failure)
  }
}

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
  readonly #undo: Undo
  readonly #gate: Gate

  constructor(run: Run, phase: Phase) {
    this.#run = run
    this.#phase = phase
    this.#undo = new Undo(run.transport)
    this.#gate = new Gate(run.transport, phase.title)
  }

  /** Looks, changes what is to be changed, looks again. Answers whether anything was changed. */
  async step(step: Step, onOutput: OnOutput): Promise<boolean> {
    const { emit, transport } = this.#run
    this.#run.checkSignal()
    const started = performance.now()
    emit({ type: 'step.start', step: step.id, title: step.title })
    try {
      const fresh = this.#run.changes === 0 ? this.#run.survey : await askProbes(transport, [step.probes])
      const planned = planStep(step, fresh)
      this.#run.checkApproved(planned)
      if (planned.state === 'unknown') throw notDone(step, planned.reason)
      if (planned.state === 'ok') {
        emit({ type: 'step.same', step: step.id, title: step.title })
        return false
      }
      await this.#remember()
      for (const change of planned.changes) {
        emit({ type: 'step.change', step: step.id, change })
        this.#undo.register(change)
        await execute(transport, change, (text) => {
          onOutput(text)
          emit({ type: 'step.output', step: step.id, text })
        })
      }
      this.#run.changed(step, planned.changes.length)
      const left = planStep(step, await askProbes(transport, [step.probes]))
      if (left.state !== 'ok') throw notDone(step, 'its probes still see something to do')
      emit({ type: 'step.done', step: step.id, title: step.title, milliseconds: performance.now() - started })
      return true
    } catch (cause) {
      const error =
        cause instanceof DeployError ? cause.at(`${this.#phase.title} / ${step.id}`) : commandFailed(step, cause)
      emit({ type: 'step.failed', step: step.id, title: step.title, error })
      throw error
    }
  }

  /** Before the first change of the phase: what the gate will compare with. */
  async #remember(): Promise<void> {
    if (this.#phase.handlers !== undefined) await this.#gate.remember(this.#phase.handlers)
  }

  /** Runs the strongest handler that the host needs now. Answers its title, or undefined when none was needed. */
  async handlers(): Promise<string | undefined> {
    const handlers = this.#phase.handlers ?? []
    const state =
      this.#run.changes === 0
        ? this.#run.survey
        : await askProbes(
            this.#run.transport,
            handlers.map(({ probes }) => probes),
          )
    const needed = neededHandler(handlers, state, this.#run.triggered)
    if (needed === undefined) return undefined
    const { handler } = needed
    const started = performance.now()
    this.#run.emit({ type: 'step.start', step: handler.id, title: handler.title })
    try {
      await this.#gate.remember(handlers)
      if (handler.run.length > 0)
        this.#run.emit({ type: 'step.change', step: handler.id, change: acted(handler, needed.reason) })
      this.#run.proof = (await this.#gate.pass(handler)) ?? this.#run.proof
    } catch (cause) {
      const error =
        cause instanceof DeployError ? cause.at(`${this.#phase.title} / ${handler.id}`) : commandFailed(handler, cause)
      this.#run.emit({ type: 'step.failed', step: handler.id, title: handler.title, error })
      throw error
    }
    this.#run.changes += handler.run.length > 0 ? 1 : 0
    this.#run.emit({
      type: 'step.done',
      step: handler.id,
      title: handler.title,
      milliseconds: performance.now() - started,
    })
    return handler.title
  }

  async end(): Promise<void> {
    await this.#undo.forget()
    this.#run.emit({ type: 'phase.done', phase: this.#phase.title })
  }

  async undo(failure: Error): Promise<Error> {
    const because = failure instanceof DeployError ? failure : commandFailed(undefined, failure)
    if (because.code === 'CONNECTION_LOST') return connectionLost(because)
    if (this.#undo.empty) return because
    this.#run.emit({ type: 'phase.undo', phase: this.#phase.title, because })
    const left = await this.#undo.run(because)
    if (left !== undefined) return left
    const gate = await this.#gate.restore(because)
    this.#run.emit({ type: 'phase.undone', phase: this.#phase.title, subjects: this.#undo.subjects })
    return gate ?? because
  }
}
