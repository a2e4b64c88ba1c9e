import { chmodSync, chownSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs'
import { readFileSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

interface Cache {
  codeOf(chunk: string, source: string): Buffer | undefined
  keep(): void
}

interface Bin {
  readonly CodeCache: new (folder: string | undefined, program: string) => Cache
  readonly ownFolder: (env: Record<string, string>) => string | undefined
  readonly load: (folder: string, main: string, cache: Cache) => unknown
}

const require = createRequire(import.meta.url)
// files of the old kind, which no type knows
const { CodeCache, ownFolder } = require('../../src/bin/code-cache.cjs') as Omit<Bin, 'load'>
const { load } = require('../../src/bin/load.cjs') as Pick<Bin, 'load'>

let home: string
let program: string
let kept: string

/** One run of the program: what it comes to, and how many of its chunks had been compiled before. */
const run = (main = 'main.cjs'): { readonly result: unknown; readonly known: number } => {
  let known = 0
  class Counting extends CodeCache {
    override codeOf(...chunk: Parameters<Cache['codeOf']>): Buffer | undefined {
      const code = super.codeOf(...chunk)
      known += code === undefined ? 0 : 1
      return code
    }
  }
  const cache = new Counting(ownFolder({ HOME: home }), program)
  const result = load(program, main, cache)
  cache.keep()
  return { result, known }
}

const files = (): readonly string[] => readdirSync(kept).filter((name) => name.startsWith('code-'))
const cacheFile = (): string => join(kept, files()[0] ?? '')

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'deploy-flask-code-'))
  program = join(home, 'program')
  kept = join(home, '.cache/deploy-flask')
  mkdirSync(program)
  writeFileSync(join(program, 'main.cjs'), "module.exports = require('./word.cjs').word + typeof require('node:fs')")
  writeFileSync(join(program, 'word.cjs'), "exports.word = 'one '; exports.main = () => require('./main.cjs')")
  writeFileSync(join(program, 'other.cjs'), 'module.exports = 2')
})

afterEach(() => rmSync(home, { recursive: true }))

describe('the program is loaded chunk by chunk', () => {
  it('and compiled once', () => {
    expect(run()).toEqual({ result: 'one object', known: 0 })
    const { ino } = statSync(cacheFile())
    expect(run()).toEqual({ result: 'one object', known: 2 })
    expect(statSync(cacheFile()).ino).toBe(ino)
  })

  it('of several commands, each adds its own', () => {
    run()
    expect(run('other.cjs').known).toBe(0)
    expect([run().known, run('other.cjs').known]).toEqual([2, 1])
  })

  it('and compiled again where a chunk is another, as long as it was', () => {
    run()
    writeFileSync(join(program, 'word.cjs'), "exports.word = 'two '; exports.main = () => require('./main.cjs')")
    expect(run()).toEqual({ result: 'two object', known: 1 })
    expect(run()).toEqual({ result: 'two object', known: 2 })
  })
})

describe('what was compiled is for the account alone', () => {
  it('who else may read none of it', () => {
    run()
    expect(statSync(cacheFile()).mode & 0o777).toBe(0o600)
    expect(statSync(kept).mode & 0o777).toBe(0o700)
  })

  it('what others could have written is not run, but replaced', () => {
    run()
    chmodSync(cacheFile(), 0o666)
    expect(run()).toEqual({ result: 'one object', known: 0 })
    expect(statSync(cacheFile()).mode & 0o777).toBe(0o600)
  })

  it.skipIf(process.getuid?.() !== 0)(
    'nor what belongs to somebody else (skipped without root, who gives it away)',
    () => {
      run()
      chownSync(cacheFile(), 65_534, 65_534)
      expect(run().known).toBe(0)
      chownSync(kept, 65_534, 65_534)
      rmSync(cacheFile())
      expect(run().result).toBe('one object')
      expect(files()).toEqual([])
    },
  )

  it('nor what a link leads to', () => {
    run()
    renameSync(cacheFile(), join(home, 'elsewhere'))
    symlinkSync(join(home, 'elsewhere'), join(kept, 'link'))
    renameSync(join(kept, 'link'), join(kept, nameOf(run)))
    expect(run()).toEqual({ result: 'one object', known: 0 })
  })
})

/** What the file is called: known from a run that has made it. */
const nameOf = (make: () => unknown): string => {
  make()
  const [name = ''] = files()
  return name
}

describe('a cache that is of no use is as good as none', () => {
  it.each([
    ['empty', () => Buffer.alloc(0)],
    ['cut off', (bytes: Buffer) => bytes.subarray(0, bytes.length / 2)],
    ['full of zeros', (bytes: Buffer) => Buffer.alloc(bytes.length)],
    ['damaged', (bytes: Buffer) => Buffer.concat([bytes.subarray(0, -100), Buffer.alloc(100, 7)])],
  ])('%s', (_how, damaged) => {
    run()
    writeFileSync(cacheFile(), damaged(readFileSync(cacheFile())))
    expect(run().result).toBe('one object')
    expect(run()).toEqual({ result: 'one object', known: 2 })
  })

  it('that cannot be written', () => {
    writeFileSync(join(home, '.cache'), 'not a folder')
    expect(run()).toEqual({ result: 'one object', known: 0 })
  })

  it('of installations that are gone, the oldest goes', () => {
    mkdirSync(kept, { recursive: true, mode: 0o700 })
    for (const [age, name] of ['code-1.bin', 'code-2.bin', 'code-3.bin', 'code-4.bin', 'logins.json'].entries()) {
      writeFileSync(join(kept, name), '')
      utimesSync(join(kept, name), 1_000 - age, 1_000 - age)
    }
    run()
    expect(readdirSync(kept)).toHaveLength(5)
    expect(readdirSync(kept)).toEqual(expect.arrayContaining(['code-1.bin', 'code-2.bin', 'code-3.bin', 'logins.json']))
  })
})
