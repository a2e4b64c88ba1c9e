import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Channel, Connection } from './connection.js'
import { runLocally } from './local.js'
import { startOverMaster } from './openssh-channel.js'
import type { Folder } from './openssh-folder.js'
import { overMaster } from './openssh-program.js'
import type { Said } from './openssh-said.js'
import type { SshHost } from './ssh-host.js'

/** How long the last words of a master that has ended may take. */
const lastWordsMilliseconds = 500

/**
 * A master of ssh. It goes on as long as our socket to it is open, which is closed when it ends, and when we end: so the
 * end of either is noticed by the other.
 */
export class OpensshConnection implements Connection {
  #gone = false
  #closing = false
  readonly #ended: Promise<void>
  readonly #hangUp = (): void => void this.close()

  private constructor(
    readonly host: SshHost,
    readonly folder: Folder,
    private readonly held: Socket,
    readonly said: Said,
    private readonly signal: AbortSignal | undefined,
  ) {
    signal?.addEventListener('abort', this.#hangUp)
    held.on('error', () => undefined).resume()
    this.#ended = new Promise((resolve) => {
      held.once('close', () => {
        // What it said last comes on another way.
        void Promise.race([said.ended, sleep(lastWordsMilliseconds)]).then(() => {
          this.#gone = true
          resolve()
        })
      })
    })
  }

  static async attach(
    host: SshHost,
    folder: Folder,
    said: Said,
    signal: AbortSignal | undefined,
  ): Promise<OpensshConnection> {
    const held = connect(folder.control)
    await once(held, 'connect')
    return new OpensshConnection(host, folder, held, said, signal)
  }

  get lost(): Error | undefined {
    if (!this.#gone && !this.#closing) return undefined
    return new Error(this.said.words() || 'the connection was closed')
  }

  async start(program: string, listen: (channel: Channel) => void): Promise<Channel> {
    if (this.lost !== undefined) throw this.lost
    return startOverMaster(this.folder.control, program, async () => this.#isGone(), listen)
  }

  /** Asked of the master itself, for its end may be heard of a little later than that of what went over it. */
  async #isGone(): Promise<boolean> {
    if (this.#closing) return true
    const asked = connect(this.folder.control)
    try {
      await once(asked, 'connect')
      return false
    } catch {
      await this.#ended
      return true
    } finally {
      asked.destroy()
    }
  }

  async close(): Promise<void> {
    if (this.#closing) return
    this.#closing = true
    this.signal?.removeEventListener('abort', this.#hangUp)
    if (!this.held.closed) {
      await runLocally('ssh', [...overMaster(this.folder.control), '-O', 'exit', '--', 'host'], { milliseconds: 2_000 })
    }
    this.held.destroy()
    this.said.stop()
    await this.folder.remove()
  }
}
