import { visible } from '../core/sanitise.js'
import type { Colours } from './colour.js'
import { plural } from './words.js'

interface Shown {
  readonly who: string
  readonly from: string
  /** UTC, as JavaScript writes it. */
  readonly since: string
  readonly command: string
  readonly site: string
  readonly outcome: 'done' | 'failed' | 'interrupted' | 'started'
  readonly code?: string
  readonly changes: number
  readonly subjects: readonly string[]
}

const outcomeText = ({ outcome, code, changes }: Shown, { red, green }: Colours): string =>
  outcome === 'started'
    ? outcome
    : outcome === 'done'
      ? green(changes === 0 ? 'done' : `done, ${plural(changes, 'change')}`)
      : red(code === undefined ? outcome : `${outcome}: ${visible(code)}`)

/** Two lines a run: who, and what it came to; the last at the end. */
export const auditText = (runs: readonly Shown[], colours: Colours): string =>
  runs.length === 0
    ? 'nothing is recorded\n'
    : runs
        .flatMap((run) => [
          `${run.since.slice(0, 19).replace('T', ' ')}  ${colours.bold(visible(run.site))}  ${visible(run.who)}` +
            (run.from === '' ? '' : ` from ${visible(run.from)}`),
          `  deploy-flask ${visible(run.command)}: ${outcomeText(run, colours)}`,
          ...run.subjects.slice(0, 3).map((subject) => colours.dim(`    ${visible(subject)}`)),
          ...(run.changes > 3 ? [colours.dim(`    and ${run.changes - 3} more`)] : []),
        ])
        .join('\n') + '\n'
