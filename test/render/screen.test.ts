import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { plainText } from '../../src/render/colour.js'
import { Screen } from '../../src/render/screen.js'
import { signsFor } from '../../src/render/signs.js'
import { MemoryTerminal, widthOf } from '../helpers/terminal.js'

const onTerminal = (columns: number, env: Record<string, string> = { LANG: 'C.UTF-8' }, rows = 50) => {
  const terminal = new MemoryTerminal(columns, rows)
  return { terminal, screen: new Screen(terminal, signsFor(env), plainText) }
}

describe('the screen', () => {
  it('replaces the lines that move, and keeps those that are done', () => {
    const { terminal, screen } = onTerminal(40)
    screen.write('before\n')
    screen.draw(['one', 'two'])
    expect(terminal.hidden).toBe(true)
    screen.draw(['one', 'two', 'three'])
    screen.draw(['four'])
    expect(terminal.text).toBe('before\nfour')
    screen.keep(['done'])
    expect(terminal.hidden).toBe(false)
    screen.write('after\n')
    expect(terminal.text).toBe('before\ndone\nafter')
  })

  it('writes nothing when nothing has moved', () => {
    const { terminal, screen } = onTerminal(40)
    screen.draw(['one'])
    const { written } = terminal
    screen.draw(['one'])
    expect(terminal.written).toBe(written)
  })

  it('puts what is written meanwhile above the lines that move', () => {
    const { terminal, screen } = onTerminal(40)
    screen.draw(['one', 'two'])
    screen.write('stopping\n')
    screen.draw(['one', 'three'])
    expect(terminal.text).toBe('stopping\none\nthree')
  })

  it('cuts a line where the terminal ends, but never what stands behind the tab', () => {
    const { terminal, screen } = onTerminal(20)
    screen.keep(['a line that is too long\t12 s', 'short\t12 s', 'a line that is too long'])
    expect(terminal.text).toBe('a line that i… 12 s\nshort 12 s\na line that is too…')
  })

  it('counts columns and not characters', () => {
    const { terminal, screen } = onTerminal(12)
    screen.keep(['日本語日本語日本語', 'é'.normalize('NFD').repeat(20), '👩‍👩‍👧'.repeat(9), '𠮷'.repeat(20)])
    const [japanese, accents, family, rare] = terminal.text.split('\n')
    expect(japanese).toBe('日本語日本…')
    expect(accents?.normalize('NFC')).toBe('éééééééééé…')
    expect(family).toBe(`${'👩‍👩‍👧'.repeat(5)}…`)
    expect(rare).toMatch(/^𠮷+…$/u)
  })

  it('shows ASCII alone where the locale has nothing else', () => {
    const { terminal, screen } = onTerminal(20, { LANG: 'C' })
    screen.keep(['Grüße 日本', 'a line that is too long'])
    expect(terminal.text).toBe('Gr??e ??\na line that is t...')
  })

  it('shows the last lines where there are more than the terminal has', () => {
    const { terminal, screen } = onTerminal(20, { LANG: 'C' }, 4)
    screen.draw(['1', '2', '3', '4', '5'])
    expect(terminal.text).toBe('3\n4\n5')
    screen.keep(['1', '2', '3', '4', '5'])
    expect(terminal.text).toBe('1\n2\n3\n4\n5')
  })

  it('leaves no rests when the terminal becomes narrower, or wider again', () => {
    const { terminal, screen } = onTerminal(80)
    screen.write('before\n')
    for (const columns of [80, 30, 11, 60]) {
      terminal.resize(columns)
      screen.draw(['a line of more than thirty columns, if there is room', 'a second one that is just as long as that'])
      const lines = terminal.text.split('\n')
      expect(lines).toHaveLength(3)
      expect(lines[0]).toBe('before')
    }
  })

  it('never writes a line that is wider than the terminal, nor half a character', () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'é', '日', '😀', '𠮷', ' '), maxLength: 60 })
    const end = fc.string({ unit: fc.constantFrom('1', 's', '%'), minLength: 1, maxLength: 6 })
    fc.assert(
      fc.property(text, end, fc.integer({ min: 16, max: 60 }), (line, end, columns) => {
        const { terminal, screen } = onTerminal(columns)
        screen.keep([`${line}\t${end}`])
        expect(terminal.text).not.toContain('\n')
        expect(widthOf(terminal.text)).toBeLessThan(columns)
        expect(terminal.written).not.toMatch(/\p{Surrogate}/u)
        expect(terminal.written.endsWith(`${end}\n`)).toBe(true)
      }),
    )
  })
})

describe('whether a terminal shows more than ASCII', () => {
  it.each([
    [{ LANG: 'en_US.UTF-8' }, false],
    [{ LANG: 'de_DE.utf8' }, false],
    [{ LANG: 'C', LC_ALL: 'C.UTF-8' }, false],
    [{ LANG: 'en_US.UTF-8', LC_ALL: 'C' }, true],
    [{ LANG: 'en_US.UTF-8', LC_ALL: '' }, false],
    [{ LANG: 'en_US.UTF-8', LC_CTYPE: 'POSIX' }, true],
    [{ LANG: 'en_US.ISO-8859-1' }, true],
    [{}, true],
  ])('is told by the locale: %j', (env, ascii) => {
    const { ascii: isAscii, ...signs } = signsFor(env)
    expect(isAscii).toBe(ascii)
    const characters = [...Object.values(signs).flat().join('')]
    expect(characters.every((character) => character < '\u007f')).toBe(ascii)
  })
})
