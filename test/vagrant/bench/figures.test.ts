import { expect, test } from 'vitest'
import { median, medianOf, table } from '../../../vagrant/bench/figures.js'
import { runOf, runsOf } from './runs.js'

test('the median of an even number of values lies between the middle two, whatever their order', () => {
  expect(median([9, 1, 3, 2])).toBe(2.5)
  expect(median([10, 2, 3])).toBe(3)
})

test('a median of nothing is refused rather than told', () => {
  expect(() => median([])).toThrow('a median of nothing')
})

test('a side that was not measured has no median', () => {
  const runs = runsOf({ script: [1, 2, 3] })
  expect(medianOf(runs, 'script', 'seconds')).toBe(2)
  expect(medianOf(runs, 'pyinfra', 'seconds')).toBeUndefined()
  expect(medianOf(undefined, 'script', 'seconds')).toBeUndefined()
})

test('each thing that a run takes has a median of its own', () => {
  const runs = new Map([['script', [runOf({ sent: 5 }), runOf({ sent: 7 }), runOf({ sent: 6 })]] as const])
  expect(medianOf(runs, 'script', 'sent')).toBe(6)
})

test('a table is as wide as its widest cells, with numbers to the right', () => {
  const text = table(
    ['what', 'a'],
    [
      ['first deployment', '1.00 s'],
      ['x', ''],
    ],
  )
  expect(text.split('\n')).toEqual([
    '| what             |      a |',
    '| ---------------- | -----: |',
    '| first deployment | 1.00 s |',
    '| x                |        |',
  ])
})
