import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { directive, literally, rendered, section, type Argument } from '../../src/templates/apache.js'
import { parseApacheConfig } from '../helpers/apache-config.js'

const lineOf = (...args: readonly Argument[]): string => rendered([directive('SetEnv', args, 'a test')])

const readBack = (text: string): readonly string[] | undefined => parseApacheConfig(text)[0]?.args

describe('an argument is quoted where Apache needs it', () => {
  it.each([
    ['plain', 'plain'],
    ['/srv/shop/current', '/srv/shop/current'],
    ['^/([^/]+\\.css)$', '^/([^/]+\\.css)$'],
    ['\\.(py|pyc)$', '\\.(py|pyc)$'],
    ['%{GLOBAL}', '%{GLOBAL}'],
    ['', '""'],
    ['two words', '"two words"'],
    ['#no comment', '"#no comment"'],
    ['-', '"-"'],
    ["it's", '"it\'s"'],
    ['say "so"', '"say \\"so\\""'],
    ['a\\', '"a\\\\"'],
    ['a\\\\b', '"a\\\\\\b"'],
    ['\\"', '"\\\\\\""'],
    ['a>b', '"a>b"'],
  ])('%s is written as %s', (argument, written) => {
    expect(lineOf('A', argument)).toBe(`SetEnv A ${written}\n`)
    expect(readBack(lineOf('A', argument))).toEqual(['A', argument])
  })

  it('whatever it holds, it is read back as it was; but for control characters and ${, which nobody can write', () => {
    const characters = fc.oneof(
      {
        weight: 3,
        arbitrary: fc.constantFrom(
          '\\',
          '"',
          "'",
          ' ',
          '#',
          '<',
          '>',
          '$',
          '{',
          '}',
          '%',
          '-',
          'a',
          '\u00a0',
          '\u2028',
        ),
      },
      fc.string({ unit: 'grapheme', minLength: 1, maxLength: 1 }),
    )
    const text = fc
      .array(characters, { maxLength: 12 })
      .map((parts) => parts.join(''))
      .filter((it) => !/[\p{Cc}\p{Cs}]|\$\{/u.test(it))
    fc.assert(
      fc.property(fc.array(text, { minLength: 1, maxLength: 4 }), text, (args, of) => {
        const tree = parseApacheConfig(rendered([section('If', [of], 'a test', [directive('Set', args, 'a test')])]))
        expect(tree).toEqual([{ name: 'If', args: [of], inside: [{ name: 'Set', args }] }])
      }),
      { numRuns: 2000 },
    )
  })

  it.each(['a\nb', 'a\r', '\0', '\t', '\u0085', '\ud800', '${HOME}', 'a${'])('%j is refused', (argument) => {
    expect(() => lineOf('A', argument)).toThrow('a value cannot stand in an Apache file')
  })

  it('what Apache itself is to expand is written as it is, unless it would not stay on its line', () => {
    expect(lineOf({ as: '${APACHE_LOG_DIR}/x.log' }, { as: '%{X}' })).toBe('SetEnv ${APACHE_LOG_DIR}/x.log %{X}\n')
    for (const as of ['a\nb', 'a\\', 'a\\\\', '\0']) {
      expect(() => lineOf({ as })).toThrow('a value cannot stand in an Apache file')
    }
  })
})

describe('the layout', () => {
  it('sections are indented, and a long line goes on in the next one', () => {
    const words = Array.from({ length: 30 }, (_, index) => `word-${index}`)
    expect(rendered([section('Directory', ['/x'], 'x', [directive('Options', words, 'x')])])).toMatchInlineSnapshot(`
      "<Directory /x>
          Options word-0 word-1 word-2 word-3 word-4 word-5 word-6 word-7 word-8 word-9 word-10 word-11 \\
              word-12 word-13 word-14 word-15 word-16 word-17 word-18 word-19 word-20 word-21 word-22 \\
              word-23 word-24 word-25 word-26 word-27 word-28 word-29
      </Directory>
      "
    `)
  })

  it('neither a directive nor a section has a line of more than 100 columns, unless a word is longer', () => {
    const word = fc.stringMatching(/^[a-z]{1,120}$/)
    fc.assert(
      fc.property(fc.array(word, { minLength: 1, maxLength: 30 }), (words) => {
        const text = rendered([section('VirtualHost', words, 'x', [directive('Require', words, 'x')])])
        expect(parseApacheConfig(text)).toEqual([
          { name: 'VirtualHost', args: words, inside: [{ name: 'Require', args: words }] },
        ])
        for (const line of text.split('\n')) {
          // indentation, the bracket of a section and the backslash
          if (line.length > 103) expect(line.trim().replace(/ \\$|>$/g, '')).not.toContain(' ')
        }
      }),
    )
  })

  it('an explanation is a comment above, and cannot become anything else', () => {
    const nodes = [section('Directory', ['/x'], 'root: the folder', [directive('Options', ['None'], 'root: nothing')])]
    expect(rendered(nodes, (because) => because)).toBe(
      '# root: the folder\n<Directory /x>\n    # root: nothing\n    Options None\n</Directory>\n',
    )
    for (const because of ['a\nOptions All', 'a\\']) {
      expect(() => rendered([directive('Options', ['None'], because)], (told) => told)).toThrow(RangeError)
    }
  })
})

it('a path as a regular expression matches nothing but itself', () => {
  const path = '/srv/a.b+c/~x-(y)/$1'
  expect(new RegExp(`^${literally(path)}$`).test(path)).toBe(true)
  expect(new RegExp(`^${literally(path)}$`).test(path.replace('.', 'x'))).toBe(false)
})
