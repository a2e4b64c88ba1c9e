import type { DeployError } from '../errors.js'
import type { Change, StepId } from './step.js'

/** What the engine tells while it works. Renderers, JSON lines and the log are subscribers; the engine never prints. */
export type Event =
  | { readonly type: 'run.start'; readonly host: string; readonly site: string }
  | { readonly type: 'survey.done'; readonly milliseconds: number; readonly questions: number }
  | { readonly type: 'phase.start'; readonly phase: string }
  | { readonly type: 'phase.done'; readonly phase: string }
  | { readonly type: 'phase.undo'; readonly phase: string; readonly because: DeployError }
  | { readonly type: 'phase.undone'; readonly phase: string; readonly subjects: readonly string[] }
  | { readonly type: 'step.start'; readonly step: StepId; readonly title: string }
  | { readonly type: 'step.same'; readonly step: StepId; readonly title: string }
  | { readonly type: 'step.change'; readonly step: StepId; readonly change: Change }
  | { readonly type: 'step.output'; readonly step: StepId; readonly text: string }
  | { readonly type: 'step.done'; readonly step: StepId; readonly title: string; readonly milliseconds: number }
  | { readonly type: 'step.failed'; readonly step: StepId; readonly title: string; readonly error: DeployError }
  | { readonly type: 'run.done'; readonly changes: number; readonly milliseconds: number }

export type Emit = (event: Event) => void
