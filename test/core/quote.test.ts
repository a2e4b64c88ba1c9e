import { execFileSync } from 'node:child_process'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { quote, quoteArgv } from '../../src/core/quote.js'

/** What a real shell makes of a line, one argument after the other. */
const argumentsIn = (shell: string, line: string): string[] => {
  const output = execFileSync(shell, ['-c', `printf '%s\\0' ${line}`], { encoding: 'utf8' })
  return output.split('\0').slice(0, -1)
}

const nasty = [
  '',
  ' ',
  "'",
  '"',
  "'\"'\"'",
  '\\',
  'a\\',
  'a\nb',
  '\r\n',
  '-n',
  '--',
  '$(id)',
  '`id`',
  '${HOME}',
  '~',
  '*',
  '!!',
  'é',
  '😀',
  'a=b',
  '\u0001\u007f',
  '{a,b}',
  '# x',
  '%s',
]

describe.each(['dash', 'bash'])('an argument that was quoted, in %s', (shell) => {
  test('is the same after the shell has read it, for all the nasty ones', () => {
    expect(argumentsIn(shell, quoteArgv(nasty))).toEqual(nasty)
  })

  test('is the same after the shell has read it, whatever it is', () => {
    const anything = fc.string({ unit: 'binary' }).filter((text) => !/[\0\p{Surrogate}]/u.test(text))
    fc.assert(
      fc.property(fc.array(anything, { minLength: 1, maxLength: 20 }), (argv) => {
        expect(argumentsIn(shell, quoteArgv(argv))).toEqual(argv)
      }),
      { numRuns: 150 },
    )
  })
})

test('an argument that says nothing special stays as it is', () => {
  expect(quoteArgv(['a2enmod', '-q', '/etc/apache2/x.conf', 'pip==20.3.4'])).toBe(
    "a2enmod -q /etc/apache2/x.conf 'pip==20.3.4'",
  )
})

test.each(['a\0b', '\ud800'])('an argument that no program can be given is refused: %j', (argument) => {
  expect(() => quote(argument)).toThrow('NUL character or half a character')
})
