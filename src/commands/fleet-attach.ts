import { report } from './fleet-apply.js'
import { following } from './fleet-queue.js'
import type { FleetSession } from './fleet-session.js'
import type { AttachOptions } from './options-queue.js'
import { withQueue } from './queue-open.js'

/** Follows a run that was given before, from its beginning, and ends as whoever gave it would. */
export const fleetAttach = async (session: FleetSession, run: string, options: AttachOptions): Promise<number> => {
  return withQueue(session, options.queue, async (open) => {
    const record = await open.store.record(run)
    const { file, inventory } = record
    const followed = await following(session, open, { record, keep: () => undefined })
    return report(session, { ...options, file, ...(inventory === undefined ? {} : { inventory }) }, followed)
  })
}
