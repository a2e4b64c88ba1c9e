import { readFileSync } from 'node:fs'
import { afterEach, expect, it } from 'vitest'
import { connectRedis } from '../../../src/queue/connection.js'
import { doubtsAbout } from '../../../src/queue/give.js'
import { runsKey } from '../../../src/queue/names.js'
import { useRedis } from '../../helpers/redis.js'
import { TestRedis } from '../../helpers/test-redis.js'
import { FakeRunner, names, recordOf, Scene } from './crew.js'

const redis = useRedis()
const scene = new Scene(redis)
afterEach(async () => scene.end())

const page = readFileSync(new URL('../../../docs/how-to/fleet-queue.md', import.meta.url), 'utf8')

it('a run needs no more of Redis than the account that the documentation makes', async () => {
  const [, name = '', rule = ''] = /ACL SETUSER (\S+) (.+)$/m.exec(page) ?? []
  const client = redis.client()
  await client.call('ACL', 'SETUSER', name, ...rule.replace('PASSWORD', 'the-password').split(' '))
  const limited = new Scene(redis, { username: name, password: 'the-password' })
  const hosts = names(5)
  await limited.worker(new FakeRunner(), hosts)
  const record = recordOf(hosts, { rolling: { percent: 50 } })
  await limited.give(record)
  expect((await limited.follow(record)).end).toBe('done')
  const { redis: line } = await limited.line()
  await expect(line.set('another', 'key')).rejects.toThrow('NOPERM')
  await expect(line.flushall()).rejects.toThrow('NOPERM')
  expect(await line.zscore(runsKey, record.id)).not.toBeNull()
  await limited.end()
})

it('a Redis that would forget or throw away is warned of', async () => {
  expect(await doubtsAbout(redis.client())).toEqual([])
  const forgetful = new TestRedis(['--appendonly', 'no', '--maxmemory-policy', 'allkeys-lru'])
  await forgetful.start()
  const client = await connectRedis(forgetful.address, { lost: () => undefined, back: () => undefined })
  const doubts = await doubtsAbout(client)
  expect(doubts.join('\n')).toMatch(/appendonly yes[^]*noeviction/)
  client.disconnect()
  await forgetful.stop()
})
