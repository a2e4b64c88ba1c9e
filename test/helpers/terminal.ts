import type { Output } from '../../src/render/out.js'

const sequences = /\u001b\[(\?25[lh]|\d*[A-Za-z]|[\d;]*m)|\r|\n|[^\u001b\r\n]+/g

const characters = new Intl.Segmenter('en', { granularity: 'grapheme' })

/** In columns: characters of East Asia and pictures take two. */
export const widthOf = (text: string): number => (/^[ -~]*$/.test(text) ? text.length : widthOfAny(text))

const widthOfAny = (text: string): number =>
  [...characters.segment(text)].reduce(
    (sum, { segment }) => sum + (/\p{Script=Han}|\p{Script=Hiragana}|\p{Emoji_Presentation}/u.test(segment) ? 2 : 1),
    0,
  )

/**
 * A terminal of as much as the live view needs: what was written, and what then stands on it. Lines that are longer than
 * it is wide are broken, as a terminal would.
 */
export class MemoryTerminal implements Output {
  readonly isTTY = true
  written = ''
  #lines: string[] = ['']
  #row = 0
  hidden = false

  constructor(
    public columns: number,
    public rows = 50,
  ) {}

  /** All that stands there, without the empty line at its end. */
  get text(): string {
    return this.#lines.join('\n').replace(/\n+$/, '')
  }

  write(text: string): void {
    this.written += text
    for (const [part] of text.matchAll(sequences)) this.#take(part)
  }

  #take(part: string): void {
    if (part === '\n') return this.#moveTo(this.#row + 1)
    if (part === '\r') return
    if (!part.startsWith('\u001b')) return this.#print(part)
    if (part.endsWith('A')) return this.#moveTo(Math.max(0, this.#row - Number(part.slice(2, -1))))
    if (part === '\u001b[J') this.#lines = [...this.#lines.slice(0, this.#row), '']
    if (part === '\u001b[?25l') this.hidden = true
    if (part === '\u001b[?25h') this.hidden = false
  }

  #moveTo(row: number): void {
    this.#row = row
    while (this.#lines.length <= row) this.#lines.push('')
  }

  #print(text: string): void {
    let line = this.#lines[this.#row] ?? ''
    let width = widthOf(line)
    for (const { segment } of characters.segment(text)) {
      const more = widthOf(segment)
      if (width + more > this.columns) {
        this.#lines[this.#row] = line
        this.#moveTo(this.#row + 1)
        ;[line, width] = ['', 0]
      }
      line += segment
      width += more
    }
    this.#lines[this.#row] = line
  }

  /** As most terminals do it: what is too long now is broken into several lines. */
  resize(columns: number): void {
    const lines = this.#lines
    this.columns = columns
    this.#lines = ['']
    this.#row = 0
    for (const line of lines.slice(0, -1)) this.write(`${line}\n`)
  }
}
