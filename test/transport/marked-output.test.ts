import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { beginMark, endMark } from '../../src/transport/frame.js'
import { MarkedOutput } from '../../src/transport/marked-output.js'

const nonce = 'abc123'
const framed = (noise: string, text: string, status: number): string =>
  `${noise}${beginMark(nonce)}${text}${endMark(nonce)}${status}\n`

describe('output between marks', () => {
  test('is the same however the network cut it, also within a mark', () => {
    const text = fc.string({ unit: 'binary' }).filter((drawn) => !/\p{Surrogate}/u.test(drawn))
    fc.assert(
      fc.property(text, text, fc.integer({ min: 0, max: 255 }), fc.array(fc.nat(60)), (noise, body, status, cuts) => {
        let shown = ''
        const marked = new MarkedOutput(nonce, Infinity, (piece) => (shown += piece))
        let rest = framed(noise, body, status)
        for (const cut of [...cuts, rest.length]) {
          marked.push(rest.slice(0, cut))
          rest = rest.slice(cut)
        }
        expect([marked.text, shown, marked.status]).toEqual([body, body, status])
      }),
    )
  })

  test('does not end before its end mark', () => {
    const marked = new MarkedOutput(nonce, Infinity)
    marked.push(framed('', 'text', 0).slice(0, -1))
    expect(marked.status).toBeUndefined()
    expect(marked.unfinished).toContain('text')
  })

  test('is handed on while it comes, line by line', () => {
    const shown: string[] = []
    const marked = new MarkedOutput(nonce, Infinity, (piece) => shown.push(piece))
    for (const piece of [beginMark(nonce), 'one\n', 'two\n', 'abc', '1', '24\n']) marked.push(piece)
    // What could have been the mark is held back until it turns out not to be.
    expect(shown).toEqual(['one\n', 'two\n', 'abc124\n'])
  })

  test('ends at its end mark, and leaves what follows to the next one', () => {
    const marked = new MarkedOutput(nonce, Infinity)
    marked.push(`${framed('', 'text', 3)}${beginMark('other')}more`)
    expect([marked.text, marked.status, marked.rest]).toEqual(['text', 3, `${beginMark('other')}more`])
  })

  test('gives back the noise before it', () => {
    const marked = new MarkedOutput(nonce, Infinity)
    expect(marked.push(framed('Welcome!\n', '', 0))).toBe('Welcome!\n')
  })

  test('is kept to its last characters, and says so', () => {
    const marked = new MarkedOutput(nonce, 1000)
    marked.push(beginMark(nonce))
    for (let index = 0; index < 100; index++) marked.push('y'.repeat(99) + '\n')
    marked.push(`last${endMark(nonce)}0\n`)
    const [notice, ...lines] = marked.text.split('\n')
    expect(notice).toMatch(/^\[the first \d+ characters of the output were left out\]$/)
    expect(lines.join('\n')).toHaveLength(1000)
    expect(marked.text.endsWith('last')).toBe(true)
    expect(marked.dropped).toBeGreaterThan(8000)
  })
})
