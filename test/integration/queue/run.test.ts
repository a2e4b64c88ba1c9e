import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, describe, expect, it } from 'vitest'
import type { HostOutcome } from '../../../src/fleet/outcome.js'
import { useRedis } from '../../helpers/redis.js'
import { changed, FakeRunner, names, recordOf, refused, Scene } from './crew.js'

const redis = useRedis()
let scene = new Scene(redis)
afterEach(async () => {
  await scene.end()
  scene = new Scene(redis)
})

const statesOf = (outcomes: ReadonlyMap<string, HostOutcome>): Readonly<Record<string, number>> => {
  const counts: Record<string, number> = {}
  for (const { state } of outcomes.values()) counts[state] = (counts[state] ?? 0) + 1
  return counts
}

describe('a run that is given to workers', () => {
  it('brings each host there exactly once, whoever of them takes it', async () => {
    const hosts = names(60)
    const runners = [new FakeRunner(), new FakeRunner(), new FakeRunner()]
    for (const runner of runners) await scene.worker(runner, hosts)
    const record = recordOf(hosts)
    await scene.give(record)
    const { end, outcomes } = await scene.follow(record)
    expect(end).toBe('done')
    expect(statesOf(outcomes)).toEqual({ changed: 60 })
    expect(runners.flatMap(({ ran }) => ran).sort()).toEqual([...hosts].sort())
  })

  it('waits for the first worker to come', async () => {
    const record = recordOf(names(3))
    await scene.give(record)
    const followed = scene.follow(record)
    await sleep(300)
    await scene.worker(new FakeRunner(), names(3))
    expect((await followed).end).toBe('done')
  })

  it('tells what a failed host has come to, in full, and goes on with the others', async () => {
    const hosts = names(10)
    await scene.worker(new FakeRunner((host) => (host === 'web04' ? refused(host) : changed(host))), hosts)
    const record = recordOf(hosts)
    await scene.give(record)
    const { end, outcomes } = await scene.follow(record)
    expect(end).toBe('done')
    expect(statesOf(outcomes)).toEqual({ changed: 9, failed: 1 })
    expect(outcomes.get('web04')).toEqual(refused('web04'))
  })

  it('has at most as many hosts in flight as it says, of all workers together', async () => {
    const hosts = names(30)
    let [now, most] = [0, 0]
    const runner = (): FakeRunner =>
      new FakeRunner(async (host) => {
        most = Math.max(most, ++now)
        await sleep(10)
        now--
        return changed(host)
      })
    for (const one of [runner(), runner(), runner()]) await scene.worker(one, hosts)
    const record = recordOf(hosts, { rolling: { hosts: 4 } })
    await scene.give(record)
    const { outcomes } = await scene.follow(record)
    expect(statesOf(outcomes)).toEqual({ changed: 30 })
    expect(most).toBeLessThanOrEqual(4)
    expect(most).toBeGreaterThan(1)
  })
})

describe('waves', () => {
  it('follow each other: none begins before all hosts of the one before have ended', async () => {
    const hosts = names(20)
    const order: string[] = []
    const runner = (): FakeRunner =>
      new FakeRunner(async (host) => {
        order.push(host)
        await sleep(Math.random() * 20)
        return changed(host)
      })
    await scene.worker(runner(), hosts)
    await scene.worker(runner(), hosts)
    const record = recordOf(hosts, { rolling: { percent: 25 } })
    expect(record.waves).toHaveLength(4)
    await scene.give(record)
    expect((await scene.follow(record)).end).toBe('done')
    for (const [index, wave] of record.waves.entries()) {
      expect(order.slice(index * 5, index * 5 + 5).sort()).toEqual([...wave.hosts].sort())
    }
    // whoever follows hears it in that order, too: each host begins and ends within its wave
    let wave = ''
    const heard = scene.events.flatMap((event) => {
      if (event.type === 'wave.start') ({ wave } = event)
      if (event.type === 'host.start') return [`${wave}: begins ${event.host}`]
      return event.type === 'host.done' ? [`${wave}: ends ${event.outcome.host}`] : []
    })
    const wanted = record.waves.flatMap(({ name, hosts: ofWave }) =>
      ofWave.flatMap((host) => [`${name}: begins ${host}`, `${name}: ends ${host}`]),
    )
    expect([...heard].sort()).toEqual([...wanted].sort())
  })

  it('end with a failure: hosts of the next are not begun', async () => {
    const hosts = names(20)
    const runner = new FakeRunner((host) => (host === 'web07' ? refused(host) : changed(host)))
    await scene.worker(runner, hosts)
    const record = recordOf(hosts, { rolling: { percent: 25 } })
    await scene.give(record)
    const { end, stopped, outcomes } = await scene.follow(record)
    expect({ end, stopped }).toEqual({ end: 'stopped', stopped: 'wave 2 of 4: 1 host failed' })
    expect(statesOf(outcomes)).toEqual({ changed: 9, failed: 1 })
    expect(runner.ran).toHaveLength(10)
  })

  it('let canaries go first, and ask them once more before the others', async () => {
    const hosts = names(8)
    const runner = new FakeRunner()
    await scene.worker(runner, hosts)
    const record = recordOf(hosts, { canary: { hosts: 2 } }, { canaryWait: 1 })
    await scene.give(record)
    expect((await scene.follow(record)).end).toBe('done')
    expect(runner.checked.sort()).toEqual(['web01', 'web02'])
    expect(runner.ran).toHaveLength(8)
    const waves = scene.events.filter(({ type }) => type.startsWith('wave.'))
    expect(waves).toEqual([
      { type: 'wave.start', wave: 'canary', hosts: 2, atOnce: 20 },
      { type: 'wave.check', wave: 'canary', hosts: 2, seconds: 1 },
      { type: 'wave.done', wave: 'canary', passed: true },
      { type: 'wave.start', wave: 'all hosts', hosts: 6, atOnce: 20 },
      { type: 'wave.done', wave: 'all hosts', passed: true },
    ])
  })

  it('end with a canary that does not answer any more', async () => {
    const hosts = names(8)
    const runner = new FakeRunner(changed, refused)
    await scene.worker(runner, hosts)
    const record = recordOf(hosts, { canary: { hosts: 2 } })
    await scene.give(record)
    const { end, outcomes } = await scene.follow(record)
    expect(end).toBe('stopped')
    expect(statesOf(outcomes)).toEqual({ failed: 2 })
    expect(runner.ran.sort()).toEqual(['web01', 'web02'])
  })

  it('stop in the middle when so many have failed', async () => {
    const hosts = names(40)
    const runner = new FakeRunner(async (host) => {
      await sleep(5)
      return refused(host)
    })
    await scene.worker(runner, hosts)
    const record = recordOf(hosts, { rolling: { hosts: 2 }, stopAfter: { hosts: 3 } })
    await scene.give(record)
    const { end, outcomes } = await scene.follow(record)
    expect(end).toBe('stopped')
    const { failed = 0, 'not begun': notBegun = 0 } = statesOf(outcomes)
    // one more may have been in flight
    expect(failed).toBeGreaterThanOrEqual(3)
    expect(failed).toBeLessThanOrEqual(4)
    expect(failed + notBegun).toBe(40)
  })
})
