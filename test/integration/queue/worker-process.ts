import { appendFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { queueAddress } from '../../../src/queue/address.js'
import { connectRedis } from '../../../src/queue/connection.js'
import { RunStore } from '../../../src/queue/run-store.js'
import { serve } from '../../../src/queue/serve.js'
import { changed, FakeRunner, hostsNamed, ToldLines } from './crew.js'

/** A worker in a process of its own, so that it can be killed: URL, file that it writes what it does to, hosts. */
const [url = '', file = '', ...hosts] = process.argv.slice(2)

const did = (what: string): void => appendFileSync(file, `${process.pid} ${what}\n`)

const stopping = new AbortController()
process.once('SIGTERM', () => stopping.abort())

const redis = await connectRedis(queueAddress(url, { env: {}, cwd: '/' }), {
  lost: () => did('lost'),
  back: () => did('back'),
})
const runner = new FakeRunner(async (host) => {
  did(`begins ${host}`)
  await sleep(300)
  did(`ends ${host}`)
  return changed(host)
})
await serve({
  redis,
  store: new RunStore(redis),
  name: `process ${process.pid}`,
  parallel: 4,
  prepare: () =>
    Promise.resolve({
      hosts: new Map(hostsNamed(hosts).map((host) => [host.name, host])),
      runner,
      close: () => Promise.resolve(),
    }),
  stopping: stopping.signal,
  now: () => new Date(),
  patience: { lock: 1_000, look: 500 },
  told: new ToldLines(),
})
redis.disconnect()
did('left')
