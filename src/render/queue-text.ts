import { visible } from '../core/sanitise.js'
import type { Colours } from './colour.js'
import { columns } from './columns.js'
import { failuresText } from './fleet-text.js'
import type { HostOutcome } from './documents-schema.js'
import { plural } from './words.js'

interface ShownCounts {
  readonly changed: number
  readonly same: number
  readonly failed: number
  readonly running: number
  readonly waiting: number
  readonly notBegun: number
}

interface ShownRun {
  readonly id: string
  readonly file: string
  readonly by: string
  readonly state: string
  readonly stopped: string | undefined
  readonly counts: ShownCounts
  readonly waves: readonly { readonly name: string; readonly counts: ShownCounts }[]
  readonly inFlight: readonly { readonly host: string; readonly worker: string }[]
  readonly failed: readonly HostOutcome[]
  readonly refusals: readonly { readonly worker: string; readonly text: string }[]
}

const words: readonly (readonly [name: keyof ShownCounts, word: string])[] = [
  ['changed', 'changed'],
  ['same', 'the same'],
  ['failed', 'failed'],
  ['running', 'in flight'],
  ['waiting', 'waiting'],
  ['notBegun', 'not begun'],
]

const countsText = (counts: ShownCounts): string =>
  words.flatMap(([name, word]) => (counts[name] === 0 ? [] : [`${counts[name]} ${word}`])).join(', ')

/** A line for each run, the last ones first, and how many workers there are. */
export const runsText = (runs: readonly ShownRun[], workers: readonly string[], { dim }: Colours): string => {
  const rows = runs.map(({ id, state, counts, by, file }) => [id, state, countsText(counts), by, file].map(visible))
  const [title = '', ...lines] = columns([['run', 'state', 'hosts', 'given by', 'flags file'], ...rows])
  const table = runs.length === 0 ? ['no runs'] : [dim(title), ...lines]
  return [...table, plural(workers.length, 'worker'), ...workers.map((name) => `  ${visible(name)}`), ''].join('\n')
}

/** One run: its waves, what is in flight where, who takes no part, and every failure in full. */
export const runText = (run: ShownRun, colours: Colours): string => {
  const waves = columns(run.waves.map(({ name, counts }) => [`  ${visible(name)}`, countsText(counts)]))
  const inFlight = columns(run.inFlight.map(({ host, worker }) => [`  ${visible(host)}`, visible(worker)]))
  const refusals = run.refusals.map(({ worker, text }) => `  ${visible(worker)}: ${visible(text)}`)
  return [
    `${colours.bold(run.id)} ${run.state}, ${countsText(run.counts)}; ${visible(run.file)}, given by ${visible(run.by)}`,
    ...(run.stopped === undefined ? [] : [`no further host begins: ${visible(run.stopped)}`]),
    ...waves,
    ...(inFlight.length === 0 ? [] : ['in flight:', ...inFlight]),
    ...(refusals.length === 0 ? [] : ['workers that take no part:', ...refusals]),
    ...(run.failed.length === 0 ? [] : ['', failuresText(run.failed, colours).trimEnd()]),
    '',
  ].join('\n')
}
