import type { DeployError } from '../errors.js'
import type { Answer, Command, InputlessCommand } from './command.js'
import type { Probes, StateOf } from './probe.js'
import type { StepId } from './step.js'

/** A command whose answer is judged: any error fails the gate and undoes the phase. */
export interface Guard<C extends Command = Command> {
  readonly title: string
  /** `before` is the answer to the handler's own `before`. */
  command(before: Answer | undefined): C
  judge(answer: Answer, before: Answer | undefined): DeployError | undefined
}

/**
 * What runs at the end of a phase, behind its gate. Whether it is needed is read off the host, so that a run that died
 * between change and reload heals. The handlers of a phase are a ladder, the strongest first: only the first that is
 * needed runs.
 */
export interface Handler<P extends Probes = Probes> {
  readonly id: StepId
  readonly title: string
  /** Why it runs, in half a sentence: `deploy-flask explain` shows it. */
  readonly why?: string
  readonly probes: P
  /** Why it must run; undefined when it need not. `changed`: a step that triggers it changes something in this run. */
  needed(is: StateOf<P>, changed: boolean): string | undefined
  /** Asked before the first change of the phase, so that guards and proofs can compare; an error refuses the phase. */
  readonly before?: Guard
  /** Before acting: a refusal leaves the running service untouched. */
  readonly guards: readonly Guard[]
  readonly run: readonly InputlessCommand[]
  /** After acting: a refusal undoes the phase and acts again on what was restored. */
  readonly proofs: readonly Guard[]
  /** What acts on what an undo has restored; default: `run`. The service may have died of the change meanwhile. */
  readonly restore?: readonly InputlessCommand[]
  /**
   * After such an undo: what worked before works again. Their commands end with 0 only then, for whoever takes back a run
   * that was cut off has nothing else to judge by.
   */
  readonly restored?: readonly Guard<InputlessCommand>[]
  /** Makes an error of a failed `run`. */
  readonly explain?: (answer: Answer) => DeployError | undefined
}

/**
 * A handler, of whose state the type is inferred.
 *
 * @param handler its probes, guards, commands and proofs
 */
export const defineHandler = <const P extends Probes>(handler: Handler<P>): Handler<P> => handler
