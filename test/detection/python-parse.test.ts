import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parsePython } from '../../src/detection/python-parse.js'
import type { Statement } from '../../src/detection/python-tree.js'

const bodyOf = (text: string): readonly Statement[] => parsePython(text)?.body ?? []
const only = (text: string): Statement => {
  const [statement, ...more] = bodyOf(text)
  if (statement === undefined || more.length > 0) throw new Error(`not one statement: ${text}`)
  return statement
}

describe('the tree of a Python file', () => {
  it('tells all targets of an assignment, and not its annotation', () => {
    expect(only('app: Flask = server = Flask(__name__)')).toMatchObject({
      kind: 'assign',
      targets: [{ name: 'app' }, { name: 'server' }],
      value: { kind: 'call', callee: { name: 'Flask' }, positional: [{ name: '__name__' }] },
    })
    expect(only('app: Flask')).toMatchObject({ kind: 'other' })
    expect(only('a, b = c')).toMatchObject({ targets: [{ kind: 'list', items: [{ name: 'a' }, { name: 'b' }] }] })
  })

  it('tells positional arguments, keywords and what is spread', () => {
    const call = only('f(a, *b, c=d, **e)')
    if (call.kind !== 'other') throw new Error('not an expression')
    const [node] = call.parts
    expect(node).toMatchObject({ kind: 'call', positional: [{ name: 'a' }], spread: [{ name: 'b' }, { name: 'e' }] })
    expect(node?.kind === 'call' ? [...node.keywords.keys()] : []).toEqual(['c'])
  })

  it.each([
    ["'a'", 'a'],
    ['"a\'b"', "a'b"],
    ["'''a\nb'''", 'a\nb'],
    [String.raw`'a\'b\\c\n'`, "a'b\\c\n"],
    [String.raw`r'a\n'`, String.raw`a\n`],
    [String.raw`Rb"a\n"`, String.raw`a\n`],
    ["u'a'", 'a'],
    ["b''", ''],
  ])('reads the string %s', (written, value) => {
    expect(only(`x = ${written}`)).toMatchObject({ value: { kind: 'string', value } })
  })

  it('tells the pieces of f-strings and of strings side by side', () => {
    expect(only(`x = f'a{b!r}c{d:>{width}}' "e"`)).toMatchObject({
      value: {
        kind: 'format',
        pieces: [
          {
            kind: 'format',
            pieces: [{ value: 'a' }, { name: 'b' }, { value: 'c' }, { name: 'd' }],
          },
          { value: 'e' },
        ],
      },
    })
  })

  it.each([
    ['import a.b, c as d', { level: 0, names: [{ name: 'a.b' }, { name: 'c', as: 'd' }] }],
    ['from a.b import (c, d as e,)', { from: 'a.b', level: 0, names: [{ name: 'c' }, { name: 'd', as: 'e' }] }],
    ['from . import a', { from: '', level: 1, names: [{ name: 'a' }] }],
    ['from ...a import *', { from: 'a', level: 3, names: [{ name: '*' }] }],
  ])('reads %s', (text, expected) => {
    const { line, text: written, ...rest } = only(text)
    expect([line, written]).toEqual([1, text])
    expect(rest).toEqual({ kind: 'import', ...expected })
  })

  it('tells decorators, parameters and bases', () => {
    expect(bodyOf('@a.b("c")\n@d\nasync def f(x, y=1, *z, k, **more):\n    return x\n')).toMatchObject([
      {
        kind: 'function',
        name: 'f',
        isAsync: true,
        line: 3,
        decorators: [
          { kind: 'call', callee: { kind: 'attribute', name: 'b', of: { name: 'a' } }, positional: [{ value: 'c' }] },
          { kind: 'name', name: 'd' },
        ],
        parameters: [
          { name: 'x', star: '' },
          { name: 'y', star: '', default: { text: '1' } },
          { name: 'z', star: '*' },
          { name: 'k', star: '' },
          { name: 'more', star: '**' },
        ],
        body: [{ kind: 'return', value: { name: 'x' } }],
      },
    ])
    expect(only('class A(B, metaclass=C): pass')).toMatchObject({ kind: 'class', name: 'A', bases: [{ name: 'B' }] })
  })

  it('tells the branches of if, and the parts of try', () => {
    expect(only('if a:\n    b = 1\nelif c:\n    d = 1\nelse:\n    e = 1\n')).toMatchObject({
      test: { name: 'a' },
      body: [{ targets: [{ name: 'b' }] }],
      otherwise: [
        {
          kind: 'if',
          test: { name: 'c' },
          body: [{ targets: [{ name: 'd' }] }],
          otherwise: [{ targets: [{ name: 'e' }] }],
        },
      ],
    })
    const text =
      'try:\n    a = 1\nexcept X as x:\n    b = 1\nexcept:\n    c = 1\nelse:\n    d = 1\nfinally:\n    e = 1\n'
    expect(only(text)).toMatchObject({
      body: [{ targets: [{ name: 'a' }] }],
      handlers: [[{ targets: [{ name: 'b' }] }], [{ targets: [{ name: 'c' }] }]],
      rest: [{ targets: [{ name: 'd' }] }, { targets: [{ name: 'e' }] }],
    })
  })

  it('counts lines as editors do', () => {
    expect(bodyOf('\ufeffa = 1\r\n\r\nb = 2\r# c\n\fd = 3\n').map(({ line }) => line)).toEqual([1, 3, 5])
  })
})

describe('what is said about the language', () => {
  const remarks = (text: string) =>
    (parsePython(text)?.remarks ?? []).map(({ kind, since, line }) => [kind, since, line])

  it.each([
    ['print "a"', ['python 2', undefined, 1]],
    ['print >>f, "a"', ['python 2', undefined, 1]],
    ['raise ValueError, "a"', ['python 2', undefined, 1]],
    ['if a <> b: pass', ['python 2', undefined, 1]],
    ['try:\n  pass\nexcept A, b:\n  pass', ['python 2', undefined, 3]],
    ['def f(a, /): pass', ['newer', '3.8', 1]],
    ['if (a := b): pass', ['newer', '3.8', 1]],
    ['type A = int', ['newer', '3.12', 1]],
    ['a = 1\ndef f(:\n  pass', ['not python', undefined, 2]],
  ])('%j', (text, expected) => {
    expect(remarks(text)[0]).toEqual(expected)
  })

  it.each([
    'print("a")',
    'x = print',
    'def f(a,): pass',
    'def f(a=1 / 2, *, b): pass',
    'x = yield',
    'with a as (b, c): pass',
    'x = 1. / 3',
    'x = (yield)\n',
    'async def f():\n    return [x async for x in y]',
    '@a.b\ndef f(): pass',
  ])('nothing about %j', (text) => {
    expect(remarks(text)).toEqual([])
  })
})

describe('whatever the file holds', () => {
  it('it is read, or not, and nothing is thrown', () => {
    const words = [
      '(',
      ')',
      '[',
      '{',
      ':',
      '\n',
      '    ',
      'def f',
      'if ',
      'else',
      '"""',
      "f'{",
      '=',
      'a.b',
      ',',
      '\\',
      '*',
      '@',
    ]
    const tokens = fc.array(fc.constantFrom(...words), { maxLength: 60 }).map((parts) => parts.join(''))
    fc.assert(
      fc.property(fc.oneof(tokens, fc.string({ unit: 'binary', maxLength: 200 })), (text) => {
        expect(parsePython(text)?.body).toBeInstanceOf(Array)
      }),
      { numRuns: 500 },
    )
  })

  it.each([
    ['open brackets', '[{('.repeat(300_000)],
    ['open brackets on many lines', '[\n'.repeat(50_000)],
    ['a long chain', `x = ${'a + '.repeat(50_000)}b`],
    ['a long chain of attributes', `x = a${'.b'.repeat(50_000)}`],
    ['many not', `x = ${'not '.repeat(50_000)}b`],
    ['many elif', `if a: pass\n${'elif b: pass\n'.repeat(5_000)}`],
    ['deep blocks', Array.from({ length: 500 }, (_, index) => `${' '.repeat(index)}if a:`).join('\n')],
    ['quotes', "'''\"".repeat(50_000)],
  ])('%s are no danger', (_, text) => {
    expect(() => parsePython(text)).not.toThrow()
  })
})
