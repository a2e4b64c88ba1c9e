import { Queue } from 'bullmq'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { DeployError } from '../../../src/errors.js'
import { hostsQueue, prefix, runKeys } from '../../../src/queue/names.js'
import { runOverview } from '../../../src/queue/overview.js'
import { useRedis } from '../../helpers/redis.js'
import { changed, FakeRunner, names, recordOf, refused, Scene } from './crew.js'

const redis = useRedis()
let scene: Scene
beforeEach(() => {
  scene = new Scene(redis)
})
afterEach(async () => scene.end())

const until = async (isSo: () => boolean | Promise<boolean>): Promise<void> => {
  while (!(await isSo())) await new Promise((resolve) => setTimeout(resolve, 20))
}

describe('whoever can write into Redis', () => {
  it('cannot have anything done with a host that is none of the run', async () => {
    const runner = new FakeRunner()
    const hosts = names(3)
    await scene.worker(runner, [...hosts, 'another'])
    const record = recordOf(hosts)
    const client = redis.client()
    const queue = new Queue(hostsQueue(record.id), { connection: client, prefix })
    const planted = [
      { version: 1, run: record.id, wave: 0, host: 'another' },
      { version: 1, run: record.id, wave: 0, host: 'web01', overrides: [{ path: ['host'], value: 'evil' }] },
      { version: 1, run: record.id, wave: 7, host: 'web01' },
      'not even an object',
    ]
    for (const [index, data] of planted.entries()) await queue.add('planted', data, { jobId: `planted-${index}` })
    await scene.give(record)
    expect((await scene.follow(record)).end).toBe('done')
    await until(async () => (await queue.getFailedCount()) === planted.length)
    expect(runner.ran.sort()).toEqual(hosts)
    await queue.close()
  })

  it('cannot have a run taken that is not of the form that is written', async () => {
    const runner = new FakeRunner()
    const { told } = await scene.worker(runner, names(2))
    const record = recordOf(names(2))
    const { redis: line, store } = await scene.line()
    await scene.give(record)
    const other = recordOf(names(2))
    await line.set(runKeys(other.id).record, JSON.stringify({ ...other, file: '../../etc/passwd' }))
    await store.announce(other)
    await until(() => told.lines.includes(`refused ${other.id}: QUEUE_DATA_INVALID`))
    expect((await scene.follow(record)).end).toBe('done')
    expect(runner.ran).toHaveLength(2)
  })

  it('cannot have a run taken for hosts that the inventory of the worker does not name', async () => {
    const runner = new FakeRunner()
    const { told } = await scene.worker(runner, ['web01'])
    const record = recordOf(['web01', 'evil'])
    await scene.give(record)
    await until(() => told.lines.includes(`refused ${record.id}: QUEUE_DATA_INVALID`))
    expect(runner.ran).toEqual([])
  })
})

describe('a worker with other files', () => {
  it('takes no part, says so, and leaves the hosts to others', async () => {
    const hosts = names(4)
    const [wrong, right] = [new FakeRunner(), new FakeRunner()]
    const differ = new DeployError('QUEUE_INPUTS_DIFFER', { what: 'the code is another', remedy: 'git pull' })
    const { told } = await scene.worker(wrong, hosts, { prepare: () => Promise.reject(differ) })
    const record = recordOf(hosts)
    await scene.give(record)
    const followed = scene.follow(record)
    await until(() => told.lines.includes(`refused ${record.id}: QUEUE_INPUTS_DIFFER`))
    await until(() => scene.refusals.length > 0)
    expect(scene.refusals).toEqual(['worker 1: QUEUE_INPUTS_DIFFER: the code is another'])
    await scene.worker(right, hosts)
    expect((await followed).end).toBe('done')
    expect(wrong.ran).toEqual([])
    expect(right.ran.sort()).toEqual(hosts)
  })
})

describe('a run, seen from outside', () => {
  it('is known by waves and states while it goes on and afterwards, with each failure in full', async () => {
    const hosts = names(8)
    let release = (): void => undefined
    const held = new Promise<void>((resolve) => (release = resolve))
    const runner = new FakeRunner(async (host) => {
      if (host === 'web03') await held
      return host === 'web04' ? refused(host) : changed(host)
    })
    await scene.worker(runner, hosts)
    const record = recordOf(hosts, { rolling: { percent: 50 } })
    await scene.give(record)
    const { redis: line, store } = await scene.line()
    await until(async () => (await store.outcomeCount(record.id)) === 3)
    expect(await runOverview(line, store, record.id)).toMatchObject({
      state: 'running',
      counts: { changed: 2, same: 0, failed: 1, running: 1, waiting: 4, notBegun: 0 },
      inFlight: [{ host: 'web03', worker: 'worker 1' }],
    })
    release()
    await scene.follow(record)
    expect(await runOverview(line, store, record.id)).toMatchObject({
      state: 'stopped',
      stopped: 'wave 1 of 2: 1 host failed',
      counts: { changed: 3, failed: 1, running: 0, waiting: 0, notBegun: 4 },
      waves: [
        { name: 'wave 1 of 2', counts: { changed: 3, failed: 1 } },
        { name: 'wave 2 of 2', counts: { notBegun: 4 } },
      ],
      failed: [{ host: 'web04', state: 'failed', errors: [{ code: 'STEP_FAILED', remedy: 'look there' }] }],
      refusals: [],
    })
  })
})
