import type { Change, StepId } from './step.js'

/** `ok`: already so. `change`: these changes. `unknown`: decided when its phase runs, after another step. */
export type PlannedStep =
  | { readonly id: StepId; readonly title: string; readonly state: 'ok' }
  | { readonly id: StepId; readonly title: string; readonly state: 'change'; readonly changes: readonly Change[] }
  | {
      readonly id: StepId
      readonly title: string
      readonly state: 'unknown'
      readonly until: StepId
      readonly reason: string
    }

export interface PlannedHandler {
  readonly id: StepId
  readonly title: string
  readonly reason: string
}

export interface PlannedPhase {
  readonly title: string
  readonly steps: readonly PlannedStep[]
  readonly handlers: readonly PlannedHandler[]
}

/** A plan is a value: what is shown, saved, compared and applied. */
export interface Plan {
  readonly phases: readonly PlannedPhase[]
}

/** Why there is something to do, in three plans that make up one. */
export interface Drift {
  /** Somebody, or something, has changed the host since the last run: applying puts it back. */
  readonly changed: Plan
  /** The flags file, or the code, wants something else than in the last run: applying brings it. */
  readonly wanted: Plan
  /** Either of them: of how the last run left it nothing is known. */
  readonly unclear: Plan
}

export const isEmpty = (plan: Plan): boolean =>
  plan.phases.every((phase) => phase.handlers.length === 0 && phase.steps.every((step) => step.state === 'ok'))
