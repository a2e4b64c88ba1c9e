/** A program that never ends its line must not fill the memory. */
const longestLine = 4096

/** Of a progress bar that overwrites itself, what would be left on the screen. */
const leftOf = (line: string): string => line.replace(/\r+$/, '').replace(/^[^]*\r/, '')

/** Output comes in pieces that end anywhere: hands on whole lines, without those that are blank. */
export class Lines {
  #rest = ''

  constructor(private readonly take: (line: string) => void) {}

  push(piece: string): void {
    const lines = `${this.#rest}${piece}`.split('\n')
    this.#rest = lines.pop() ?? ''
    for (const line of lines) this.#hand(line)
    while (this.#rest.length > longestLine) {
      this.#hand(this.#rest.slice(0, longestLine))
      this.#rest = this.#rest.slice(longestLine)
    }
  }

  /** The program has ended, and with it a line that has no end. */
  end(): void {
    this.#hand(this.#rest)
    this.#rest = ''
  }

  #hand(line: string): void {
    const seen = leftOf(line)
    if (seen.trim() !== '') this.take(seen)
  }
}
