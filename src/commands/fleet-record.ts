import { userFolder } from '../config/user-folders.js'
import type { HostOutcome } from '../fleet/outcome.js'
import { readRecord, Recorder, recordFile, type FleetRecord } from '../fleet/record.js'
import { fleetIdentity } from './fleet-hosts.js'
import type { FleetOptions } from './options.js'
import type { Session } from './session.js'
import { warn } from './settings.js'

type Named = Pick<FleetOptions, 'file' | 'inventory'>

const fileOf = (session: Session, named: Named): string =>
  recordFile(userFolder(session.io.env, 'XDG_STATE_HOME'), fleetIdentity(session, named))

/** What is known here of this fleet. */
export const recordedRun = (session: Session, named: Named): Promise<FleetRecord | undefined> =>
  readRecord(fileOf(session, named))

export interface Keeper {
  readonly keep: (outcome: HostOutcome) => void
  /** When all of it is written. */
  readonly end: () => Promise<void>
}

interface KeptRun extends Pick<FleetRecord, 'at' | 'hosts'> {
  /** Whether it is about all hosts of the fleet: then nothing of runs before stays. */
  readonly isWhole: boolean
}

/** Keeps a run for --retry-failed. */
export const keepRun = async (session: Session, named: Named, { at, hosts, isWhole }: KeptRun): Promise<Keeper> => {
  const recorder = await unlessUnwritable(session, async () => {
    const before = isWhole ? undefined : await recordedRun(session, named)
    return Recorder.begin(fileOf(session, named), fleetIdentity(session, named), { at, hosts }, before)
  })
  return {
    keep: (outcome) => recorder?.keep(outcome),
    end: async () => void (await unlessUnwritable(session, async () => recorder?.end())),
  }
}

/** A home that cannot be written to keeps nobody from deploying. */
const unlessUnwritable = async <T>(session: Session, write: () => Promise<T>): Promise<T | undefined> => {
  try {
    return await write()
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    warn(session, [`this run cannot be kept for --retry-failed: ${why}`])
    return undefined
  }
}
