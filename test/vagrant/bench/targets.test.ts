import { expect, test } from 'vitest'
import { compare, fastestPeer } from '../../../vagrant/bench/targets.js'
import { runsOf } from './runs.js'

test('the fastest peer is the one with the smallest median, and never the script', () => {
  const runs = runsOf({ script: [0.1], ansible: [8], 'ansible-mitogen': [4, 2, 9], pyinfra: [5, 5, 1] })
  const figures = new Map([['nothing to do, 0 ms', runs] as const])
  expect(fastestPeer(figures, 'nothing to do, 0 ms')).toBe('ansible-mitogen')
})

test('a ratio at its limit is reached, and one beyond it is not', () => {
  const verdicts = (ours: number) =>
    compare(
      new Map([['nothing to do, 50 ms', runsOf({ 'deploy-flask': [ours], script: [0.5], pyinfra: [6] })] as const]),
    )
  expect(verdicts(0.5)).toEqual([
    { what: 'nothing to do, 50 ms', against: 'script', is: '1.00 x', target: '<= 1 x', reached: true },
    { what: 'nothing to do, 50 ms', against: 'pyinfra', is: '12.0 x faster', target: '>= 12 x faster', reached: true },
  ])
  expect(verdicts(0.51).map(({ reached }) => reached)).toEqual([false, false])
})

test('what was not measured is not judged', () => {
  expect(compare(new Map())).toEqual([])
  const figures = new Map([['first deployment', runsOf({ 'deploy-flask': [30], ansible: [40] })] as const])
  expect(compare(figures)).toEqual([
    { what: 'first deployment', against: 'ansible', is: '0.75 x', target: '<= 0.85 x', reached: true },
  ])
})
