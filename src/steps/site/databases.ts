import { backupsFolder } from '../../core/host-paths.js'
import { pythonArgv } from '../../core/python.js'
import type { Answer, InputlessCommand } from '../../core/command.js'
import { DeployError } from '../../errors.js'
import { backupScript } from './backup-script.js'
import { restoreScript } from './restore-script.js'

/** Whoever writes for longer than that is in the way. */
const patience = 60
const seconds = 1800

/** SQLite files of a site, and the account that they belong to. */
export interface Databases {
  readonly site: string
  readonly files: readonly string[]
  readonly user: string
  readonly group: string
}

export interface WantedBackup {
  /** By which it is found again; it begins with the time. */
  readonly name: string
  /** Why it is made, in half a sentence. */
  readonly reason: string
  /** How many stay on the host, this one included. */
  readonly keep: number
  /** Stays, however old it is. */
  readonly spare?: string
  /** A damaged database is left out and told, instead of ending it. */
  readonly tolerant?: boolean
}

const python = (label: string, script: string, asked: object): InputlessCommand => ({
  argv: pythonArgv(script, JSON.stringify(asked)),
  as: 'root',
  label,
  seconds,
})

const common = ({ site, user, group }: Databases) => ({
  folder: backupsFolder(site),
  scratch: `/var/lib/deploy-flask/.${site}.scratch`,
  user,
  group,
  patience,
})

/** Copies the databases that are there while they are in use. */
export const backUp = (databases: Databases, wanted: WantedBackup): InputlessCommand => {
  const { name, reason, keep, spare, tolerant = false } = wanted
  return python(`back up ${databases.files.join(', ')} as ${name}`, backupScript, {
    ...common(databases),
    files: databases.files,
    name,
    reason,
    keep,
    spare: spare === undefined ? [] : [spare],
    tolerant,
  })
}

/**
 * Writes what a backup holds into the databases that it was made of.
 *
 * @param aside put behind the name of a file that is no database any more
 */
export const bringBack = (databases: Databases, name: string, aside: string): InputlessCommand =>
  python(`bring back the databases of ${name}`, restoreScript, { ...common(databases), name, aside })

const lastLine = (text: string): string => text.trim().split('\n').at(-1) ?? ''

export const backupFailed = ({ stderr }: Answer): DeployError =>
  new DeployError('BACKUP_FAILED', {
    what: 'the databases could not be backed up, so nothing was done to them',
    evidence: stderr.trim(),
    remedy: 'the line above names the file and what is wrong with it; repair that and run this again',
  })

export const restoreFailed = ({ stderr }: Answer): DeployError =>
  new DeployError('RESTORE_FAILED', {
    what: `a backup could not be brought back: ${lastLine(stderr)}`,
    evidence: stderr.trim(),
    remedy: 'a database that is not named as restored is as it was; repair what is said above and run this again',
  })
