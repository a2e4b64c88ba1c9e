import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Lines } from '../../src/engine/lines.js'

const linesOf = (...pieces: readonly string[]): readonly string[] => {
  const taken: string[] = []
  const lines = new Lines((line) => taken.push(line))
  for (const piece of pieces) lines.push(piece)
  lines.end()
  return taken
}

test('a line is handed on when it is whole, and the last one when the program has ended', () => {
  const taken: string[] = []
  const lines = new Lines((line) => taken.push(line))
  lines.push('Reading')
  expect(taken).toEqual([])
  lines.push(' lists\nDone')
  expect(taken).toEqual(['Reading lists'])
  lines.end()
  expect(taken).toEqual(['Reading lists', 'Done'])
})

test('of a line that overwrites itself what would be left on the screen', () => {
  expect(linesOf('10%\r50%\rUnpacking\r\nlast\r')).toEqual(['Unpacking', 'last'])
})

test('blank lines say nothing', () => {
  expect(linesOf('\n\n a\n  \n')).toEqual([' a'])
})

test('a line that never ends is handed on in parts, and none of it is lost', () => {
  const endless = Array.from({ length: 100 }, () => 'x'.repeat(1000))
  const taken = linesOf(...endless)
  expect(taken.length).toBeGreaterThan(1)
  expect(taken.join('')).toBe(endless.join(''))
})

test('wherever the pieces end, the lines are the same', () => {
  const text = fc.array(fc.constantFrom('a', 'b', '\n', ' '), { maxLength: 40 })
  fc.assert(
    fc.property(text, fc.array(fc.nat(40), { maxLength: 5 }), (letters, cuts) => {
      const whole = letters.join('')
      const places = [0, ...cuts.map((cut) => Math.min(cut, whole.length)), whole.length].sort((one, two) => one - two)
      const pieces = places.map((place, index) => whole.slice(place, places[index + 1] ?? whole.length))
      expect(linesOf(...pieces)).toEqual(whole.split('\n').filter((line) => line.trim() !== ''))
    }),
  )
})
