import type { Handler } from './handler.js'
import type { Step } from './step.js'

/** Steps that belong together: they are undone together, and their handlers run once at the end. */
export interface Phase {
  readonly title: string
  /** Runs at the same time as the phase before it: neither needs what the other brings. */
  readonly together?: true
  readonly steps: readonly Step[]
  readonly handlers?: readonly Handler[]
}

/** The table of contents of a deployment: from what is wanted to phases. */
export interface Playbook<Input> {
  readonly name: string
  readonly summary: string
  phases(input: Input): readonly Phase[]
}

/**
 * A playbook, of whose phases the input is checked.
 *
 * @param playbook its name, summary and phases
 */
export const definePlaybook = <Input>(playbook: Playbook<Input>): Playbook<Input> => playbook
