import { expect, test } from 'vitest'
import { fleetTables, judgeFleet } from '../../../vagrant/bench/fleet/report.js'
import { sharedHosts } from '../../../vagrant/bench/fleet/workers.js'

const sizes = [
  { hosts: 1, seconds: 0.8, cpu: 0.6, peak: 80 },
  { hosts: 1_000, seconds: 30, cpu: 29, peak: 180 },
]
const shared = [
  { workers: 1, oneKilled: false, seconds: 30, done: sharedHosts },
  { workers: 4, oneKilled: true, seconds: 31.5, done: sharedHosts - 1 },
]

test('a thousand hosts may take a minute, and each of them two megabytes', () => {
  const slow = [
    { hosts: 1, seconds: 1, cpu: 1, peak: 80 },
    { hosts: 1_000, seconds: 61, cpu: 60, peak: 2_200 },
  ] as const
  expect(judgeFleet({ sizes, shared: [] }).map(({ reached }) => reached)).toEqual([true, true])
  expect(judgeFleet({ sizes: slow, shared: [] }).map(({ is, reached }) => [is, reached])).toEqual([
    ['61.0 s', false],
    ['2.12 MB', false],
  ])
})

test('a host that workers have lost is told', () => {
  const [, , whole, lost] = judgeFleet({ sizes, shared })
  expect(whole).toMatchObject({ what: 'fleet, nothing to do: done by 1 worker', reached: true })
  expect(lost).toEqual({
    what: 'fleet, nothing to do: done by 4 workers, one of them killed',
    against: 'ourselves',
    is: `${sharedHosts - 1} hosts`,
    target: `${sharedHosts} hosts`,
    reached: false,
  })
})

test('the tables tell what a host more takes, and how long workers took', () => {
  const text = fleetTables({ sizes, shared })
  expect(text).toMatch(/^\| 1000 +\| +30\.00 s \| +29\.00 s \| +180 MB \| +0\.10 MB \|$/m)
  expect(text).toMatch(/^\| 4 workers, one of them killed +\| +31\.5 s \| 199 of 200 \|$/m)
})
