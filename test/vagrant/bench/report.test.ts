import { expect, test } from 'vitest'
import { report } from '../../../vagrant/bench/report.js'
import { runsOf } from './runs.js'

const sides = [
  { name: 'deploy-flask', label: 'deploy-flask 1.0.0' },
  { name: 'pyinfra', label: 'pyinfra 3.10.0' },
] as const

test('a target that is missed stands in the report as such', () => {
  const missed = {
    what: 'nothing to do, 50 ms',
    against: 'pyinfra',
    is: '11.0 x faster',
    target: '>= 12 x faster',
    reached: false,
  } as const
  const text = report({
    sides,
    figures: new Map(),
    processes: new Map(),
    growth: new Map(),
    fleet: undefined,
    verdicts: [missed],
  })
  expect(text).toContain('| nothing to do, 50 ms | pyinfra 3.10.0 | 11.0 x faster | >= 12 x faster |  **no** |')
})

test('each figure has its times side by side, and a table of what a run takes', () => {
  const figures = new Map([['code update, 0 ms', runsOf({ 'deploy-flask': [1, 2], pyinfra: [9] })] as const])
  const text = report({
    sides,
    figures,
    processes: new Map([['pyinfra', { forked: 90, programs: Array<string>(80).fill('/usr/bin/python3') }]]),
    growth: new Map(),
    fleet: undefined,
    verdicts: [],
  })
  expect(text).toContain('| code update, 0 ms (median of 2) |             1.50 s |         9.00 s |')
  expect(text).toContain('## Code update, 0 ms: what a run takes')
  expect(text).toContain('| deploy-flask 1.0.0 | 1.00 to 2.00 s |          10 | 1.0 kB |   2.0 kB |')
  expect(text).toContain('| pyinfra 3.10.0     |        90 |               80 |')
})

test('what was not measured has no heading', () => {
  expect(
    report({ sides, figures: new Map(), processes: new Map(), growth: new Map(), fleet: undefined, verdicts: [] }),
  ).toBe('')
})
