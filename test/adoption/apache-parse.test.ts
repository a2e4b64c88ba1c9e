import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { everyWritten, NotApache, parseApache } from '../../src/adoption/apache-parse.js'

const read = (text: string): readonly (readonly [number, string, readonly string[]])[] =>
  [...everyWritten(parseApache(text))].map(({ line, name, args }) => [line, name, args])

describe('a configuration file of Apache', () => {
  it('is directives and sections, with their lines', () => {
    expect(read('# comment\nListen 80\n\n<VirtualHost *:80>\n  ServerName a.test\r\n</VirtualHost >\n')).toEqual([
      [2, 'Listen', ['80']],
      [4, 'VirtualHost', ['*:80']],
      [5, 'ServerName', ['a.test']],
    ])
  })

  it('has words in quotes, in which a backslash hides a quote', () => {
    expect(read(String.raw`A "one two" 'three "four"' fi"ve "si\"x" "se\\ven" ""`)).toEqual([
      [1, 'A', ['one two', 'three "four"', 'fi"ve', 'si"x', String.raw`se\ven`, '']],
    ])
  })

  it('goes on in the next line behind a backslash, also in a comment', () => {
    expect(read('A one \\\n  two\n# B \\\nC three\nD four\\')).toEqual([
      [1, 'A', ['one', 'two']],
      [5, 'D', ['four']],
    ])
  })

  it.each([
    ['a section that does not end', '<VirtualHost *:80>\nServerName a\n', '<VirtualHost> does not end', 1],
    ['an end without a beginning', 'A\n</VirtualHost>', '</VirtualHost> ends what did not begin', 2],
    ['sections that end crosswise', '<A x>\n<B y>\n</A>\n</B>', '</A> ends what did not begin', 3],
    ['sections in sections without end', '<A x>\n'.repeat(100), 'sections lie in each other more than 16 deep', 17],
    ['more lines than any file has', 'A b\n'.repeat(20_001), 'it has more than 20000 lines', 20_000],
  ])('is refused: %s', (_, text, why, line) => {
    expect(() => parseApache(text)).toThrow(NotApache)
    expect(() => parseApache(text)).toThrow(why)
    try {
      parseApache(text)
    } catch (error) {
      expect(error).toMatchObject({ line })
    }
  })

  it('whatever it holds, it is read or refused, and quickly', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'<>/"\'\\\n A#$ {}%'), maxLength: 400 }), (text) => {
        try {
          parseApache(text)
        } catch (error) {
          expect(error).toBeInstanceOf(NotApache)
        }
      }),
    )
    expect(read(`A ${'"'.repeat(100_000)}`)).toHaveLength(1)
    expect(read(`A "${'\\'.repeat(99_999)}x`)).toHaveLength(1)
  })
})
