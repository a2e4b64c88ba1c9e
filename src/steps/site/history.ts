import type { InputlessCommand } from '../../core/command.js'
import { historyFile } from '../../core/host-paths.js'
import { defineStep, type Step } from '../../core/step.js'
import type { FolderCode } from '../../core/site.js'
import { goodOnes, historyOf, type Deployment, type HistoryEvent } from '../../probes/history.js'
import { shell } from '../files.js'
import type { Layout } from './layout.js'
import { releasesOf, servedName } from './release.js'

/** As many as anybody goes back to; each look at the host reads them. */
const keptEvents = 40

/** Adds a line with the time of the host; `$3`: only after this one, which a run that was cut off may not have written. */
const ADD = `set -e; umask 077; file=$1; last=$(tail -n 1 "$file" 2>/dev/null || :)
[ -z "$3" ] || [ "\${last#*,}" = "$3" ] || exit 0
{ tail -n ${keptEvents - 1} "$file" 2>/dev/null || :; printf '{"at":"%s",%s\\n' "$(date -u +%Y-%m-%dT%H:%M:%SZ)" "$2"; } >"$file.new"
sync "$file.new"; mv -fT "$file.new" "$file"; sync "\${file%/*}"`

/** A line of it, but for the time with which it begins. */
export const lineOf = (event: HistoryEvent['event'], { release, venv }: Deployment): string =>
  JSON.stringify({ event, release, venv }).slice(1)

export const nameOf = ({ release, venv }: Deployment): string => release ?? venv.slice(venv.lastIndexOf('/') + 1)

/** Notes what became of a release. */
export const note = (
  site: string,
  event: HistoryEvent['event'],
  which: Deployment,
  after: string = '',
): InputlessCommand =>
  shell(`note that ${nameOf(which)} is ${event}`, ADD, historyFile(site), lineOf(event, which), after)

/**
 * The history of the site says what is online. When that is taken back because it does not answer, the history says that.
 *
 * @param site its name
 * @param layout where it lies
 * @param code what another step makes current; undefined where the code lay on the host before
 */
export const history = (site: string, layout: Layout, code: FolderCode | undefined): Step =>
  defineStep({
    id: 'site.history',
    why: 'what a rollback goes by: which releases were online, and which did not answer',
    title: `History ${historyFile(site)}`,
    probes: { history: historyOf(site), ...(code === undefined ? {} : { release: releasesOf(layout, code) }) },
    plan: ({ history: is, release }) => {
      const wanted = {
        release: code === undefined || release === undefined ? null : servedName(release, code),
        venv: layout.venv,
      }
      const [live] = goodOnes(is)
      if (live?.release === wanted.release && live.venv === wanted.venv) return []
      return [
        {
          kind: 'run',
          subject: `history ${historyFile(site)}`,
          reason: `${nameOf(wanted)} goes live`,
          run: [note(site, 'live', wanted)],
          undo: [note(site, 'taken back', wanted, lineOf('live', wanted))],
        },
      ]
    },
  })
