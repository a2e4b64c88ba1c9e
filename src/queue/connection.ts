import { Redis, type RedisOptions } from 'ioredis'
import { DeployError } from '../errors.js'
import type { QueueAddress } from './address.js'

/** Milliseconds between two tries to get a lost line back: at once, then slower, never slower than this. */
const longestPause = 2_000

/** Tries before the first answer: after that a Redis that goes away is waited for, for as long as it takes. */
const firstTries = 3

/** Hears that Redis is not there any more, and that it is there again. */
export interface Outages {
  readonly lost: () => void
  readonly back: () => void
}

/**
 * A line to Redis that heals by itself. Commands that are given while it is down are sent when it is up again.
 *
 * @throws DeployError QUEUE_UNREACHABLE, QUEUE_LOGIN_FAILED where there is no answer in the first place
 */
export const connectRedis = async (address: QueueAddress, outages: Outages): Promise<Redis> => {
  let isUp = false
  const client = new Redis({
    ...optionsOf(address),
    lazyConnect: true,
    // BullMQ wants it so; and a run is not to fail because Redis is started again
    maxRetriesPerRequest: null,
    retryStrategy: (times) => (isUp || times < firstTries ? Math.min(times * 200, longestPause) : null),
  })
  let last: Error | undefined
  client.on('error', (error: Error) => (last = error))
  try {
    await client.connect()
    await client.ping()
  } catch (error) {
    client.disconnect()
    throw unreachable(address, last ?? error)
  }
  isUp = true
  watch(client, outages)
  return client
}

const optionsOf = ({ way, tls, database, username, password }: QueueAddress): RedisOptions => ({
  ...way,
  db: database,
  connectionName: 'deploy-flask',
  connectTimeout: 10_000,
  ...(username === undefined ? {} : { username }),
  ...(password === undefined ? {} : { password }),
  ...(tls ? { tls: 'host' in way ? { servername: way.host } : {} } : {}),
})

/** Told once for each time that it is gone, not for each try. */
const watch = (client: Redis, { lost, back }: Outages): void => {
  let isLost = false
  client.on('reconnecting', () => {
    if (!isLost) lost()
    isLost = true
  })
  client.on('ready', () => {
    if (isLost) back()
    isLost = false
  })
}

const unreachable = ({ shown }: QueueAddress, error: unknown): DeployError => {
  const said = error instanceof Error ? error.message : String(error)
  if (/WRONGPASS|NOAUTH|NOPERM|invalid password/.test(said)) {
    return new DeployError('QUEUE_LOGIN_FAILED', {
      what: 'Redis does not let us in',
      where: shown,
      evidence: said,
      remedy: 'give the URL with name and password in a variable or a file: --queue env:NAME, or --queue file:PATH',
    })
  }
  return new DeployError('QUEUE_UNREACHABLE', {
    what: 'there is no answer from Redis',
    where: shown,
    evidence: said,
    remedy: 'check that Redis runs there and lets this computer in: redis-cli -u URL ping',
  })
}
