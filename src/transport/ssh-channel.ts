import { setTimeout as sleep } from 'node:timers/promises'
import type { ClientChannel } from 'ssh2'
import { DeployError } from '../errors.js'
import type { SshConnection } from './ssh-connection.js'

/** sshd allows ten sessions a connection by default, and frees one later than it says so. */
const mostChannels = 6
const mostRetries = 6

const silence = 'the host does not say whether it starts a program'

/** Opens channels on one connection, a few at a time. */
export class Channels {
  #free = mostChannels
  readonly #waiting: (() => void)[] = []

  constructor(
    private readonly connection: SshConnection,
    /** Seconds until a program has to be started. */
    private readonly patience: number,
  ) {}

  /**
   * Starts a program. `listen` is called before anything can have arrived: a listener that is added after an `await`
   * misses what a quick program says.
   */
  async open(program: string, listen: (channel: ClientChannel) => void): Promise<ClientChannel> {
    await this.#take()
    for (let retries = 0; ; retries++) {
      try {
        const channel = await this.#start(program, listen)
        channel.once('close', () => this.#giveBack())
        return channel
      } catch (error) {
        // Nothing was started: safe to try again.
        const refused = error instanceof Error && error.message.includes('Channel open failure')
        if (refused && retries < mostRetries && this.connection.lost === undefined) {
          await sleep(10 * 2 ** retries)
          continue
        }
        this.#giveBack()
        throw this.#failure(refused, error)
      }
    }
  }

  async #start(program: string, listen: (channel: ClientChannel) => void): Promise<ClientChannel> {
    return new Promise((resolve, reject) => {
      const { client } = this.connection
      let late = false
      const giveUp = (): void => {
        late = true
        reject(new Error(silence))
      }
      const timer = setTimeout(giveUp, this.patience * 1_000)
      // a request that crosses the end of the connection is never answered
      client.once('close', giveUp)
      client.exec(program, (error, channel) => {
        clearTimeout(timer)
        client.off('close', giveUp)
        if (error) reject(error)
        else if (late) channel.close()
        else {
          listen(channel)
          resolve(channel)
        }
      })
    })
  }

  #failure(refused: boolean, error: unknown): DeployError {
    const { host, lost } = this.connection
    const evidence = (lost ?? (error instanceof Error ? error : new Error(String(error)))).message
    if (lost !== undefined || /Not connected|No response from server/.test(evidence) || evidence === silence) {
      return new DeployError('CONNECTION_LOST', {
        what: `the connection to ${host.target} was lost`,
        where: host.where,
        evidence,
        remedy: 'run it again: what was done is found, and only the rest is done',
      })
    }
    return new DeployError(refused ? 'SESSIONS_TOO_FEW' : 'SHELL_MISSING', {
      what: refused
        ? `${host.target} allows too few sessions on one connection`
        : `${host.target} does not let a program be started`,
      where: host.where,
      evidence,
      remedy: refused
        ? `set MaxSessions in its sshd_config to ${mostChannels} or more (10 is the default)`
        : 'check the login shell of the account, and ForceCommand in sshd_config',
    })
  }

  async #take(): Promise<void> {
    if (this.#free > 0) this.#free--
    else await new Promise<void>((resolve) => this.#waiting.push(resolve))
  }

  #giveBack(): void {
    const next = this.#waiting.shift()
    if (next === undefined) this.#free++
    else next()
  }
}
