import { spawn, type ChildProcess } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Redis } from 'ioredis'
import { queueAddress, type QueueAddress } from '../../src/queue/address.js'
import { ensurePrograms } from './programs.js'

/** A Redis of the tests, on a socket in a folder of its own; it can be stopped and started again with what it has kept. */
export class TestRedis {
  readonly #folder = mkdtempSync(join(tmpdir(), 'redis-'))
  readonly #options: readonly string[]
  readonly #clients: Redis[] = []
  #server: ChildProcess | undefined

  /** `options`: as on the command line of redis-server. */
  constructor(options: readonly string[] = []) {
    this.#options = options
  }

  get socket(): string {
    return join(this.#folder, 'redis.sock')
  }

  get url(): string {
    return `unix://${this.socket}`
  }

  get address(): QueueAddress {
    return queueAddress(this.url, { env: {}, cwd: '/' })
  }

  async start(): Promise<void> {
    ensurePrograms({ 'redis-server': '/usr/bin/redis-server' })
    const usual = ['--port', '0', '--unixsocket', this.socket, '--dir', this.#folder, '--appendonly', 'yes']
    this.#server = spawn('/usr/bin/redis-server', [...usual, '--save', '', ...this.#options], { stdio: 'ignore' })
    for (let tries = 0; !(await answers(this.socket)); tries++) {
      if (tries > 400) throw new Error('redis-server does not answer')
      await sleep(25)
    }
  }

  /** Ends this one server, by its process. */
  async halt(signal: 'SIGTERM' | 'SIGKILL' = 'SIGTERM'): Promise<void> {
    const server = this.#server
    this.#server = undefined
    if (server === undefined) return
    const ended = new Promise((resolve) => server.once('exit', resolve))
    server.kill(signal)
    await ended
  }

  /** A line of the test itself. */
  client(): Redis {
    const client = new Redis(this.socket, { maxRetriesPerRequest: null })
    client.on('error', () => undefined)
    this.#clients.push(client)
    return client
  }

  /** All that it holds, as text: keys and values of whatever kind. */
  async everything(): Promise<string> {
    const redis = this.client()
    const texts: string[] = []
    for (const key of await redis.keys('*')) {
      const kind = await redis.type(key)
      const value = await valueOf(redis, key, kind)
      texts.push(`${kind} ${key}\n${JSON.stringify(value)}`)
    }
    return texts.join('\n')
  }

  async stop(): Promise<void> {
    for (const client of this.#clients.splice(0)) client.disconnect()
    await this.halt()
    rmSync(this.#folder, { recursive: true, force: true })
  }
}

const valueOf = async (redis: Redis, key: string, kind: string): Promise<unknown> => {
  switch (kind) {
    case 'string':
      return redis.get(key)
    case 'hash':
      return redis.hgetall(key)
    case 'list':
      return redis.lrange(key, 0, -1)
    case 'set':
      return redis.smembers(key)
    case 'zset':
      return redis.zrange(key, 0, -1)
    case 'stream':
      return redis.xrange(key, '-', '+')
    default:
      throw new Error(`a key of a kind that nobody thought of: ${kind}`)
  }
}

/** Whatever it says: one that wants a password is there, too. */
const answers = async (path: string): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(path)
    socket.on('connect', () => (socket.destroy(), resolve(true)))
    socket.on('error', () => resolve(false))
  })
