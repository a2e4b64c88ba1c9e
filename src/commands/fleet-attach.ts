import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import type { RunRecord } from '../queue/run-record.js'
import { report } from './fleet-apply.js'
import { following } from './fleet-queue.js'
import { keepRun, recordedRun, type Keeper } from './fleet-record.js'
import type { FleetSession } from './fleet-session.js'
import type { AttachOptions } from './options-queue.js'
import { withQueue } from './queue-open.js'

/** Follows a run that was given before, from its beginning, and ends as whoever gave it would. */
export const fleetAttach = async (session: FleetSession, run: string, options: AttachOptions): Promise<number> => {
  return withQueue(session, options.queue, async (open) => {
    const record = await open.store.record(run)
    const { keep, end } = await keeperOf(session, record)
    const followed = await following(session, open, { record, keep })
    await end()
    return report(session, { ...options, ...namedIn(record) }, followed)
  })
}

const namedIn = ({ file, inventory }: RunRecord) => ({ file, ...(inventory === undefined ? {} : { inventory }) })

const nobody: Keeper = { keep: () => undefined, end: () => Promise.resolve() }

/** As whoever gave it keeps it, for --retry-failed: in the folder that it is about, unless there was a later run. */
const keeperOf = async (session: FleetSession, record: RunRecord): Promise<Keeper> => {
  const named = namedIn(record)
  if (!existsSync(resolve(session.io.cwd, record.file))) return nobody
  const last = await recordedRun(session, named).catch(() => undefined)
  if (last !== undefined && last.at > record.time) return nobody
  const hosts = record.waves.flatMap((wave) => wave.hosts)
  return keepRun(session, named, { at: record.time, hosts, isWhole: false })
}
