import type { Cut } from './delay-proxy.js'

type Who = 'client' | 'server'

/** Counts what is said over a line. */
export class Meter {
  #speaker: Who = 'server'
  #bytes = { client: 0, server: 0 }
  /** How many round trips each side knows of: it may have waited for that many before it said what it says next. */
  #known = { client: 0, server: 0 }
  turns = 0

  /**
   * The round trips that the client has waited for, as in a chain of messages of which each could only be sent because
   * the one before had arrived. What the server says unasked, and a farewell, which nobody answers, cost none. Making a
   * TCP connection is one. What the server says later than the line takes after something that needs no answer (the end
   * of a channel) looks like one, and connections at the same time share a chain.
   */
  get trips(): number {
    return this.#known.client
  }

  connected(): void {
    this.#known.client++
    this.#known.server = Math.max(this.#known.server, this.#known.client)
  }

  /** What is given where a message leaves tells, where it arrives, what its receiver then knows. */
  leaves(who: Who): () => void {
    const known = this.#known
    const now = known[who]
    return () => {
      // what left before a reset and arrives after it counts for neither
      if (who === 'client') known.server = Math.max(known.server, now + 1)
      else known.client = Math.max(known.client, now)
    }
  }

  /** What each has said since the last reset. */
  get bytes(): Readonly<Record<Who, number>> {
    return { ...this.#bytes }
  }

  /** Where it leaves, so that two answers under way count once. */
  said(who: Who, bytes: number): void {
    this.#bytes[who] += bytes
    if (who === 'server') return
    if (this.#speaker === 'server') this.turns++
    this.#speaker = 'client'
  }

  /** What the server has said has arrived. */
  heard(): void {
    this.#speaker = 'server'
  }

  reset(): void {
    this.turns = 0
    this.#speaker = 'server'
    this.#bytes = { client: 0, server: 0 }
    this.#known = { client: 0, server: 0 }
  }

  /** Whether a line is to be cut at this piece: before it, or after it has passed. */
  due(where: Cut, who: Who, bytes: number): 'before' | 'after' | undefined {
    if ('bytes' in where) return who === where.from && this.#bytes[who] + bytes >= where.bytes ? 'after' : undefined
    if (where.when === 'before it is sent') {
      const isNext = who === 'client' && this.#speaker === 'server' && this.turns + 1 >= where.message
      return isNext ? 'before' : undefined
    }
    if (who !== 'server' || this.turns < where.message) return undefined
    return where.when === 'before the reply' ? 'before' : 'after'
  }
}
