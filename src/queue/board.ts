import type { Server } from 'node:http'
import { createBullBoard } from '@bull-board/api'
import { BullMQAdapter } from '@bull-board/api/bullMQAdapter'
import { HonoAdapter } from '@bull-board/hono'
import { serve } from '@hono/node-server'
import { serveStatic } from '@hono/node-server/serve-static'
import { Queue } from 'bullmq'
import { Hono } from 'hono'
import type { Redis } from 'ioredis'
import { DeployError } from '../errors.js'
import { gatesQueue, hostsQueue, prefix } from './names.js'
import type { RunStore } from './run-store.js'

export interface Board {
  readonly url: string
  close(): Promise<void>
}

export interface BoardOptions {
  readonly redis: Redis
  readonly store: RunStore
  /** 127.0.0.1, unless somebody wants it otherwise. */
  readonly address: string
  /** 0: any that is free. */
  readonly port: number
}

/** Milliseconds between two looks for new runs. */
const pause = 2_000

/** Runs that are shown, the last ones. */
const mostRuns = 20

/**
 * Bull Board over the queues of the last runs. It only shows: nothing but reading is answered, whatever the page offers.
 *
 * @throws DeployError OUTPUT_UNWRITABLE where the port cannot be had
 */
export const openBoard = async ({ redis, store, address, port }: BoardOptions): Promise<Board> => {
  const shown = new Shown(redis, store)
  const adapter = new HonoAdapter(serveStatic)
  const board = createBullBoard({
    queues: [],
    serverAdapter: adapter,
    options: { uiConfig: { boardTitle: 'deploy-flask', hideRedisDetails: true } },
  })
  const refresh = async (): Promise<void> => board.replaceQueues(await shown.queues())
  await refresh()
  const app = guarded(address).route('/', adapter.registerPlugin())
  const { server, port: taken } = await listening(app, address, port)
  const timer = setInterval(() => void refresh().catch(() => undefined), pause)
  return {
    url: `http://${address.includes(':') ? `[${address}]` : address}:${taken}/`,
    close: async () => {
      clearInterval(timer)
      await new Promise((resolve) => {
        server.close(resolve)
        server.closeAllConnections()
      })
      await shown.close()
    },
  }
}

/** The page asks for fonts of Google's: whoever looks at his hosts does not want to tell that to anybody. */
const fromHereOnly =
  "default-src 'self'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; img-src 'self' data:"

const isLoopback = (name: string): boolean => /^(localhost|127(\.\d+){3}|\[::1\])$/.test(name)

/** A page of somebody else's must neither change anything through a browser here, nor read anything by a name of its own. */
const guarded = (address: string): Hono => {
  const app = new Hono()
  const asksLoopback = isLoopback(address.includes(':') ? `[${address}]` : address)
  app.use(async (context, next) => {
    const { method, headers } = context.req.raw
    if (method !== 'GET' && method !== 'HEAD') return context.text('this board only shows\n', 405)
    const name = (headers.get('host') ?? '').replace(/:\d+$/, '')
    if (asksLoopback && !isLoopback(name)) return context.text('not by this name\n', 403)
    await next()
    context.header('Content-Security-Policy', fromHereOnly)
    context.header('X-Frame-Options', 'DENY')
    context.header('Referrer-Policy', 'no-referrer')
    return undefined
  })
  return app
}

const listening = async (
  app: Hono,
  hostname: string,
  port: number,
): Promise<{ readonly server: Server; readonly port: number }> =>
  new Promise((resolve, reject) => {
    // without an option for another kind, it is the usual server
    const server = serve({ fetch: app.fetch, hostname, port }, (info) => resolve({ server, port: info.port })) as Server
    server.once('error', (error) =>
      reject(
        new DeployError('OUTPUT_UNWRITABLE', {
          what: 'the board cannot be shown there',
          where: `${hostname}:${port}`,
          evidence: error.message,
          remedy: 'choose another port: --port 0 takes any that is free',
        }),
      ),
    )
  })

/** The queues of the last runs, each opened once. */
class Shown {
  readonly #open = new Map<string, Queue>()

  constructor(
    private readonly redis: Redis,
    private readonly store: RunStore,
  ) {}

  async queues(): Promise<readonly BullMQAdapter[]> {
    const runs = (await this.store.runs()).slice(0, mostRuns)
    const names = runs.flatMap((run) => [hostsQueue(run), gatesQueue(run)])
    return names.map((name) => new BullMQAdapter(this.#queue(name), { readOnlyMode: true }))
  }

  #queue(name: string): Queue {
    const open = this.#open.get(name)
    if (open !== undefined) return open
    const queue = new Queue(name, { connection: this.redis, prefix, skipMetasUpdate: true })
    this.#open.set(name, queue)
    return queue
  }

  async close(): Promise<void> {
    await Promise.all([...this.#open.values()].map(async (queue) => queue.close()))
  }
}
