import type { Colours } from './colour.js'
import { fit, type Fitted } from './fit.js'
import type { Output } from './out.js'
import type { Signs } from './signs.js'

const escape = '\u001b['
const hideCursor = `${escape}?25l`
const showCursor = `${escape}?25h`

interface Drawn {
  readonly lines: readonly string[]
  readonly fitted: readonly Fitted[]
  readonly columns: number
}

/**
 * A terminal of which the last lines move. What is written meanwhile comes above them. A line is never wider than the
 * terminal; where that has become narrower since, the terminal itself has broken the lines into more of them.
 */
export class Screen implements Output {
  readonly isTTY = true
  #drawn: Drawn | undefined

  constructor(
    private readonly out: Output,
    private readonly signs: Signs,
    private readonly colours: Colours,
  ) {}

  get columns(): number {
    return this.out.columns ?? 80
  }

  get rows(): number {
    return this.out.rows ?? 24
  }

  write(text: string): void {
    const lines = this.#drawn?.lines
    this.out.write(`${this.#erase()}${text}`)
    if (lines !== undefined) this.draw(lines)
  }

  /** Replaces the moving lines; where there are more than the terminal has, the last of them are shown. */
  draw(lines: readonly string[]): void {
    const fitted = lines.slice(-Math.max(1, this.rows - 1)).map((line) => this.#fit(line))
    const { columns } = this
    const text = textOf(fitted)
    if (this.#drawn !== undefined && textOf(this.#drawn.fitted) === text && this.#drawn.columns === columns) return
    this.out.write(`${this.#drawn === undefined ? hideCursor : this.#erase()}${text}`)
    this.#drawn = { lines, fitted, columns }
  }

  /** These lines stay, and nothing moves any more. */
  keep(lines: readonly string[]): void {
    const text = textOf(lines.map((line) => this.#fit(line)))
    if (this.#drawn === undefined) this.out.write(text)
    else this.out.write(`${this.#erase()}${text}${showCursor}`)
  }

  #erase(): string {
    const drawn = this.#drawn
    this.#drawn = undefined
    if (drawn === undefined) return ''
    const columns = Math.max(1, this.columns)
    const rows = drawn.fitted.reduce((sum, { width }) => sum + Math.max(1, Math.ceil(width / columns)), 0)
    return rows === 0 ? '' : `\r${escape}${rows}A${escape}J`
  }

  /** The last column stays free, for some terminals begin a new line there. What stands behind a tab is never cut. */
  #fit(line: string): Fitted {
    const [head = '', end = ''] = (this.signs.ascii ? line.replace(/[^\u0000-\u007f]/gu, '?') : line).split('\t')
    const { ellipsis } = this.signs
    if (end === '') return fit(head, this.columns - 1, ellipsis)
    const { text, width } = fit(head, this.columns - end.length - 2, ellipsis)
    return { text: `${text} ${this.colours.dim(end)}`, width: width + 1 + end.length }
  }
}

const textOf = (fitted: readonly Fitted[]): string => fitted.map(({ text }) => `${text}\n`).join('')
