import type { Cut } from './delay-proxy.js'

type Who = 'client' | 'server'

/** Counts what is said over a line. */
export class Meter {
  #speaker: Who = 'server'
  #bytes = { client: 0, server: 0 }
  turns = 0

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
