import { setTimeout as sleep } from 'node:timers/promises'
import { DeployError } from '../errors.js'
import { ChannelRefused, type Channel, type Connection } from './connection.js'

/** sshd allows ten sessions a connection by default, and frees one later than it says so. */
const mostChannels = 6
const mostRetries = 6

const silence = 'the host does not say whether it starts a program'

/** Opens channels on one connection, a few at a time. */
export class Channels {
  #free = mostChannels
  readonly #waiting: (() => void)[] = []

  constructor(
    private readonly connection: Connection,
    /** Seconds until a program has to be started. */
    private readonly patience: number,
  ) {}

  async open(program: string, listen: (channel: Channel) => void): Promise<Channel> {
    await this.#take()
    for (let retries = 0; ; retries++) {
      try {
        const channel = await this.#start(program, listen)
        channel.onEnd(() => this.#giveBack())
        return channel
      } catch (error) {
        const refused = error instanceof ChannelRefused
        if (refused && retries < mostRetries && this.connection.lost === undefined) {
          await sleep(10 * 2 ** retries)
          continue
        }
        this.#giveBack()
        throw this.#failure(refused, error)
      }
    }
  }

  async #start(program: string, listen: (channel: Channel) => void): Promise<Channel> {
    let isLate = false
    let timer: NodeJS.Timeout | undefined
    const silent = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => {
        isLate = true
        reject(new Error(silence))
      }, this.patience * 1_000)
    })
    const started = this.connection.start(program, (channel) => (isLate ? channel.close() : listen(channel)))
    try {
      return await Promise.race([started, silent])
    } finally {
      clearTimeout(timer)
    }
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
