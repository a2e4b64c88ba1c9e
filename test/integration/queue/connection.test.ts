import { describe, expect, it } from 'vitest'
import { connectRedis } from '../../../src/queue/connection.js'
import { useRedis } from '../../helpers/redis.js'
import { TestRedis } from '../../helpers/test-redis.js'

const quiet = { lost: () => undefined, back: () => undefined }

describe('the line to Redis', () => {
  const guarded = useRedis(['--requirepass', 'the-password'])

  it('is refused at once where nobody answers in the first place', async () => {
    const nowhere = new TestRedis()
    await expect(connectRedis(nowhere.address, quiet)).rejects.toMatchObject({
      code: 'QUEUE_UNREACHABLE',
      fault: { where: nowhere.url, evidence: `connect ENOENT ${nowhere.socket}` },
    })
    await nowhere.stop()
  })

  it('is refused by its own code where the password is missing or wrong', async () => {
    for (const password of [undefined, 'another']) {
      await expect(connectRedis({ ...guarded.address, password }, quiet)).rejects.toMatchObject({
        code: 'QUEUE_LOGIN_FAILED',
      })
    }
    const client = await connectRedis({ ...guarded.address, password: 'the-password' }, quiet)
    expect(await client.ping()).toBe('PONG')
    client.disconnect()
  })

  it('heals when Redis is started again; what was asked meanwhile is answered then', async () => {
    const redis = new TestRedis()
    await redis.start()
    const told: string[] = []
    const client = await connectRedis(redis.address, { lost: () => told.push('lost'), back: () => told.push('back') })
    await client.set('kept', 'yes')
    await redis.halt('SIGKILL')
    const answer = client.get('kept')
    await redis.start()
    expect(await answer).toBe('yes')
    expect(told).toEqual(['lost', 'back'])
    client.disconnect()
    await redis.stop()
  })
})
