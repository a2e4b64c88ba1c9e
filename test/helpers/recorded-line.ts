import { connect, createServer } from 'node:net'
import { z } from 'zod'

export interface RecordedLine {
  readonly port: number
  /** The numbers of the SSH messages that the client has sent in the clear, in order; 21 (NEWKEYS) is the last of them. */
  clearMessages(): readonly number[]
  /** Bytes of the client after those, which nobody else can read. */
  sealedBytes(): number
  stop(): void
}

const newKeys = 21

/** RFC 4253, 6: length, length of the padding, and the message, whose first byte is its number. */
const readMessages = (said: Buffer): { readonly numbers: readonly number[]; readonly rest: number } => {
  let at = said.indexOf('\n') + 1
  const numbers: number[] = []
  while (numbers.at(-1) !== newKeys && at + 6 <= said.length) {
    numbers.push(said.readUInt8(at + 5))
    at += 4 + said.readUInt32BE(at)
  }
  return { numbers, rest: said.length - at }
}

/** A line to `port` that keeps what the client of its last connection says. */
export const recordLine = async (port: number): Promise<RecordedLine> => {
  let said = Buffer.alloc(0)
  const server = createServer((client) => {
    said = Buffer.alloc(0)
    const upstream = connect(port, '127.0.0.1')
    client.on('data', (piece) => (said = Buffer.concat([said, piece])))
    client.pipe(upstream).pipe(client)
    client.on('error', () => upstream.destroy())
    upstream.on('error', () => client.destroy())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = z.object({ port: z.number() }).parse(server.address())
  return {
    port: address.port,
    clearMessages: () => readMessages(said).numbers,
    sealedBytes: () => readMessages(said).rest,
    stop: () => void server.close(),
  }
}
