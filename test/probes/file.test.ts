import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { userInfo } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { readFolder } from '../../src/config/source.js'
import { entryAt, fileAt, folderAt, releaseAt, secretFileAt, mountsIn } from '../../src/probes/file.js'
import { folderWith, makeFifo, temporaryFolder, type Tree } from '../config/folders.js'
import { asRoot, askHere } from './local.js'

describe('what lies at a path', () => {
  it('nothing is a value', () => {
    expect(askHere(entryAt('/nowhere/at/all'))).toBeNull()
    expect(askHere(fileAt('/etc/passwd/below-a-file'))).toBeNull()
  })

  it('a file has owner, mode with all four digits, size and times', () => {
    const folder = folderWith({ 'a file': 'hello' })
    const path = join(folder, 'a file')
    chmodSync(path, 0o4750)
    const found = askHere(entryAt(path))
    expect(found).toMatchObject({ kind: 'file', mode: '4750', owner: userInfo().username, size: 5, links: 1 })
    expect(found?.modified).toBeGreaterThan(1_700_000_000_000_000)
    expect(found).not.toHaveProperty('content')
  })

  it('a link is not followed, also when it leads nowhere', () => {
    const folder = folderWith({ there: { link: '/etc/passwd' }, nowhere: { link: 'gone' } })
    expect(askHere(fileAt(join(folder, 'there')))).toMatchObject({ kind: 'link', target: '/etc/passwd' })
    expect(askHere(fileAt(join(folder, 'nowhere')))).toMatchObject({ kind: 'link', target: 'gone' })
  })

  it.runIf(asRoot)('what is mounted at the path itself is told, and what cannot be written', () => {
    const folder = folderWith({ 'a file': '', 'the data/notes.db': '', other: null })
    const [file, data, other] = ['a file', 'the data', 'other'].map((name) => join(folder, name)) as [
      string,
      string,
      string,
    ]
    for (const path of [file, data]) execFileSync('mount', ['--bind', path, path])
    try {
      execFileSync('mount', ['-o', 'remount,bind,ro', data])
      expect(askHere(entryAt(file))).toMatchObject({ kind: 'file', mounted: true })
      expect(askHere(entryAt(data))).toMatchObject({ kind: 'directory', mounted: true, readOnly: true })
      expect(askHere(mountsIn(folder))).toEqual([file, data])
      expect(askHere(mountsIn(data))).toEqual([data])
      expect(askHere(mountsIn(other))).toEqual([])
      for (const path of [other, join(data, 'notes.db')]) {
        expect(askHere(entryAt(path))).not.toHaveProperty('mounted')
        expect(askHere(entryAt(path))).not.toHaveProperty('readOnly')
      }
    } finally {
      for (const path of [file, data]) execFileSync('umount', [path])
    }
  })

  it('folders and FIFOs are told apart, and nobody waits for a FIFO', () => {
    const folder = temporaryFolder()
    makeFifo(join(folder, 'pipe'))
    expect(askHere(fileAt(folder))).toMatchObject({ kind: 'directory' })
    expect(askHere(fileAt(join(folder, 'pipe')))).toMatchObject({ kind: 'other' })
  })

  it('the content of a file comes with its hash, whatever bytes it holds', () => {
    const content = 'grüße\r\n\u2028日本 \\ " \'\n'
    const path = join(folderWith({ file: content }), 'file')
    const sha256 = createHash('sha256').update(content).digest('hex')
    expect(askHere(fileAt(path))).toMatchObject({ content, sha256 })
  })

  it('the content of a secret file stays on the host', () => {
    const path = join(folderWith({ file: 'hunter2' }), 'file')
    const found = askHere(secretFileAt(path))
    expect(found?.sha256).toBe(createHash('sha256').update('hunter2').digest('hex'))
    expect(JSON.stringify(found)).not.toContain(Buffer.from('hunter2').toString('base64'))
    expect(found).not.toHaveProperty('content')
  })

  it('of a large file only the hash comes', () => {
    const path = join(folderWith({ file: 'x'.repeat(262_145) }), 'file')
    expect(askHere(fileAt(path))).toMatchObject({ size: 262_145, sha256: expect.any(String) as unknown })
    expect(askHere(fileAt(path))).not.toHaveProperty('content')
  })
})

describe('the entries of a folder', () => {
  it('come by name, with what they are', () => {
    const folder = folderWith({ 'b.conf': 'x', 'a.load': { link: '../a' }, 'ö dir': null })
    expect(askHere(folderAt(folder)).map(({ name, kind, target }) => [name, kind, target])).toEqual([
      ['a.load', 'link', '../a'],
      ['b.conf', 'file', undefined],
      ['ö dir', 'directory', undefined],
    ])
  })

  it('of a folder that is not there are none', () => {
    expect(askHere(folderAt('/nowhere'))).toEqual([])
    expect(askHere(folderAt('/etc/passwd'))).toEqual([])
  })
})

const tree: Tree = {
  'app.py': 'print("hello")\n',
  'run.sh': { run: '#!/bin/sh\n' },
  'static/grüße.css': 'body {}\n',
  'static/日本/😀.txt': 'x',
  'static/\uffee': 'y',
  'a-b/c': '1',
  'a/b': '2',
  'a.b': '3',
  current: { link: 'app.py' },
  folder: { link: 'static' },
  dangling: { link: 'static/gone' },
  'with space': '',
}

/** A site's folder whose current release is a copy of this tree. */
const site = (content: Tree, target = 'releases/one'): string => {
  const files = Object.entries(content).map(([name, what]) => [`releases/one/${name}`, what] as const)
  const folder = folderWith({ ...Object.fromEntries(files), 'releases/two': null })
  symlinkSync(target, join(folder, 'current'))
  return folder
}

describe('a release', () => {
  it('has on the host the hash that it has at home', async () => {
    const here = await readFolder(folderWith(tree))
    const { tree: there } = askHere(releaseAt(site(tree)))
    expect(there).toMatchObject({ hash: here.hash, files: here.files })
  })

  it('has another hash when a byte, a name, a link or the executable bit differs', async () => {
    const here = await readFolder(folderWith(tree))
    const others: readonly Tree[] = [
      { ...tree, 'app.py': 'print("hallo")\n' },
      { ...tree, 'app.py': { run: 'print("hello")\n' } },
      { ...tree, dangling: { link: 'static/gone2' } },
      { ...tree, 'one more': '' },
    ]
    for (const other of others) expect(askHere(releaseAt(site(other))).tree?.hash).not.toBe(here.hash)
  })

  it('is not changed by the byte code that Python leaves in it', () => {
    const folder = site(tree)
    const before = askHere(releaseAt(folder)).tree
    mkdirSync(join(folder, 'releases/one/__pycache__'))
    writeFileSync(join(folder, 'releases/one/__pycache__/app.cpython-36.pyc'), 'x')
    expect(askHere(releaseAt(folder)).tree).toMatchObject({ hash: before?.hash, files: before?.files })
  })

  it('with a FIFO in it is another one, and nobody waits', () => {
    const folder = site(tree)
    const before = askHere(releaseAt(folder)).tree
    makeFifo(join(folder, 'releases/one/pipe'))
    expect(askHere(releaseAt(folder)).tree?.hash).not.toBe(before?.hash)
  })

  it('that was built is known by what lies beside it, unless that is damaged', () => {
    const folder = site(tree)
    const record = join(folder, 'releases/.one.built')
    expect(askHere(releaseAt(folder)).built).toBeNull()
    writeFileSync(record, JSON.stringify({ mark: 'a', hash: 'b' }))
    expect(askHere(releaseAt(folder)).built).toEqual({ mark: 'a', hash: 'b' })
    for (const damaged of ['', '{', '[]', '{"mark": "a"}']) {
      writeFileSync(record, damaged)
      expect(askHere(releaseAt(folder)).built).toBeNull()
    }
  })

  it('is known by name, and current by its target', () => {
    expect(askHere(releaseAt(site(tree)))).toMatchObject({
      names: ['one', 'two'],
      current: { kind: 'link', target: 'releases/one' },
    })
  })

  it('that was deleted, or never was, is none', () => {
    expect(askHere(releaseAt(site(tree, 'releases/gone'))).tree).toBeNull()
    expect(askHere(releaseAt('/nowhere'))).toEqual({ current: null, names: [], tree: null, built: null, base: null })
  })

  it.runIf(asRoot)("names what is not root's or has another mode; only root can give files away", () => {
    const folder = site({ 'a.py': '', 'b.sh': { run: '' }, link: { link: 'a.py' } })
    chmodSync(folder, 0o755)
    for (const name of ['.', 'releases/one', 'releases/one/b.sh']) chmodSync(join(folder, name), 0o755)
    chmodSync(join(folder, 'releases/one/a.py'), 0o644)
    expect(askHere(releaseAt(folder)).tree?.loose).toEqual([])
    chmodSync(join(folder, 'releases/one/a.py'), 0o664)
    expect(askHere(releaseAt(folder)).tree?.loose).toEqual([join(folder, 'releases/one/a.py')])
  })
})
