import { connect, createServer, type Socket } from 'node:net'

export interface DelayProxy {
  readonly port: number
  /** How often the client spoke after it had listened: the round trips that a run had to wait for. */
  turns(): number
  reset(): void
  /** Passes nothing on any more, and does not hang up either. */
  blackhole(): void
  /** Hangs up on both sides. */
  cut(): void
  stop(): Promise<void>
}

/** A line to `port` that takes `milliseconds` each way. */
export const startDelayProxy = async (port: number, milliseconds: number, host = '127.0.0.1'): Promise<DelayProxy> => {
  let turns = 0
  let speaker: 'client' | 'server' = 'server'
  let swallowing = false
  const sockets = new Set<Socket>()
  // A timer of 0 ms is one of 1 ms.
  const later = (work: () => void): void => (milliseconds === 0 ? work() : void setTimeout(work, milliseconds))
  const pass = (from: Socket, to: Socket, who: 'client' | 'server'): void => {
    from.on('data', (piece) => {
      // Counted where the client's words leave, so that two answers under way count once.
      if (who === 'client' && speaker === 'server') turns++
      if (who === 'client') speaker = 'client'
      later(() => {
        if (who === 'server') speaker = 'server'
        if (!swallowing && to.writable) to.write(piece)
      })
    })
    from.on('end', () => later(() => to.end()))
    from.on('error', () => to.destroy())
    from.on('close', () => (sockets.delete(from), later(() => to.destroy())))
  }
  const server = createServer({ noDelay: true, allowHalfOpen: true }, (client) => {
    const upstream = connect({ port, host, noDelay: true, allowHalfOpen: true })
    sockets.add(client).add(upstream)
    pass(client, upstream, 'client')
    pass(upstream, client, 'server')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (typeof address !== 'object' || address === null) throw new Error('the proxy has no port')
  const cut = (): void => {
    for (const socket of sockets) socket.destroy()
  }
  return {
    port: address.port,
    turns: () => turns,
    reset: () => {
      turns = 0
      speaker = 'server'
    },
    blackhole: () => (swallowing = true),
    cut,
    stop: async () => {
      cut()
      await new Promise<void>((resolve) => server.close(() => resolve()))
    },
  }
}
