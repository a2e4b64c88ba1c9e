import type { Client, ClientChannel } from 'ssh2'
import { insidesOf, isOpen, openSession, startIn, type Insides, type Opened } from './ssh-insides.js'

/** Where a connection leads to: so many programs at once, or another host. */
export type Destination = { readonly sessions: number } | { readonly hostname: string; readonly port: number }

/** A channel that was asked for before there was anything to do with it. */
class Early {
  #answer: { readonly error: Error | undefined; readonly channel: ClientChannel } | undefined
  #taker: Opened | undefined

  readonly opened: Opened = (error, channel) => {
    if (this.#taker === undefined) this.#answer = { error, channel }
    else this.#taker(error, channel)
  }

  /** One that was refused, or that the host has closed again, is of no use. */
  get isOfUse(): boolean {
    return this.#answer === undefined || (this.#answer.error === undefined && isOpen(this.#answer.channel))
  }

  take(taker: Opened): void {
    this.#taker = taker
    if (this.#answer !== undefined) taker(this.#answer.error, this.#answer.channel)
  }
}

/** After the first look: the keeper of the lock, and root's shell. */
const soonNeeded = 2

/**
 * The channels that the host was asked for together with the login, so that they are there when it is. Nothing runs in
 * them: a session that is refused, or a tunnel, is the same as one that was asked for later.
 */
export class Ahead {
  #sessions: Early[] = []
  #tunnel: Early | undefined
  #isFirst = true

  constructor(
    private readonly client: Client,
    private readonly destination: Destination,
  ) {}

  /** Sends the requests. */
  ask(): void {
    if ('sessions' in this.destination) {
      const insides = insidesOf(this.client)
      if (insides === undefined) return
      this.#askSessions(insides, this.destination.sessions)
    } else {
      this.#tunnel = new Early()
      this.#forward(this.#tunnel.opened)
    }
  }

  #askSessions(insides: Insides, count: number): void {
    const asked = Array.from({ length: count }, () => new Early())
    this.#sessions.push(...asked)
    for (const { opened } of asked) openSession(insides, opened)
  }

  /** The login did not come about with the first key: the host has answered none of the requests, and never will. */
  forget(): void {
    this.#sessions = []
    this.#tunnel = undefined
  }

  /** Starts a program, where it can in a session that is there. */
  start(program: string, started: Opened): void {
    const insides = insidesOf(this.client)
    this.#sessions = this.#sessions.filter(({ isOfUse }) => isOfUse)
    const early = this.#sessions.shift()
    if (early === undefined || insides === undefined) {
      this.client.exec(program, started)
      return
    }
    early.take((error, channel) => {
      if (error === undefined) startIn(insides, channel, program, started)
      else started(error, channel)
    })
    if (this.#isFirst) this.#askSessions(insides, Math.max(0, soonNeeded - this.#sessions.length))
    this.#isFirst = false
  }

  /** Connects to the host that this connection leads to. */
  tunnel(connected: Opened): void {
    const early = this.#tunnel
    this.#tunnel = undefined
    if (early === undefined) this.#forward(connected)
    else early.take(connected)
  }

  #forward(connected: Opened): void {
    if ('sessions' in this.destination) throw new TypeError('this connection leads to no other host')
    this.client.forwardOut('127.0.0.1', 0, this.destination.hostname, this.destination.port, connected)
  }
}
