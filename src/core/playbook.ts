import type { Handler } from './handler.js'
import type { Step } from './step.js'

/** Steps that belong together: they are undone together, and their handlers run once at the end. */
export interface Phase {
  readonly title: string
  /**
   * Runs at the same time as the phases before it, from the one with this title on: none of them needs what it brings,
   * and what its steps need of theirs they say themselves (`Step.after`). What one of them fails of takes all of them back.
   */
  readonly togetherFrom?: string
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
