/** Reads lines, and so many bytes, from a stream; nothing of it is kept. */
export class BlobReader {
  readonly #stream: AsyncIterator<Buffer>
  #rest = Buffer.alloc(0)

  constructor(stream: AsyncIterable<Buffer>) {
    this.#stream = stream[Symbol.asyncIterator]()
  }

  /** Without its end. */
  async line(): Promise<string> {
    let end = this.#rest.indexOf('\n')
    while (end < 0) {
      if (this.#rest.length > 4096) throw new Error('git told a line that does not end')
      await this.#more()
      end = this.#rest.indexOf('\n')
    }
    return this.#take(end + 1)
      .subarray(0, end)
      .toString('latin1')
  }

  async *pieces(bytes: number): AsyncGenerator<Buffer> {
    for (let left = bytes; left > 0;) {
      if (this.#rest.length === 0) await this.#more()
      const piece = this.#take(left)
      left -= piece.length
      yield piece
    }
  }

  async whole(bytes: number): Promise<Buffer> {
    const pieces: Buffer[] = []
    for await (const piece of this.pieces(bytes)) pieces.push(piece)
    return Buffer.concat(pieces)
  }

  #take(bytes: number): Buffer {
    const piece = this.#rest.subarray(0, bytes)
    this.#rest = this.#rest.subarray(bytes)
    return piece
  }

  async #more(): Promise<void> {
    const next = await this.#stream.next()
    if (next.done === true) throw new Error('git ended in the middle of a file')
    this.#rest = Buffer.concat([this.#rest, next.value])
  }
}
