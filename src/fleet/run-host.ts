import type { Emit } from '../core/event.js'
import type { FleetHost } from './host.js'
import type { HostOutcome } from './outcome.js'

/** One host's turn in a run of a fleet. */
export interface HostTask {
  readonly host: FleetHost
  /**
   * Aborted, a host that nothing was changed on yet ends at once and was not begun. On any other the running step is left
   * to settle, its phase is taken back, and the host has failed (INTERRUPTED).
   */
  readonly signal: AbortSignal
  /** Told everything that happens on the host. */
  readonly emit: Emit
}

/** What can be done with a host. Neither ever rejects: whatever goes wrong is the outcome of that host alone. */
export interface HostRunner {
  /** Brings the host to what the flags file wants, as `apply --yes` does. Opens a connection, and closes it again. */
  run(task: HostTask): Promise<HostOutcome>
  /**
   * Asks the site of the host and every other one there, as the gate of a deployment does; changes nothing. `same`, or
   * `failed` with what does not answer.
   */
  check(task: HostTask): Promise<HostOutcome>
}
