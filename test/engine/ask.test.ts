import { expect, it } from 'vitest'
import type { Answer, RunAs } from '../../src/core/command.js'
import type { Family, Probe } from '../../src/core/probe.js'
import { askProbes } from '../../src/engine/ask.js'
import { RecordedTransport } from '../../src/transport/recorded.js'

const family = (name: string): Family => ({
  name,
  sh: (items) => `${name} ${items.join(' ')}`,
  split: ({ stdout, stderr, exitCode }, items) =>
    items.map((_, index) => ({ stdout: stdout.split(' ')[index] ?? '', stderr, exitCode })),
})

const sizes = family('sizes')

const member = (item: string, of = sizes, as: RunAs = 'root'): Probe<string> => ({
  ask: { family: of, item },
  as,
  parse: ({ stdout }) => stdout,
})

const alone = (sh: string, as: RunAs = 'root'): Probe<string> => ({ ask: { sh }, as, parse: ({ stdout }) => stdout })

/** Answers each question with its own text in capitals, without the name of the family. */
const echo = () =>
  new RecordedTransport({ answer: ({ sh }) => ({ stdout: sh.replace(/^(sizes|names) /, '').toUpperCase() }) })

it('all items of a family travel in one question, and each probe gets its own answer', async () => {
  const host = echo()
  const one = { a: member('a'), b: member('b') }
  const other = { c: member('c'), x: alone('x') }
  const state = await askProbes(host, [one, other])
  expect(host.questions).toEqual([
    { sh: 'x', as: 'root' },
    { sh: 'sizes a b c', as: 'root' },
  ])
  expect(state.of(one)).toEqual({ a: 'A', b: 'B' })
  expect(state.of(other)).toEqual({ c: 'C', x: 'X' })
  expect(host.counts.batches).toBe(1)
})

it('the same question is asked once, whatever it is called', async () => {
  const host = echo()
  const state = await askProbes(host, [
    { a: member('a'), x: alone('x') },
    { again: member('a'), y: alone('x') },
  ])
  expect(host.questions.map(({ sh }) => sh)).toEqual(['x', 'sizes a'])
  expect(state.values).toEqual(['X', 'A'])
  expect(state.of({ again: member('a') })).toEqual({ again: 'A' })
})

it('families are not mixed, and neither are the accounts that ask', async () => {
  const host = echo()
  await askProbes(host, [
    {
      a: member('a'),
      b: member('b', sizes, 'login'),
      c: member('a', family('names')),
      d: alone('x'),
      e: alone('x', 'login'),
    },
  ])
  expect(host.questions).toEqual([
    { sh: 'x', as: 'root' },
    { sh: 'x', as: 'login' },
    { sh: 'sizes a', as: 'root' },
    { sh: 'sizes b', as: 'login' },
    { sh: 'names a', as: 'root' },
  ])
})

it('no questions need no round trip', async () => {
  const host = echo()
  const state = await askProbes(host, [{}, {}])
  expect(host.counts.batches).toBe(0)
  expect(state.values).toEqual([])
})

it('a transport that leaves a question out is a mistake, not an empty answer', async () => {
  const host = echo()
  const forgetful = Object.assign(Object.create(host) as RecordedTransport, {
    ask: (): Promise<readonly Answer[]> => Promise.resolve([]),
  })
  await expect(askProbes(forgetful, [{ x: alone('x') }])).rejects.toThrow('must answer every question')
})

it('an answer that a probe cannot read ends the survey', async () => {
  const unreadable: Probe<never> = {
    ...alone('x'),
    parse: () => {
      throw new Error('unreadable')
    },
  }
  await expect(askProbes(echo(), [{ unreadable }])).rejects.toThrow('unreadable')
})
