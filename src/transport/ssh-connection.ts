import type { Duplex } from 'node:stream'
import type { Client } from 'ssh2'
import type { SshHost } from './ssh-host.js'

/** A session that is logged in. */
export class SshConnection {
  #lost: Error | undefined

  constructor(
    readonly client: Client,
    readonly host: SshHost,
    private readonly stream: Duplex,
  ) {
    // For as long as there is a client: an error without a listener would end the process.
    client.on('error', (error: Error) => (this.#lost ??= error))
    client.on('close', () => (this.#lost ??= new Error('the connection was closed')))
  }

  /** Why there is no connection any more; undefined while there is one. */
  get lost(): Error | undefined {
    return this.#lost
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
