import { createHash } from 'node:crypto'
import { backupsFolder, migratedFile } from '../../core/host-paths.js'
import type { Answer } from '../../core/command.js'
import type { FolderCode, InitCommand } from '../../core/site.js'
import { defineStep, type Change, type Step } from '../../core/step.js'
import type { Probe } from '../../core/probe.js'
import { DeployError } from '../../errors.js'
import { entryAt, fileAt, type Entry } from '../../probes/file.js'
import { shell } from '../files.js'
import { inCode, type DaemonPython } from './as-daemon.js'
import { backUp, backupFailed, type Databases } from './databases.js'
import { short } from './release.js'
import { settingsJson } from './settings.js'

export interface Migration {
  readonly command: InitCommand
  /** It is run once for each. */
  readonly code: FolderCode
  readonly databases: Databases
  readonly keepBackups: number
}

type Asked = { readonly mark: Probe<Entry | null> } & Record<`database ${string}`, Probe<Entry | null>>

/** More than anybody goes back and forth between. */
const keptLines = 100

/** Adds a line; it comes on stdin, for it is made from the settings too, and arguments are seen by everybody. */
const MARK = `set -e; umask 077; { tail -n ${keptLines - 1} "$1" 2>/dev/null || :; cat; } >"$1.new"
sync "$1.new"; mv -fT "$1.new" "$1"; sync "\${1%/*}"`

/** Other settings may be another database; only a hash of all of it is noted. */
const markOf = ({ code, command }: Migration, { settings }: DaemonPython): string =>
  createHash('sha256')
    .update(JSON.stringify([code.hash, command.argv, settingsJson(settings).reveal()]))
    .digest('hex')

const failed = (command: string, { stdout, stderr, exitCode }: Answer, kept: string): DeployError => {
  const lines = `${stdout}\n${stderr}`.trim().split('\n')
  return new DeployError('MIGRATE_FAILED', {
    what: `${command} ended with exit code ${exitCode}: ${lines.at(-1) ?? ''}`,
    evidence: lines.slice(-20).join('\n'),
    remedy: `nothing was put online: what was served before still is. ${kept}. Repair the migration and run this again`,
  })
}

/**
 * The data are made fit for the new code, once for each release, while the old one still serves; before that, the SQLite
 * databases are backed up. Nothing takes it back by itself.
 *
 * @param wanted the command, the code that it is run for, and the databases
 * @param daemon account, venv, settings, and where the new code is
 * @param flaskApp FLASK_APP
 * Fails with MIGRATE_FAILED or BACKUP_FAILED, and nothing goes online.
 */
export const migrate = (wanted: Migration, daemon: DaemonPython, flaskApp: string): Step => {
  const { command, code, databases, keepBackups } = wanted
  const { site, files } = databases
  const text = command.argv.join(' ')
  const mark = markOf(wanted, daemon)
  const file = migratedFile(site)
  const backup = `${code.stamp}-before-${short(code)}`
  const probes: Asked = { mark: fileAt(file) }
  for (const path of files) probes[`database ${path}`] = entryAt(path)
  const kept = (are: boolean): string =>
    are
      ? `The databases as they were before are in ${backupsFolder(site)}/${backup}: "deploy-flask restore ${backup}" brings them back`
      : 'There was no SQLite database to be backed up before'
  return defineStep({
    id: 'site.migrate',
    why: 'once for each release, as the account of the site, while the old code still serves',
    title: `Run once for ${short(code)}: ${text}`,
    probes,
    plan: (is): readonly Change[] => {
      if (is.mark?.content?.split('\n').some((line) => line.endsWith(` ${mark}`)) === true) return []
      const before = kept(files.some((path) => is[`database ${path}`] !== null))
      return [
        ...(files.length === 0
          ? []
          : [
              {
                kind: 'run',
                subject: `backup of ${files.join(', ')}`,
                reason: 'before the migration',
                run: [backUp(databases, { name: backup, reason: `before ${text}`, keep: keepBackups })],
                explain: backupFailed,
              } as const,
            ]),
        {
          kind: 'run',
          subject: text,
          reason: `as ${daemon.user}, once for ${short(code)}, before it goes online`,
          run: [
            { ...inCode(daemon, flaskApp, command), seconds: 1800 },
            { ...shell(`note that ${text} was run for ${short(code)}`, MARK, file), stdin: `${short(code)} ${mark}\n` },
          ],
          stays: `what ${text} has changed stays. ${before}`,
          explain: (answer) => failed(text, answer, before),
        },
      ]
    },
  })
}
