import type { Redis } from 'ioredis'
import { queueAddress } from '../queue/address.js'
import { connectRedis } from '../queue/connection.js'
import { RunStore } from '../queue/run-store.js'
import type { Session } from './session.js'
import { usage } from './usage.js'

/** A Redis that was reached, and what is kept there of runs. */
export interface OpenQueue {
  readonly redis: Redis
  readonly store: RunStore
  /** As it may be shown. */
  readonly shown: string
  /** As it was given. */
  readonly named: string
}

/** The line to Redis never outlives the work; that it is lost meanwhile is told, and waited for. */
export const withQueue = async <T>(
  { io, emit }: Pick<Session, 'io' | 'emit'>,
  queue: string | undefined,
  work: (open: OpenQueue) => Promise<T>,
): Promise<T> => {
  if (queue === undefined) throw usage('no queue is named', 'name the Redis of the workers: --queue URL')
  const address = queueAddress(queue, io)
  const redis = await connectRedis(address, {
    lost: () => emit({ type: 'notice', text: `Redis does not answer any more (${address.shown}): waiting for it` }),
    back: () => emit({ type: 'notice', text: 'Redis answers again' }),
  })
  try {
    return await work({ redis, store: new RunStore(redis), shown: address.shown, named: queue })
  } finally {
    redis.disconnect()
  }
}
