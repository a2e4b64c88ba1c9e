import { createHash } from 'node:crypto'
import { existsSync, lstatSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseListing, usualLimits, type Listed } from '../../src/repository/listing.js'
import { lineOf, readBack } from '../../src/repository/read-back.js'
import { writeFiles } from '../../src/repository/write-files.js'
import { refusal, temporaryFolder } from '../config/folders.js'

const idOf = (content: Buffer): string =>
  createHash('sha1').update(`blob ${content.length}\0`).update(content).digest('hex')

const entry = (path: string, content: Buffer, kind: Listed['kind'] = 'file'): Listed => ({
  kind,
  id: idOf(content),
  bytes: content.length,
  path,
})

/** What git prints, in pieces as they may come. */
async function* printed(contents: readonly Buffer[], piece: number): AsyncGenerator<Buffer> {
  const whole = Buffer.concat(
    contents.map((content) =>
      Buffer.concat([Buffer.from(`${idOf(content)} blob ${content.length}\n`), content, Buffer.from('\n')]),
    ),
  )
  for (let at = 0; at < whole.length; at += piece) yield await Promise.resolve(whole.subarray(at, at + piece))
}

describe('files as git prints them', () => {
  it('are written byte by byte, in whatever pieces they come', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.uint8Array({ maxLength: 300 }), { minLength: 1, maxLength: 8 }),
        fc.integer({ min: 1, max: 400 }),
        async (bytes, piece) => {
          const folder = temporaryFolder()
          const contents = bytes.map((one) => Buffer.from(one))
          const entries = contents.map((content, index) => entry(`a/${index}`, content))
          await writeFiles(folder, entries, printed(contents, piece))
          expect((await readBack(folder, 'a'.repeat(40))).lines).toEqual(entries.map(lineOf).sort())
        },
      ),
      { numRuns: 60 },
    )
  })

  it('end where git ends: the rest of a file is not made up', async () => {
    const content = Buffer.from('app = 1\n')
    const [whole] = [printed([content], 5)]
    const { value } = (await whole.next()) as { value: Buffer }
    async function* cut() {
      yield await Promise.resolve(value)
    }
    await expect(writeFiles(temporaryFolder(), [entry('app.py', content)], cut())).rejects.toThrow(
      /ended in the middle/,
    )
  })

  it('are others than were asked for: not written', async () => {
    const folder = temporaryFolder()
    const [asked, told] = [Buffer.from('a'), Buffer.from('b')]
    await expect(writeFiles(folder, [entry('app.py', asked)], printed([told], 9))).rejects.toThrow(/^git told /)
    expect(existsSync(join(folder, 'app.py'))).toBe(false)
  })

  it('are not written through a link that comes with them, nor over what is there', async () => {
    const outside = join(temporaryFolder(), 'outside')
    writeFileSync(outside, 'as it was')
    const contents = [Buffer.from(outside), Buffer.from('hacked')]
    const [link, file] = contents
    if (link === undefined || file === undefined) throw new Error('two are there')
    const folder = temporaryFolder()
    const entries = [entry('x', link, 'link'), entry('x', file)]
    await expect(writeFiles(folder, entries, printed(contents, 64))).rejects.toMatchObject({ code: 'EEXIST' })
    expect(lstatSync(join(folder, 'x')).isFile()).toBe(true)
    expect(readFileSync(outside, 'utf8')).toBe('as it was')
  })
})

describe('a listing', () => {
  const line = (path: string, mode = '100644') => `${mode} blob ${'a'.repeat(40)}       3\t${path}\0`

  it('is what git prints', () => {
    const text = `${line('a\nb')}${line('run', '100755')}${line('old', '100664')}160000 commit ${'b'.repeat(40)}       -\tvendor\0`
    expect(parseListing(text, 'u', usualLimits)).toMatchObject([
      { kind: 'file', path: 'a\nb', bytes: 3 },
      { kind: 'executable', path: 'run' },
      { kind: 'file', path: 'old' },
      { kind: 'submodule', path: 'vendor', bytes: 0 },
    ])
  })

  it.each(['../x', 'a/../../x', '/etc/x', 'a//b', './a', 'a/.', '.git/config', 'a/.GIT/hooks/x'])(
    'must not hold the name %s',
    async (path) => {
      expect((await refusal(() => parseListing(line(path), 'u', usualLimits))).code).toBe('SOURCE_UNSENDABLE')
    },
  )
})
