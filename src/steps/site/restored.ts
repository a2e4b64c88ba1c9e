import { migratedFile, restoredFile } from '../../core/host-paths.js'
import { defineStep, type Change, type Step } from '../../core/step.js'
import { fileAt } from '../../probes/file.js'
import { shell } from '../files.js'
import { backUp, backupFailed, bringBack, restoreFailed, type Databases } from './databases.js'

export interface Restoration {
  /** What is brought back. */
  readonly backup: string
  /** UTC time of this run, `20261124T201300Z`: names the backup of what is there now. */
  readonly stamp: string
  readonly keepBackups: number
}

const MARK = `set -e; umask 077; rm -f "$3"; printf '%s\\n' "$2" >"$1.new"
sync "$1.new"; mv -fT "$1.new" "$1"; sync "\${1%/*}"`

/** Name of the backup of what was there when another one was brought back. */
export const replacedName = ({ stamp }: Pick<Restoration, 'stamp'>): string => `${stamp}-before-restore`

/**
 * The databases of a site are what they were when a backup was made; what is there now is backed up first. Nothing takes
 * it back by itself: data of the past may need the code of the past, which comes next.
 *
 * @param databases of the site
 * @param wanted which backup
 */
export const restored = (databases: Databases, wanted: Restoration): Step => {
  const { backup, stamp, keepBackups } = wanted
  const { site, files } = databases
  const replaced = replacedName(wanted)
  const mark = `${stamp} ${backup}`
  const keeping = { name: replaced, reason: `before ${backup} was restored`, keep: keepBackups, spare: backup }
  return defineStep({
    id: 'site.restored',
    why: 'written into the databases by SQLite itself, as the account of the site: whoever has them open sees it',
    title: `Databases as in ${backup}`,
    probes: { restored: fileAt(restoredFile(site)) },
    plan: ({ restored: is }): readonly Change[] =>
      is?.content?.trim() === mark
        ? []
        : [
            {
              kind: 'run',
              subject: `backup of ${files.join(', ')}`,
              reason: `as they are now, as ${replaced}`,
              run: [backUp(databases, { ...keeping, tolerant: true })],
              explain: backupFailed,
            },
            {
              kind: 'run',
              subject: `databases of ${backup}`,
              reason: `as ${databases.user}, while the site goes on`,
              run: [
                bringBack(databases, backup, `.damaged-${stamp}`),
                shell(`note that ${backup} is restored`, MARK, restoredFile(site), mark, migratedFile(site)),
              ],
              stays: `the databases stay as they are in ${backup}; as they were before, they are in ${replaced}, where they could be read`,
              explain: restoreFailed,
            },
          ],
    triggers: ['apache.touch'],
  })
}
