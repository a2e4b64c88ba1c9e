import { report } from './fleet-apply.js'
import { following } from './fleet-queue.js'
import type { FleetSession } from './fleet-session.js'
import type { AttachOptions } from './options.js'
import { withQueue } from './queue-open.js'

/** Follows a run that was given before, from its beginning, and ends as whoever gave it would. */
export const fleetAttach = async (session: FleetSession, run: string, options: AttachOptions): Promise<number> => {
  const { queue } = options
  return withQueue(session, queue, async (open) => {
    const record = await open.store.record(run)
    const { file, inventory } = record
    const outcomes = await following(session, open, { record, queue, keep: () => undefined })
    return report(session, { ...options, file, ...(inventory === undefined ? {} : { inventory }) }, outcomes)
  })
}
