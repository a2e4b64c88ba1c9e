import type { InitCommand } from '../../core/site.js'
import { defineStep, type Change, type Step } from '../../core/step.js'
import { entryAt } from '../../probes/file.js'
import { shell } from '../files.js'
import { inCode, type DaemonPython } from './as-daemon.js'

export interface Init {
  readonly command: InitCommand
  /** The file that says that it was run. */
  readonly done: string
  /** A database that is there already was made by somebody: it is never initialised again. */
  readonly database: string | undefined
}

/** The command that makes the database, run once as the daemon's user. */
export const init = (wanted: Init, daemon: DaemonPython, flaskApp: string): Step =>
  defineStep({
    id: 'site.init',
    why: 'once, as the account of the site; its mark is kept on the host',
    title: `Run once: ${wanted.command.argv.join(' ')}`,
    probes: { done: entryAt(wanted.done), database: entryAt(wanted.database ?? wanted.done) },
    plan: (is): readonly Change[] => {
      const { database } = is
      if (is.done !== null || (database !== null && database.size > 0)) return []
      const made = wanted.database
      return [
        {
          kind: 'run',
          subject: wanted.command.argv.join(' '),
          reason: `as ${daemon.user}, once`,
          run: [
            { ...inCode(daemon, flaskApp, wanted.command), seconds: 600 },
            { argv: ['touch', wanted.done], as: 'root' },
          ],
          undo: [
            { argv: ['rm', '-f', wanted.done], as: 'root' },
            ...(made === undefined || database !== null
              ? []
              : [shell(`remove the unfinished ${made}`, 'rm -f -- "$1" "$1-journal" "$1-wal" "$1-shm"', made)]),
          ],
        },
      ]
    },
  })
