import { expect, it } from 'vitest'
import { distance, nearest } from '../../src/config/near.js'

it.each([
  ['', '', 0],
  ['abc', 'abc', 0],
  ['abc', 'acb', 1],
  ['threads', 'treads', 1],
  ['kitten', 'sitting', 3],
  ['', 'abc', 3],
] as const)('from %j to %j it is %i', (one, other, steps) => {
  expect(distance(one, other)).toBe(steps)
  expect(distance(other, one)).toBe(steps)
})

it.each([
  ['treads', 'threads'],
  ['serverName', 'server-name'],
  ['server_alises', 'server-aliases'],
  ['Port', 'port'],
  ['x', undefined],
  ['completely-different', undefined],
  ['p'.repeat(100_000), undefined],
] as const)('near to %.20s is %s', (word, near) => {
  expect(nearest(word, ['threads', 'server-name', 'server-aliases', 'port'])).toBe(near)
})
