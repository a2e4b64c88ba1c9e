import type { DeployError } from '../errors.js'
import type { FleetEvent } from '../fleet/event.js'

/** Who listens to a run of a fleet. */
export interface FleetSubscriber {
  readonly event: (event: FleetEvent) => void
  /** The run as a whole ended with these errors: those of a single host are in its outcome. */
  readonly failed?: (errors: readonly DeployError[], stack: string | undefined) => void
}
