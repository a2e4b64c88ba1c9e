import fc from 'fast-check'
import { expect, test } from 'vitest'
import { safeJson, sanitise, visible } from '../../src/core/sanitise.js'

const unsafe = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/

test('sequences that colour, move, or name a window disappear whole', () => {
  expect(sanitise('\u001b[1;31mred\u001b[0m \u001b]0;title\u0007a\u001b]8;;http://x\u001b\\b \u009b2Jc')).toBe(
    'red ab c',
  )
})

test('newlines and tabs stay, other controls and turns of direction go', () => {
  expect(sanitise('a\tb\r\nc\u0000\u0008\u202ed\u2066')).toBe('a\tb\ncd')
})

test('letters of any script stay as they are', () => {
  expect(sanitise('Прüfung 日本 🙂')).toBe('Прüfung 日本 🙂')
})

test('whatever a host sends, nothing unsafe is left', () => {
  const nasty = fc.string({
    unit: fc.constantFrom('\u001b', '[', ']', '\u009b', '\u0007', '\\', '1', 'm', 'x', '\u202e'),
  })
  fc.assert(
    fc.property(nasty, (text) => {
      expect(sanitise(text)).not.toMatch(unsafe)
      expect(visible(text)).not.toMatch(unsafe)
    }),
  )
})

test('JSON is safe to show and still the same value', () => {
  const value = { name: 'a\u001b[2J\u009b\u202e\u2028' }
  expect(safeJson(value)).not.toMatch(unsafe)
  expect(JSON.parse(safeJson(value))).toEqual(value)
})
