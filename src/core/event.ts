import type { DeployError } from '../errors.js'
import type { RunAs } from './command.js'
import type { Notice, Progress, Waiting } from './progress.js'
import type { Change, StepId } from './step.js'

/** A step, or a handler at the end of a phase. */
interface Titled {
  readonly step: StepId
  readonly title: string
}

/** What goes on as a whole: from the connection to the last look. */
type RunEvent =
  | { readonly type: 'run.start'; readonly host: string; readonly site: string }
  | { readonly type: 'run.done'; readonly changes: number; readonly milliseconds: number }
  | { readonly type: 'survey.start' }
  | { readonly type: 'survey.done'; readonly milliseconds: number; readonly questions: number }
  /** Something that takes time and is no step: logging in, asking every site. */
  | { readonly type: 'check.start'; readonly what: string }
  | { readonly type: 'check.done'; readonly what: string; readonly milliseconds: number }
  /** What a person should know and need not do anything about: a line that was lost, a repair. */
  | { readonly type: 'notice'; readonly text: string }
  /** Told while it goes on, also of the survey. */
  | { readonly type: 'check.running'; readonly what: string; readonly seconds: number }

type PhaseEvent =
  | {
      readonly type: 'phase.start'
      readonly phase: string
      readonly steps: readonly Titled[]
      /** Handlers stand at its end; which of them runs is seen then. */
      readonly gate: boolean
    }
  | { readonly type: 'phase.done'; readonly phase: string; readonly milliseconds: number }
  | { readonly type: 'phase.undo'; readonly phase: string; readonly because: DeployError }
  | {
      readonly type: 'phase.undone'
      readonly phase: string
      readonly subjects: readonly string[]
      readonly milliseconds: number
    }

/** What a step tells, or a handler. */
export type StepEvent =
  | ({ readonly type: 'step.start'; readonly phase: string } & Titled)
  | ({ readonly type: 'step.same' } & Titled)
  | { readonly type: 'step.change'; readonly step: StepId; readonly change: Change }
  /** Each command, as a person could type it, before it runs; those of an undo too. */
  | { readonly type: 'step.command'; readonly step: StepId; readonly run: string; readonly as: RunAs }
  /** One line of what the command prints, as it was printed. */
  | { readonly type: 'step.output'; readonly step: StepId; readonly text: string }
  | ({ readonly type: 'step.progress'; readonly step: StepId } & Progress)
  | ({ readonly type: 'step.waiting'; readonly step: StepId } & Waiting)
  | ({ readonly type: 'step.notice'; readonly step: StepId } & Notice)
  /** Told while it goes on, whether or not anything else is; `line` is the last that was heard. */
  | {
      readonly type: 'step.running'
      readonly step: StepId
      readonly seconds: number
      readonly percent?: number
      readonly line?: string
    }
  | ({ readonly type: 'step.done'; readonly milliseconds: number } & Titled)
  | ({ readonly type: 'step.failed'; readonly error: DeployError; readonly milliseconds: number } & Titled)
  /** A change of the step is being taken back. */
  | { readonly type: 'step.undo'; readonly phase: string; readonly step: StepId; readonly subject: string }
  | {
      readonly type: 'step.undone'
      readonly step: StepId
      readonly subject: string
      readonly milliseconds: number
      /** False: something of it could not be taken back. */
      readonly complete: boolean
    }

/** What the engine tells while it works. Renderers, JSON lines and the log are subscribers; the engine never prints. */
export type Event = RunEvent | PhaseEvent | StepEvent

export const isOfStep = (event: Event): event is StepEvent => 'step' in event

export type Emit = (event: Event) => void
