import { connect, createServer, type Socket } from 'node:net'
import { Meter } from './meter.js'

type Who = 'client' | 'server'
type Direction = Who | 'both'

/** How a line ends: a reset, an orderly end, or silence. */
type Ending = 'reset' | 'end' | 'silence'

/** Where a line is cut: at the k-th message of the client, counted from the call, or after so many bytes from one side. */
export type Cut =
  | { readonly message: number; readonly when: 'before it is sent' | 'before the reply' | 'after the reply' }
  | { readonly bytes: number; readonly from: Who }

export interface DelayProxy {
  readonly port: number
  /** How often the client spoke after it had listened. */
  turns(): number
  /** The round trips that the client had to wait for, one of them for each TCP connection. */
  trips(): number
  /** What each side has said since the last reset, in bytes. */
  bytes(): Readonly<Record<Who, number>>
  reset(): void
  /** Passes nothing on of what these say, and does not hang up either: as where packets are lost. */
  blackhole(from?: Direction): void
  /** After a black hole: what was said meanwhile arrives, as TCP sends it again. */
  heal(): void
  /** Hangs up on both sides: with a reset, or in order. */
  cut(how?: Ending): void
  /** Cuts by itself, later. Answers when that has happened. */
  cutAt(where: Cut, how?: Ending): Promise<void>
  /** Bytes a second, each way. */
  limit(rate: number): void
  stop(): Promise<void>
}

/** A line to `port` that takes `milliseconds` each way, and can fail in the ways of a real one. `own`: where it listens. */
export const startDelayProxy = async (
  port: number,
  milliseconds: number,
  host = '127.0.0.1',
  own = 0,
): Promise<DelayProxy> => {
  const meter = new Meter()
  const sockets = new Set<Socket>()
  const lost = new Set<Who>()
  const held: { readonly from: Who; readonly pass: () => void }[] = []
  let speed = Infinity
  let armed: { readonly where: Cut; readonly cut: () => void } | undefined

  const hangUp = (how: Ending): void => {
    if (how === 'silence') lost.add('client').add('server')
    for (const socket of how === 'silence' ? [] : sockets) {
      if (how === 'reset') socket.resetAndDestroy()
      else socket.end()
    }
  }
  /** Cuts when it is time for it; answers whether this piece still passes. */
  const passes = (from: Who, bytes: number): boolean => {
    const due = armed === undefined ? undefined : meter.due(armed.where, from, bytes)
    if (due === undefined) return true
    const { cut } = armed ?? {}
    armed = undefined
    if (due === 'after') setTimeout(() => cut?.())
    else cut?.()
    return due === 'after'
  }
  const pass = (from: Socket, to: Socket, who: Who): void => {
    let free = 0
    const queue: (() => void)[] = []
    const next = (): void => queue.shift()?.()
    // Timers of a busy process may fire in another order than they were set in: each lets the first in the queue go.
    const later = (delay: number, work: () => void): void => {
      queue.push(work)
      // a timer of 0 ms is one of 1 ms
      if (delay <= 0 && queue.length === 1) next()
      else setTimeout(next, delay)
    }
    from.on('data', (piece) => {
      if (!passes(who, piece.length)) return
      meter.said(who, piece.length)
      const arrives = meter.leaves(who)
      // a limited line is free again when the last piece has gone through
      free = speed === Infinity ? 0 : Math.max(free, performance.now()) + (piece.length * 1000) / speed
      const send = (): void => {
        if (who === 'server') meter.heard()
        const write = (): void => {
          if (!to.writable) return
          arrives()
          to.write(piece)
        }
        if (lost.has(who)) held.push({ from: who, pass: write })
        else write()
      }
      later(milliseconds + (free === 0 ? 0 : free - performance.now()), send)
    })
    from.on('end', () => later(milliseconds, () => lost.has(who) || to.end()))
    from.on('error', () => lost.has(who) || to.destroy())
    from.on('close', () => (sockets.delete(from), later(milliseconds, () => lost.has(who) || to.destroy())))
  }

  const server = createServer({ noDelay: true, allowHalfOpen: true }, (client) => {
    const upstream = connect({ port, host, noDelay: true, allowHalfOpen: true })
    sockets.add(client).add(upstream)
    meter.connected()
    pass(client, upstream, 'client')
    pass(upstream, client, 'server')
  })
  await new Promise<void>((resolve) => server.listen(own, '127.0.0.1', resolve))
  const address = server.address()
  if (typeof address !== 'object' || address === null) throw new Error('the proxy has no port')
  const destroy = (): void => {
    for (const socket of sockets) socket.destroy()
  }
  return {
    port: address.port,
    turns: () => meter.turns,
    trips: () => meter.trips,
    bytes: () => meter.bytes,
    reset: () => meter.reset(),
    blackhole: (from = 'both') => {
      for (const who of ['client', 'server'] as const) if (from === 'both' || from === who) lost.add(who)
    },
    heal: () => {
      lost.clear()
      for (const piece of held.splice(0)) piece.pass()
    },
    cut: (how) => (how === undefined ? destroy() : hangUp(how)),
    cutAt: (where, how = 'reset') => {
      meter.reset()
      return new Promise((resolve) => {
        armed = { where, cut: () => (hangUp(how), resolve()) }
      })
    },
    limit: (rate) => (speed = rate),
    stop: async () => {
      destroy()
      await new Promise<void>((resolve) => server.close(() => resolve()))
    },
  }
}
