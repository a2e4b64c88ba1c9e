import { expect, test } from 'vitest'
import { plainText } from '../../src/render/colour.js'
import { diffLines } from '../../src/render/diff.js'

const numbered = (count: number): string => Array.from({ length: count }, (_, index) => `${index}\n`).join('')

test('three lines around a difference are shown, not the rest of the file', () => {
  const before = numbered(20)
  expect(diffLines({ before, after: before.replace('10\n', 'ten\n') }, plainText)).toEqual([
    '@@ -8,7 +8,7 @@',
    ' 7',
    ' 8',
    ' 9',
    '-10',
    '+ten',
    ' 11',
    ' 12',
    ' 13',
  ])
})

test('a long difference is cut, and says how much is left', () => {
  const lines = diffLines({ before: '', after: numbered(500) }, plainText)
  expect(lines).toHaveLength(201)
  expect(lines.at(-1)).toBe('(301 lines more)')
})

test('a missing newline at the end and a carriage return are seen', () => {
  expect(diffLines({ before: 'a\n', after: 'a\r\nb' }, plainText)).toEqual([
    '@@ -1,1 +1,2 @@',
    '-a',
    '+a\\u000d',
    '+b',
    '\\ No newline at end of file',
  ])
})

test('the same text on both sides, as for a change of mode, has no lines', () => {
  expect(diffLines({ before: 'a\n', after: 'a\n' }, plainText)).toEqual([])
})
