import type { Event } from '../core/event.js'
import type { DeployError } from '../errors.js'
import type { EventDocument } from './events-schema.js'

/** Who listens to a run: one file each. */
export interface Subscriber {
  readonly event: (event: Event) => void
  /** What the command itself tells besides: the plan, and what came of it. */
  readonly document?: (document: EventDocument) => void
  /** The run ended with these errors; `stack` is there for a bug of ours only. */
  readonly failed?: (errors: readonly DeployError[], stack: string | undefined) => void
}
