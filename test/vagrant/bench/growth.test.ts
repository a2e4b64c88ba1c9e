import { expect, test } from 'vitest'
import { actions, type Growth } from '../../../vagrant/bench/growth/measure.js'
import { growthTable, judgeGrowth, slopeOf } from '../../../vagrant/bench/growth/report.js'

/** The same time for each action. */
const growthOf = (times: Readonly<Record<number, number>>): Growth =>
  new Map(
    Object.entries(times).map(([size, seconds]) => [
      Number(size),
      { first: seconds, plan: seconds, 'nothing to do': seconds, 'code update': seconds },
    ]),
  )

test('the slope is 0 where size does not matter, 1 in proportion, and 2 with the square', () => {
  expect(slopeOf(growthOf({ 10: 1, 100: 1 }), 'plan')).toBeCloseTo(0)
  expect(slopeOf(growthOf({ 10: 1, 100: 10 }), 'plan')).toBeCloseTo(1)
  expect(slopeOf(growthOf({ 10: 1, 100: 100 }), 'plan')).toBeCloseTo(2)
})

test('the slope is that between the two largest sizes, in whatever order they were measured', () => {
  expect(slopeOf(growthOf({ 1000: 4, 10: 1, 500: 1 }), 'first')).toBeCloseTo(2)
})

test('what grows faster than in proportion is told, for each action', () => {
  expect(judgeGrowth({ name: 'sites' }, growthOf({ 1: 1, 10: 20 })).map(({ reached }) => reached)).toEqual(
    actions.map(() => false),
  )
  expect(judgeGrowth({ name: 'sites' }, growthOf({ 1: 1, 10: 10 }))[1]).toEqual({
    what: 'growth with sites: plan',
    against: 'ourselves',
    is: 'n^1.00',
    target: '<= n^1.1',
    reached: true,
  })
})

test('the table tells what one more costs', () => {
  const lines = growthTable({ name: 'files of a site', unit: 'file' }, growthOf({ 100: 1, 10: 0.5, 1100: 3 })).split(
    '\n',
  )
  expect(lines[2]).toMatch(/^\| 10 +\| +0\.50 s \|/)
  expect(lines[5]).toMatch(/^\| each further file +\| +2\.00 ms \|/)
})

test('a slope needs two sizes', () => {
  expect(() => slopeOf(growthOf({ 10: 1 }), 'plan')).toThrow('two sizes')
})
