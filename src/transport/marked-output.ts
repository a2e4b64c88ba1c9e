import { StringDecoder } from 'node:string_decoder'
import { beginMark, endMark } from './frame.js'

const longestNumber = 12

/**
 * What one stream carries between a frame's marks. Pieces are decoded together (a character may be split over two),
 * handed on while they come, and only the last `keep` characters are kept.
 */
export class MarkedOutput {
  readonly #decoder = new StringDecoder('utf8')
  readonly #begin: string
  readonly #end: string
  readonly #pieces: string[] = []
  #held = ''
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
  push(piece: Buffer): string {
    if (this.#status !== undefined) return ''
    this.#held += this.#decoder.write(piece)
    let noise = ''
    if (!this.#begun) {
      const at = this.#held.indexOf(this.#begin)
      if (at < 0) {
        noise = this.#release(this.#begin.length - 1)
        return noise
      }
      noise = this.#held.slice(0, at)
      this.#held = this.#held.slice(at + this.#begin.length)
      this.#begun = true
    }
    this.#read()
    return noise
  }

  /** What came of a frame that never ended. */
  get unfinished(): string {
    return this.text + this.#held
  }

  #read(): void {
    const at = this.#held.indexOf(this.#end)
    const after = at + this.#end.length
    const lineEnd = at < 0 ? -1 : this.#held.indexOf('\n', after)
    if (lineEnd < 0) {
      if (at < 0) this.#take(this.#release(this.#end.length - 1))
      else if (this.#held.length - after > longestNumber) this.#take(this.#release(this.#held.length - after))
      return
    }
    this.#take(this.#held.slice(0, at))
    this.#status = Number(this.#held.slice(after, lineEnd))
    this.#held = ''
  }

  #release(holdBack: number): string {
    const cut = Math.max(0, this.#held.length - holdBack)
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
