import type { DeployError, ErrorCode } from '../errors.js'
import type { Answer, Command, InputlessCommand } from './command.js'
import type { Probes, StateOf } from './probe.js'

/** `apache.vhost`: a world, and a noun in it. */
export type StepId = `${string}.${string}`

export interface Diff {
  readonly before: string
  readonly after: string
}

/** One thing that will be done, as data: what is shown is what runs. */
export interface Change {
  readonly kind: 'create' | 'update' | 'remove' | 'run'
  /** What is changed, named once in the whole plan: `file /etc/apache2/sites-available/shop.conf`. */
  readonly subject: string
  /** Why, when the subject and the diff do not say it. */
  readonly reason?: string
  readonly diff?: Diff
  readonly run: readonly Command[]
  /** Brings back what was there before; runs in reverse order when the phase fails. May run twice. */
  readonly undo?: readonly InputlessCommand[]
  /**
   * Nothing refers to what it brings yet. After a run that was cut off, the next one of the same site goes on with it
   * instead of taking it back.
   */
  readonly inert?: boolean
  /** What of it stays when its phase is taken back all the same, in a sentence: told then. */
  readonly stays?: string
  /** Why the host does not let it be done: the whole run is refused then. */
  readonly refusal?: DeployError
  /** Makes the error out of an answer that was not exit code 0, when this change knows better than the general one. */
  readonly explain?: (answer: Answer) => DeployError | undefined
}

/** A step whose plan depends on what another step will bring: it is planned again when its turn comes. */
export interface Unknown {
  readonly unknownUntil: StepId
  readonly reason: string
}

/**
 * What a step answers whose plan depends on another step.
 *
 * @param unknownUntil id of the step that decides
 * @param reason what is not known, for the plan
 */
export const unknownUntil = (unknownUntil: StepId, reason: string): Unknown => ({ unknownUntil, reason })

/**
 * A step of a phase that runs at the same time: until it has ended, or has said that others may go on. What begins when the
 * other is only ready must not touch what the handlers of its phase compare: they look when the other is done.
 */
export interface After {
  readonly step: StepId
  readonly until: 'ready' | 'done'
  /**
   * Codes of errors that may come of having begun when the other was only ready: what fails with one of them is taken back,
   * where it has an undo, and made once more when the other is done.
   */
  readonly again?: readonly ErrorCode[]
}

/**
 * A desired state. `plan` is pure and synchronous: from what the probes found it makes the changes that are still to
 * be done; an empty list says that the host is already so. `refuse` names what forbids the whole run, `notes`
 * what is told as a warning; both are asked for every step before the first change.
 */
export interface Step<P extends Probes = Probes> {
  readonly id: StepId
  readonly title: string
  /** Why it is done, in half a sentence: `deploy-flask explain` shows it. */
  readonly why?: string
  readonly probes: P
  plan(is: StateOf<P>): readonly Change[] | Unknown
  refuse?(is: StateOf<P>): readonly DeployError[]
  /** What a person should know of the host and the run does not change, a sentence each. */
  notes?(is: StateOf<P>): readonly string[]
  /** What a removal leaves on the host, and why, a sentence each. */
  keeps?(is: StateOf<P>): readonly string[]
  /** What it waits for. */
  readonly after?: After
  /** Handlers of the phase that this step's changes call for. */
  readonly triggers?: readonly StepId[]
}

/**
 * A step, of whose state the type is inferred.
 *
 * @param step its probes, plan, refusals and triggers
 */
export const defineStep = <const P extends Probes>(step: Step<P>): Step<P> => step
