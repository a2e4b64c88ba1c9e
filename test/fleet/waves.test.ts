import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { strategyOf } from '../../src/fleet/strategy.js'
import { mayBegin, passes, type Share, type Strategy } from '../../src/fleet/waves.js'
import { fleet as form } from '../../src/config/schema-rollout.js'
import { changed, failing, fleetOf, namesOf, rollout } from './hosts.js'

const names = (count: number): readonly string[] => fleetOf(count).map(({ name }) => name)

describe('which hosts go together', () => {
  it('all of them, where nothing else is said, and no failure ends the run', () => {
    const { waves, stopsAt } = rollout(3)
    expect(waves.map(namesOf)).toEqual([names(3)])
    expect(waves[0]).toMatchObject({ name: 'all hosts', atOnce: 100, stopsAt: Infinity, endsRunAt: Infinity })
    expect(stopsAt).toBe(Infinity)
  })

  it('rolling by a number is one wave of which so many are in flight, and the first failure stops it', () => {
    const { waves } = rollout(10, { rolling: { hosts: 3 } })
    expect(waves.map(namesOf)).toEqual([names(10)])
    expect(waves[0]).toMatchObject({ atOnce: 3, stopsAt: 1 })
  })

  it('rolling by a percentage is waves of that part of all hosts, rounded up', () => {
    const { waves } = rollout(10, { rolling: { percent: 25 } })
    expect(waves.map(({ hosts }) => hosts.length)).toEqual([3, 3, 3, 1])
    expect(waves.map(({ name }) => name)).toEqual(['wave 1 of 4', 'wave 2 of 4', 'wave 3 of 4', 'wave 4 of 4'])
    expect(waves.every(({ endsRunAt }) => endsRunAt === 1)).toBe(true)
  })

  it('canaries go first: so many, a part of all, or those of a pattern', () => {
    expect(rollout(10, { canary: { hosts: 2 } }).waves.map(({ hosts }) => hosts.length)).toEqual([2, 8])
    expect(rollout(10, { canary: { percent: 1 } }).waves.map(({ hosts }) => hosts.length)).toEqual([1, 9])
    const { waves } = rollout(4, { canary: { pattern: 'web03,web01' } })
    expect(waves.map(namesOf)).toEqual([
      ['web01', 'web03'],
      ['web02', 'web04'],
    ])
    expect(waves[0]).toMatchObject({ name: 'canary', isCanary: true, endsRunAt: 1 })
  })

  it('what is said of failures takes the place of what is usual, but never for canaries', () => {
    const { waves, stopsAt } = rollout(10, { canary: { hosts: 1 }, rolling: { hosts: 2 }, stopAfter: { percent: 30 } })
    expect(stopsAt).toBe(3)
    expect(waves.map((wave) => passes(wave, [failing('web01')]))).toEqual([false, true])
  })

  const share: fc.Arbitrary<Share> = fc.oneof(
    fc.record({ hosts: fc.integer({ min: 1, max: 60 }) }),
    fc.record({ percent: fc.integer({ min: 1, max: 100 }) }),
  )
  const strategies: fc.Arbitrary<Partial<Strategy>> = fc.record(
    { parallel: fc.integer({ min: 1, max: 50 }), rolling: share, canary: share, stopAfter: share },
    { requiredKeys: [] },
  )

  it('every host is in one wave, in its order, and none waits for nobody, whatever the strategy', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 80 }), strategies, (count, strategy) => {
        const { waves } = rollout(count, strategy)
        expect(waves.flatMap(namesOf)).toEqual(names(count))
        for (const wave of waves) {
          expect(wave.hosts.length).toBeGreaterThan(0)
          expect(wave.atOnce).toBeGreaterThan(0)
          expect(wave.atOnce).toBeLessThanOrEqual(strategy.parallel ?? 100)
        }
      }),
    )
  })
})

describe('whether it goes on', () => {
  it('a host begins as long as fewer have failed than are too many, in its wave and in the run', () => {
    const run = rollout(10, { rolling: { hosts: 2 }, stopAfter: { hosts: 3 } })
    const [wave] = run.waves
    if (wave === undefined) throw new Error('no wave')
    expect([0, 2, 3].map((ofRun) => mayBegin(run, wave, { ofWave: ofRun, ofRun }))).toEqual([true, true, false])
    expect(mayBegin(run, { ...wave, stopsAt: 1 }, { ofWave: 1, ofRun: 1 })).toBe(false)
  })

  it('the next wave begins after one in which nothing failed', () => {
    const [wave] = rollout(4, { rolling: { percent: 50 } }).waves
    if (wave === undefined) throw new Error('no wave')
    expect(passes(wave, [changed('web01'), changed('web02')])).toBe(true)
    expect(passes(wave, [changed('web01'), failing('web02')])).toBe(false)
  })
})

it('a strategy is what the flags file and its options say', () => {
  expect(strategyOf(form.parse({}))).toEqual({ parallel: 20 })
  expect(strategyOf(form.parse({ parallel: 5, rolling: '25%', canary: 'staging', 'stop-after': 3 }))).toEqual({
    parallel: 5,
    rolling: { percent: 25 },
    canary: { pattern: 'staging' },
    stopAfter: { hosts: 3 },
  })
})

it.each([
  { rolling: '0%' },
  { rolling: 0 },
  { parallel: 0 },
  { canary: 'a\nb' },
  { 'stop-after': '101%' },
  { wave: 1 },
])('what is no strategy is refused: %j', (written) => expect(form.safeParse(written).success).toBe(false))
