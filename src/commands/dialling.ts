import type { Connection, Whereabouts } from '../core/site.js'
import type { Ask } from '../transport/ask.js'
import type { Approach } from '../transport/ssh-approach.js'
import type { Transport } from '../transport/transport.js'
import type { Session } from './session.js'

/** A connection that is made while there is other work to do, and given up when that work fails. */
export class Dialling {
  readonly #session: Session
  readonly #hangUp = new AbortController()
  #approach: Promise<Approach> | undefined
  #transport: Promise<Transport> | undefined
  #answered: Transport | undefined

  constructor(session: Session) {
    this.#session = session
  }

  /** Before it is known that all is well with what is wanted: nothing is sent, and nobody is asked. */
  readonly approach = async (whereabouts: Whereabouts): Promise<void> => {
    this.#approach = this.#session.services.approach(whereabouts, this.#hangUp.signal)
    await this.#approach.catch(() => undefined)
  }

  begin(connection: Connection): void {
    const { io, services, whileAsking } = this.#session
    const ask: Ask = (question) => whileAsking(() => services.ask(question))
    const { signal } = this.#hangUp
    this.#transport = services.connect(connection, io.interactive ? ask : undefined, signal, this.#approach)
    this.#transport.then(
      (transport) => (this.#answered = transport),
      // whoever waits for the transport is told
      () => undefined,
    )
  }

  async transport(): Promise<Transport> {
    if (this.#transport === undefined) throw new TypeError('nobody has said where to connect to')
    return this.#transport
  }

  async end(): Promise<void> {
    await this.#answered?.close()
    this.#hangUp.abort()
    await this.#approach?.then(
      (approach) => approach.giveUp(),
      () => undefined,
    )
  }
}
