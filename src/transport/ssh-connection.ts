import type { Duplex } from 'node:stream'
import type { Client, ClientChannel } from 'ssh2'
import { ChannelRefused, type Channel, type Connection } from './connection.js'
import { Ahead, type Destination } from './ssh-ahead.js'
import type { SshHost } from './ssh-host.js'

const channelOf = (stream: ClientChannel): Channel => {
  let exitCode: number | undefined
  stream.on('exit', (code: number | null) => (exitCode = code ?? undefined))
  // A write to a channel that just closed; `close` follows and tells it better.
  stream.on('error', () => undefined)
  return {
    stdin: stream,
    stdout: stream,
    stderr: stream.stderr,
    onEnd: (listener) => void stream.once('close', () => listener(exitCode)),
    close: () => stream.close(),
  }
}

/** One of ssh2. */
export class SshConnection implements Connection {
  #lost: Error | undefined
  readonly ahead: Ahead

  constructor(
    private readonly client: Client,
    readonly host: SshHost,
    private readonly stream: Duplex,
    destination: Destination,
  ) {
    this.ahead = new Ahead(client, destination)
    // For as long as there is a client: an error without a listener would end the process.
    client.on('error', (error: Error) => (this.#lost ??= error))
    client.on('close', () => (this.#lost ??= new Error('the connection was closed')))
  }

  get lost(): Error | undefined {
    return this.#lost
  }

  async start(program: string, listen: (channel: Channel) => void): Promise<Channel> {
    return new Promise((resolve, reject) => {
      // a request that crosses the end of the connection is never answered
      const giveUp = (): void => reject(this.#lost ?? new Error('the connection was closed'))
      this.client.once('close', giveUp)
      this.ahead.start(program, (error, stream) => {
        this.client.off('close', giveUp)
        if (error) {
          const refused = error.message.includes('Channel open failure')
          reject(refused ? new ChannelRefused(error.message, { cause: error }) : error)
          return
        }
        const channel = channelOf(stream)
        listen(channel)
        resolve(channel)
      })
    })
  }

  /** Says goodbye without waiting for the answer, which would be one more round trip. */
  async close(): Promise<void> {
    if (this.#lost === undefined) {
      const said = new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, 1_000)
        this.stream.once('finish', () => (clearTimeout(timer), resolve()))
      })
      this.client.end()
      await said
    }
    this.stream.destroy()
  }
}
