import { execFileSync } from 'node:child_process'
import { chmodSync, mkdirSync, readFileSync, readdirSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { describe, expect, it } from 'vitest'
import { sha256 } from '../../src/config/content-hash.js'
import { readFolder } from '../../src/config/source.js'
import type { FolderCode } from '../../src/core/site.js'
import { folderWith, makeFifo, refusal, temporaryFolder, type Tree } from './folders.js'

const listed = async (code: FolderCode): Promise<readonly string[]> =>
  execFileSync('tar', ['--quoting-style=literal', '--full-time', '--utc', '-tvf', '-'], {
    input: await buffer(code.archive.open()),
    env: { ...process.env, LC_ALL: 'C.UTF-8' },
    encoding: 'utf8',
  })
    .trimEnd()
    .split('\n')
    .map((line) => line.replace(/ +/g, ' '))

const tree = {
  'app.py': 'app = 1\n',
  'bin/run': { run: '#!/bin/sh\n' },
  'static/привет 😀.css': 'a {}',
  'static/link.css': { link: 'привет 😀.css' },
  [`long/${'d'.repeat(120)}/${'f'.repeat(200)}`]: 'deep',
  empty: null,
} satisfies Tree

it('the archive holds root-owned entries without time, parents first, in the order of bytes', async () => {
  const code = await readFolder(folderWith(tree), { now: new Date('2026-11-24T20:13:00.500Z') })
  const at = '1970-01-01 00:00:00'
  expect(await listed(code)).toEqual([
    `-rw-r--r-- root/root 8 ${at} app.py`,
    `drwxr-xr-x root/root 0 ${at} bin`,
    `-rwxr-xr-x root/root 10 ${at} bin/run`,
    `drwxr-xr-x root/root 0 ${at} long`,
    `drwxr-xr-x root/root 0 ${at} long/${'d'.repeat(120)}`,
    `-rw-r--r-- root/root 4 ${at} long/${'d'.repeat(120)}/${'f'.repeat(200)}`,
    `drwxr-xr-x root/root 0 ${at} static`,
    expect.stringMatching(/ static\/link\.css -> привет 😀\.css$/),
    `-rw-r--r-- root/root 4 ${at} static/привет 😀.css`,
  ])
  expect(code).toMatchObject({ kind: 'folder', files: 5, bytes: 26, stamp: '20261124T201300Z' })
})

it('how long the archive will be is known beforehand', async () => {
  for (const folder of [tree, { 'app.py': 'x'.repeat(100_000), 'a/b/c.py': '', 'a/b/d.py': 'y'.repeat(512) }]) {
    const { archive } = await readFolder(folderWith(folder))
    expect(archive.bytes).toBe((await buffer(archive.open())).length)
  }
})

it('the archive unpacks to a folder with the same hash', async () => {
  const code = await readFolder(folderWith(tree))
  const target = temporaryFolder()
  execFileSync('tar', ['-xpf', '-', '-C', target], { input: await buffer(code.archive.open()) })
  expect((await readFolder(target)).hash).toBe(code.hash)
})

it('the archive can be opened again, and has the same bytes whatever the times and other mode bits', async () => {
  const folder = folderWith(tree)
  const code = await readFolder(folder)
  const first = await buffer(code.archive.open())
  utimesSync(join(folder, 'app.py'), 1, 1)
  chmodSync(join(folder, 'app.py'), 0o600)
  expect(sha256(await buffer(code.archive.open()))).toBe(sha256(first))
})

it('names that differ in case only, or in how an accent is written, are different files: none is lost on the way', async () => {
  const names = ['README.md', 'readme.md', 'Static/a.css', 'static/a.css', 'static/A.css', 'caf\u00e9', 'cafe\u0301']
  const folder = folderWith(Object.fromEntries(names.map((name) => [name, `of ${name}\n`])))
  const code = await readFolder(folder)
  expect(code.files).toBe(names.length)
  const target = temporaryFolder()
  execFileSync('tar', ['-xpf', '-', '-C', target], { input: await buffer(code.archive.open()) })
  for (const name of names) expect(readFileSync(join(target, name), 'utf8')).toBe(`of ${name}\n`)
  expect((await readFolder(target)).hash).toBe(code.hash)
})

it('a file that disappears while it is sent is an error, not a smaller release', async () => {
  const folder = folderWith({ 'app.py': '1', 'b.py': '2' })
  const code = await readFolder(folder)
  execFileSync('rm', [join(folder, 'b.py')])
  await expect(buffer(code.archive.open())).rejects.toThrow(/ENOENT/)
})

it('paths that must stay at home are not sent', async () => {
  const folder = folderWith({ 'app.py': '1', 'deploy-flask.yml': '2', 'secret.txt': '3' })
  const code = await readFolder(folder, { leaveOut: [join(folder, 'deploy-flask.yml'), join(folder, 'secret.txt')] })
  expect(code.files).toBe(1)
})

describe('symbolic links', () => {
  it.each(['app.py', '../app.py', './app.py', '../sub', 'nowhere', '../..name'])('%s may be sent', async (link) => {
    await expect(readFolder(folderWith({ 'app.py': '', 'sub/link': { link } }))).resolves.toMatchObject({ files: 2 })
  })

  it.each(['/etc/passwd', '../../outside', '..//../outside', 'a/../../..', 'a/../b', 'x/..', 'a\nb'])(
    '%j is refused, and the link is named',
    async (link) => {
      const error = await refusal(() => readFolder(folderWith({ 'app.py': '', 'sub/link': { link } })))
      expect(error.code).toBe('SOURCE_UNSENDABLE')
      expect(error.fault.where).toContain('/sub/link -> ')
    },
  )
})

describe('what cannot be sent is refused with its place', () => {
  const place = async (folder: string): Promise<string | undefined> => {
    const error = await refusal(() => readFolder(folder))
    expect(error).toMatchObject({
      code: expect.stringMatching(/^(SOURCE_UNSENDABLE|PROJECT_UNREADABLE)$/) as unknown,
      exitCode: 2,
    })
    expect(error.fault.remedy).not.toBe('')
    return error.fault.where
  }

  it('a folder that does not exist', async () => {
    const folder = join(temporaryFolder(), 'nowhere')
    expect(await place(folder)).toBe(folder)
  })

  it('a file instead of a folder', async () => {
    const file = join(folderWith({ 'app.py': '' }), 'app.py')
    expect(await place(file)).toBe(file)
  })

  it.each<readonly [string, Tree]>([
    ['is empty', {}],
    ['holds nothing but ignored files', { 'app.pyc': '', '.deployignore': '' }],
    ['holds nothing but empty folders', { a: null }],
  ])('a folder that %s', async (_, content) => {
    const folder = folderWith(content)
    expect(await place(folder)).toBe(folder)
  })

  it('a FIFO', async () => {
    const folder = folderWith({ 'app.py': '' })
    makeFifo(join(folder, 'pipe'))
    expect(await place(folder)).toBe(join(folder, 'pipe'))
  })

  it('a socket, unless it is left out', async () => {
    const folder = folderWith({ 'app.py': '' })
    const server = createServer()
    await new Promise<void>((listening) => server.listen(join(folder, 's'), listening))
    expect(await place(folder)).toBe(join(folder, 's'))
    writeFileSync(join(folder, '.deployignore'), '/s\n')
    await expect(readFolder(folder)).resolves.toMatchObject({ files: 1 })
    server.close()
  })

  it('a name that is not UTF-8, unless it is left out', async () => {
    const folder = folderWith({ 'app.py': '' })
    writeFileSync(Buffer.concat([Buffer.from(`${folder}/caf`), Buffer.from([0xe9]), Buffer.from('.txt')]), '')
    expect(await place(folder)).toBe(join(folder, 'caf\ufffd.txt'))
    writeFileSync(join(folder, '.deployignore'), '*.txt\n')
    await expect(readFolder(folder)).resolves.toMatchObject({ files: 1 })
  })

  it('a name with a line end in it, which is shown without one', async () => {
    const folder = folderWith({ 'app.py': '', 'a\nb': '' })
    expect(await place(folder)).toBe(join(folder, 'a\\u{000a}b'))
  })

  it.skipIf(process.getuid?.() === 0)('a file that cannot be read (root can read every file)', async () => {
    const folder = folderWith({ 'app.py': '', 'locked.py': '' })
    chmodSync(join(folder, 'locked.py'), 0)
    expect(await place(folder)).toBe(join(folder, 'locked.py'))
  })
})

it('reads five thousand files', async () => {
  const folder = temporaryFolder()
  for (let index = 0; index < 50; index++) {
    mkdirSync(join(folder, `d${index}`))
    for (let file = 0; file < 100; file++) writeFileSync(join(folder, `d${index}`, `f${file}.py`), `${index} ${file}\n`)
  }
  writeFileSync(join(folder, '.gitignore'), '*.log\nbuild/\n/x\n')
  expect((await readFolder(folder)).files).toBe(5001)
})

it('reading a folder changes nothing in it', async () => {
  const folder = folderWith(tree)
  const before = readdirSync(folder).map((name) => statSync(join(folder, name)).ctimeMs)
  await readFolder(folder)
  expect(readdirSync(folder).map((name) => statSync(join(folder, name)).ctimeMs)).toEqual(before)
})
