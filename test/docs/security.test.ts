import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

const root = fileURLToPath(new URL('../..', import.meta.url))
const page = readFileSync(`${root}/docs/security.md`, 'utf8')

const rows = page.split('\n').filter((line) => /^\| (?!what |---)/.test(line))

/** Names a file, and words of the titles in it. */
const named = [...page.matchAll(/`(test\/[^`]+)` "([^"]+)"/g)].map(([, file = '', title = '']) => ({ file, title }))

describe('docs/security.md', () => {
  it('names a test for each threat', () => {
    expect(rows.length).toBeGreaterThan(20)
    expect(rows.filter((row) => !/`test\/[^`]+` "[^"]+"/.test(row))).toEqual([])
  })

  it.each(named)('$file has the test "$title"', ({ file, title }) => {
    expect(existsSync(`${root}/${file}`)).toBe(true)
    expect(readFileSync(`${root}/${file}`, 'utf8')).toContain(title)
  })
})
