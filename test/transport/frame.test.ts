import fc from 'fast-check'
import { expect, test } from 'vitest'
import { driver, envelope, newNonce } from '../../src/transport/frame.js'
import { quote } from '../../src/core/quote.js'
import { bash } from './shell.js'

test('each script that is sent to the open shell runs, one after the other', async () => {
  const { stdout } = await bash(driver() + ['echo one', 'echo two\n', '\n\necho three'].map(envelope).join(''))
  expect(stdout.toString()).toBe('one\ntwo\nthree\n')
})

test('of a script that was cut short not even the first line runs', async () => {
  const { stdout } = await bash(driver() + envelope('echo first\necho second\n').slice(0, -3))
  expect(stdout.toString()).toBe('')
})

test('a script may hold any character', async () => {
  await fc.assert(
    fc.asyncProperty(fc.string({ unit: 'binary', maxLength: 400 }), async (drawn) => {
      const text = drawn.replace(/[\0\p{Surrogate}]/gu, '')
      const { stdout } = await bash(driver() + envelope(`printf %s ${quote(text)}`) + envelope('printf .'))
      expect(stdout.toString()).toBe(`${text}.`)
    }),
    { numRuns: 60 },
  )
})

test('a script that breaks off in a quote does not take the next one with it', async () => {
  const { stdout } = await bash(driver() + envelope('echo "') + envelope('echo next'))
  expect(stdout.toString()).toBe('next\n')
})

test('the shell starts with a known locale, path and umask', async () => {
  const { stdout } = await bash(driver('/') + envelope('echo "$LC_ALL $PATH $(umask) $PWD"'))
  expect(stdout.toString()).toBe('C /usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin 0022 /\n')
})

test('no two nonces are the same', () => {
  expect(new Set(Array.from({ length: 1000 }, newNonce)).size).toBe(1000)
})
