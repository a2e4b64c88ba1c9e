/** One line of the table. */
export interface Figure {
  readonly what: string
  readonly tool: string
  readonly script: string
  readonly ratio?: number
  readonly target: string
  readonly reached: boolean
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length / 2
  const [low, high] = [sorted[Math.ceil(middle) - 1], sorted[Math.floor(middle)]]
  if (low === undefined || high === undefined) throw new Error('a median of nothing')
  return (low + high) / 2
}

/** Times of both sides, in seconds, and how many times longer the tool may take. */
export function timeFigure(what: string, times: Readonly<Record<'tool' | 'script', number[]>>, most: number): Figure {
  const ratio = median(times.tool) / median(times.script)
  return {
    what: `${what} (median of ${times.tool.length})`,
    tool: `${median(times.tool).toFixed(3)} s`,
    script: `${median(times.script).toFixed(3)} s`,
    ratio,
    target: `<= ${most} x`,
    reached: ratio <= most,
  }
}

export function table(figures: readonly Figure[]): string {
  const rows = figures.map(({ what, tool, script, ratio, target, reached }) => [
    what,
    tool,
    script,
    ratio === undefined ? '' : `${ratio.toFixed(2)} x`,
    target,
    target === '' ? '' : reached ? 'yes' : '**no**',
  ])
  const head = ['what', 'deploy-flask', 'script by hand', 'ratio', 'target', 'reached']
  const widths = head.map((word, column) => Math.max(...[head, ...rows].map((row) => (row[column] ?? '').length, word)))
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)].join('\n')
}
