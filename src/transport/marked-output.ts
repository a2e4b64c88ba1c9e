import { beginMark, endMark } from './frame.js'

/** What stands in an end mark is a number; a host that says something else gives an answer that is no success. */
export const codeOf = (text: string): number => (/^\d{1,3}$/.test(text) ? Number(text) : 255)

const longestCode = 16

/**
 * What one stream carries between a frame's marks. It is handed on while it comes, and only the last `keep` characters
 * are kept.
 */
export class MarkedOutput {
  readonly #begin: string
  readonly #end: string
  readonly #pieces: string[] = []
  #held = ''
  #rest = ''
  #kept = 0
  #dropped = 0
  #status: number | undefined
  #begun = false

  constructor(
    nonce: string,
    private readonly keep: number,
    private readonly onText?: (text: string) => void,
  ) {
    this.#begin = beginMark(nonce)
    this.#end = endMark(nonce)
  }

  get begun(): boolean {
    return this.#begun
  }

  /** What stands in the end mark; undefined until it came. */
  get status(): number | undefined {
    return this.#status
  }

  get dropped(): number {
    return this.#dropped
  }

  get text(): string {
    const text = this.#pieces.join('')
    if (this.#dropped === 0 && text.length <= this.keep) return text
    const leftOut = this.#dropped + Math.max(0, text.length - this.keep)
    return `[the first ${leftOut} characters of the output were left out]\n${text.slice(-this.keep)}`
  }

  /** Takes a piece; gives back what does not belong to the frame: the noise before its begin mark. */
  push(piece: string): string {
    this.#held += piece
    let noise = ''
    if (!this.#begun) {
      const at = this.#held.indexOf(this.#begin)
      if (at < 0) {
        return this.#release(this.#begin)
      }
      noise = this.#held.slice(0, at)
      this.#held = this.#held.slice(at + this.#begin.length)
      this.#begun = true
    }
    this.#read()
    return noise
  }

  /** What came after the end mark: it is the next frame's. */
  get rest(): string {
    return this.#rest
  }

  /** What came of a frame that never ended. */
  get unfinished(): string {
    return this.text + this.#held
  }

  #read(): void {
    const at = this.#held.indexOf(this.#end)
    const after = at + this.#end.length
    const lineEnd = at < 0 ? -1 : this.#held.indexOf('\n', after)
    if (at < 0) this.#take(this.#release(this.#end))
    if (lineEnd < 0 && (at < 0 || this.#held.length - after < longestCode)) return
    this.#take(this.#held.slice(0, at))
    this.#status = codeOf(this.#held.slice(after, lineEnd < 0 ? undefined : lineEnd))
    this.#rest = lineEnd < 0 ? '' : this.#held.slice(lineEnd + 1)
    this.#held = ''
  }

  /** All that is held but an end of it with which the mark may begin; little enough that lines are shown at once. */
  #release(mark: string): string {
    let length = Math.min(mark.length - 1, this.#held.length)
    while (length > 0 && !mark.startsWith(this.#held.slice(-length))) length--
    const cut = this.#held.length - length
    const text = this.#held.slice(0, cut)
    this.#held = this.#held.slice(cut)
    return text
  }

  #take(text: string): void {
    if (text === '') return
    this.#pieces.push(text)
    this.#kept += text.length
    for (let first = this.#pieces[0]; first !== undefined && this.#kept - first.length >= this.keep;) {
      this.#pieces.shift()
      this.#kept -= first.length
      this.#dropped += first.length
      first = this.#pieces[0]
    }
    this.onText?.(text)
  }
}
