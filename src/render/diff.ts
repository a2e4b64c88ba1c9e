import { structuredPatch } from 'diff'
import type { Diff } from '../core/step.js'
import type { Colours } from './colour.js'
import { visible } from '../core/sanitise.js'

const mostLines = 200
const mostMilliseconds = 1000

const count = (lines: number): string => (lines === 1 ? '1 line' : `${lines} lines`)
const linesOf = (text: string): number => (text === '' ? 0 : text.replace(/\n$/, '').split('\n').length)

const paintLine = (line: string, { red, green, cyan, dim }: Colours): string => {
  if (line.startsWith('@@')) return cyan(line)
  if (line.startsWith('+')) return green(line)
  if (line.startsWith('-')) return red(line)
  if (line.startsWith('\\')) return dim(line)
  return line
}

/** As diff(1) writes it: a side without lines begins before its first one. */
const start = (first: number, lines: number): string => `${lines === 0 ? first - 1 : first},${lines}`

/** Unified, without the two lines that name the files: the subject above it has said that already. */
export const diffLines = ({ before, after }: Diff, colours: Colours): string[] => {
  const patch = structuredPatch('', '', before, after, undefined, undefined, {
    context: 3,
    timeout: mostMilliseconds,
  })
  if (patch === undefined) {
    return [colours.dim(`(too different to compare: ${count(linesOf(before))} before, ${count(linesOf(after))} after)`)]
  }
  const lines = patch.hunks.flatMap((hunk) => [
    `@@ -${start(hunk.oldStart, hunk.oldLines)} +${start(hunk.newStart, hunk.newLines)} @@`,
    ...hunk.lines,
  ])
  const shown = lines.slice(0, mostLines).map((line) => paintLine(visible(line), colours))
  const left = lines.length - shown.length
  return left > 0 ? [...shown, colours.dim(`(${count(left)} more)`)] : shown
}
