import { expect, test } from 'vitest'
import { microsecondsOf } from '../../../vagrant/bench/host-cpu.js'

test('the time that processors have worked for a guest is read off its cpu.stat', () => {
  expect(microsecondsOf('usage_usec 8392\nuser_usec 5000\nsystem_usec 3392\n')).toBe(8392)
})

test('a cpu.stat that does not tell it is refused', () => {
  expect(() => microsecondsOf('nr_periods 0\n')).toThrow('without usage_usec')
})
