import { Queue } from 'bullmq'
import type { Redis } from 'ioredis'
import { DeployError } from '../errors.js'
import { gatesQueue, hostsQueue, prefix } from './names.js'
import type { RunRecord } from './run-record.js'
import type { RunStore } from './run-store.js'
import { addWave } from './waves.js'

/** Gives a run to the workers. Whoever gave it may go away then. */
export const giveRun = async (redis: Redis, store: RunStore, record: RunRecord): Promise<void> => {
  if (!(await store.create(record))) throw new TypeError(`there is a run ${record.id} already`)
  await addWave(redis, record, 0)
  await store.announce(record)
}

/** Takes away runs that nobody looks at any more, with all of their jobs. */
export const forgetOldRuns = async (redis: Redis, store: RunStore, now: Date): Promise<void> => {
  for (const run of await store.oldRuns(now)) {
    for (const name of [gatesQueue(run), hostsQueue(run)]) {
      const queue = new Queue(name, { connection: redis, prefix })
      await queue.obliterate({ force: true })
      await queue.close()
    }
    await store.forget(run)
  }
}

/**
 * What a person should know of this Redis before a run is given to it: each a sentence.
 *
 * @throws DeployError QUEUE_UNREACHABLE where it is too old for BullMQ
 */
export const doubtsAbout = async (redis: Redis): Promise<readonly string[]> => {
  const info = await redis.info()
  const value = (name: string): string => new RegExp(`^${name}:(.*?)\\r?$`, 'm').exec(info)?.[1] ?? ''
  const major = Number(value('redis_version').split('.')[0])
  if (major < 5) {
    throw new DeployError('QUEUE_UNREACHABLE', {
      what: `this Redis is too old: ${value('redis_version')}`,
      remedy: 'use Redis 6.2 or newer, or Valkey',
    })
  }
  return [
    ...(value('aof_enabled') === '0' ? ['this Redis forgets what is new when it crashes: set appendonly yes'] : []),
    ...(['', 'noeviction'].includes(value('maxmemory_policy'))
      ? []
      : [`this Redis throws away keys when memory is short: set maxmemory-policy noeviction`]),
  ]
}
