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

export const isEmpty = (plan: Plan): boolean =>
  plan.phases.every((phase) => phase.handlers.length === 0 && phase.steps.every((step) => step.state === 'ok'))
