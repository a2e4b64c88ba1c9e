import { expect, test } from 'vitest'
import { readOptions, UsageError } from '../../../vagrant/bench/options.js'

test('without options everything is measured, of all sides', () => {
  expect(readOptions([])).toEqual({
    only: ['cold', 'noop', 'update', 'growth', 'fleet'],
    sides: ['deploy-flask', 'script', 'ansible', 'ansible-pipelined', 'ansible-mitogen', 'pyinfra'],
    repetitions: 9,
    cold: 3,
    write: false,
    help: false,
  })
})

test('parts and sides come in the order of the tables', () => {
  const { only, sides } = readOptions(['--only', 'update,cold', '--sides', 'pyinfra,deploy-flask'])
  expect(only).toEqual(['cold', 'update'])
  expect(sides).toEqual(['deploy-flask', 'pyinfra'])
})

test.each([
  [['--only', 'noop,warm'], '--only: expected some of cold, noop, update, growth, fleet; got "warm"'],
  [['--sides', 'chef'], 'got "chef"'],
  [['--repetitions', '0'], '--repetitions: expected a number from 1 to 9999; got "0"'],
  [['--cold', '2.5'], '--cold: expected a number from 1 to 9999; got "2.5"'],
  [['--quick'], '--quick'],
])('%j is refused with the word that is wrong', (args, message) => {
  expect(() => readOptions(args)).toThrow(UsageError)
  expect(() => readOptions(args)).toThrow(message)
})
