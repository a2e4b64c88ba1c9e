import type { Handler } from '../core/handler.js'
import type { Phase } from '../core/playbook.js'
import type { Change, Step } from '../core/step.js'
import { DeployError } from '../errors.js'
import { askProbes } from './ask.js'
import { execute } from './execute.js'
import { commandFailed, notDone } from './failure.js'
import { Gate } from './gate.js'
import { neededHandler, planStep } from './plan.js'
import type { Run } from './run.js'
import { Undo } from './undo.js'

export type OnOutput = (text: string) => void

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

  get title(): string {
    return this.#phase.title
  }

  get steps(): readonly Step[] {
    return this.#phase.steps
  }

  get hasHandlers(): boolean {
    return this.#phase.handlers !== undefined
  }

  get hasUndo(): boolean {
    return this.#undo.subjects.length > 0
  }

  /** Takes the phase back. Answers with an error when that did not go to its end. */
  async undo(because: DeployError): Promise<DeployError | undefined> {
    if (this.#undo.empty) return undefined
    this.#run.emit({ type: 'phase.undo', phase: this.#phase.title, because })
    const left = await this.#undo.run(because)
    // Also when something could not be taken back: the service must not go on with what was.
    const gate = await this.#gate.restore(left ?? because)
    if (left === undefined) {
      this.#run.emit({ type: 'phase.undone', phase: this.#phase.title, subjects: this.#undo.subjects })
    }
    return gate ?? left
  }
}
