import { describe, expect, it } from 'vitest'
import { badOnes, goodOnes, type HistoryEvent } from '../../src/probes/history.js'

type Told = readonly [event: HistoryEvent['event'], release: string, venv?: string]

const history = (...told: readonly Told[]) => ({
  events: told.map(([event, release, venv = 'v'], index) => ({ at: `2026-01-0${index + 1}`, event, release, venv })),
})

const names = (list: readonly { readonly release: string | null }[]): readonly (string | null)[] =>
  list.map(({ release }) => release)

const cases: readonly (readonly [
  what: string,
  told: readonly Told[],
  good: readonly string[],
  bad: readonly string[],
])[] = [
  ['nothing', [], [], []],
  ['a first release', [['live', 'a']], ['a'], []],
  [
    'three of them, the last first',
    [
      ['live', 'a'],
      ['live', 'b'],
      ['live', 'c'],
    ],
    ['c', 'b', 'a'],
    [],
  ],
  [
    'one that did not answer',
    [
      ['live', 'a'],
      ['live', 'b'],
      ['taken back', 'b'],
    ],
    ['a'],
    ['b'],
  ],
  [
    'one that was gone back from',
    [
      ['live', 'a'],
      ['live', 'b'],
      ['rolled back', 'b'],
      ['live', 'a'],
    ],
    ['a'],
    ['b'],
  ],
  [
    'a second step back',
    [
      ['live', 'a'],
      ['live', 'b'],
      ['live', 'c'],
      ['rolled back', 'c'],
      ['live', 'b'],
      ['rolled back', 'b'],
      ['live', 'a'],
    ],
    ['a'],
    ['c', 'b'],
  ],
  [
    'one that was bad and is good',
    [
      ['live', 'a'],
      ['taken back', 'a'],
      ['live', 'a'],
    ],
    ['a'],
    [],
  ],
  [
    'a step back that did not answer',
    [
      ['live', 'a'],
      ['live', 'b'],
      ['rolled back', 'b'],
      ['live', 'a'],
      ['taken back', 'a'],
      ['live', 'b'],
    ],
    ['b'],
    ['a'],
  ],
  [
    'a release with two environments, the last first',
    [
      ['live', 'a', 'v'],
      ['live', 'a', 'w'],
    ],
    ['a', 'a'],
    [],
  ],
]

describe('a history of', () => {
  it.each(cases)('%s', (_what, told, good, bad) => {
    expect(names(goodOnes(history(...told)))).toEqual(good)
    expect(names(badOnes(history(...told))).toSorted()).toEqual(bad.toSorted())
  })
})
