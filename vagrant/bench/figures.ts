import type { Run } from './measure.js'
import type { Runs } from './series.js'
import type { SideName } from './sides/side.js'

/** What is measured of every side. */
export const figureNames = [
  'first deployment',
  'nothing to do, 0 ms',
  'nothing to do, 50 ms',
  'code update, 0 ms',
  'code update, 50 ms',
] as const
export type FigureName = (typeof figureNames)[number]

export type Figures = ReadonlyMap<FigureName, Runs>

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length / 2
  const [low, high] = [sorted[Math.ceil(middle) - 1], sorted[Math.floor(middle)]]
  if (low === undefined || high === undefined) throw new Error('a median of nothing')
  return (low + high) / 2
}

/** The median of one of the things that a run takes. Undefined for a side that was not measured. */
export function medianOf(runs: Runs | undefined, side: SideName, what: keyof Run): number | undefined {
  const values = runs?.get(side)?.map((run) => run[what]) ?? []
  return values.length === 0 ? undefined : median(values)
}

/** A table in Markdown: the first column to the left, all others as numbers are, to the right. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((_, column) => Math.max(3, ...[head, ...rows].map((row) => (row[column] ?? '').length)))
  const padded = (cell: string, column: number): string =>
    column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0)
  const line = (cells: readonly string[]): string => `| ${cells.map(padded).join(' | ')} |`
  const rule = widths.map((width, column) => (column === 0 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`))
  return [line(head), line(rule), ...rows.map(line)].join('\n')
}
