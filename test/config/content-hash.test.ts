import { execFileSync } from 'node:child_process'
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { contentHash, sha256, type HashedEntry } from '../../src/config/content-hash.js'
import { readFolder } from '../../src/config/source.js'
import { folderWith, temporaryFolder, type Tree } from './folders.js'

/** The same algorithm in the language of the host, written from its description. */
const python = `
import hashlib, os, stat, sys
for top in map(os.fsencode, sys.argv[1:]):
    found = []
    for folder, folders, files in os.walk(top):
        for name in folders + files:
            path = os.path.join(folder, name)
            mode = os.lstat(path).st_mode
            if stat.S_ISDIR(mode):
                continue
            if stat.S_ISLNK(mode):
                kind, payload = b'l', os.readlink(path)
            else:
                kind = b'x' if mode & 0o111 else b'f'
                with open(path, 'rb') as file:
                    payload = hashlib.sha256(file.read()).hexdigest().encode()
            found.append((os.path.relpath(path, top), kind, payload))
    whole = hashlib.sha256()
    for path, kind, payload in sorted(found):
        whole.update(kind + b' ' + path + b'\\0' + payload + b'\\n')
    print(whole.hexdigest())
`

const hashesOfHost = (...folders: readonly string[]): readonly string[] =>
  execFileSync('python3', ['-c', python, ...folders], { encoding: 'utf8' })
    .trim()
    .split('\n')

const vectors: readonly (readonly [string, readonly HashedEntry[], string])[] = [
  ['nothing', [], 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'],
  [
    'one file',
    [{ kind: 'f', path: 'app.py', payload: sha256('app = 1\n') }],
    'd8b76584bcc4df69d0606ecd9f9402eae90a5685932420f274da0e9535bed7e7',
  ],
  [
    'an executable, a link, and names beyond U+FFFF in the order of bytes',
    [
      { kind: 'l', path: '\u{1f600}', payload: 'bin/run' },
      { kind: 'f', path: '\uffee', payload: sha256('') },
      { kind: 'x', path: 'bin/run', payload: sha256('#!/bin/sh\n') },
    ],
    'fed1d0b48214f69d3e62af891edd8095e2f729987f3ba80248c4ebca08fdb4da',
  ],
]

it.each(vectors)('the hash of %s stays what it always was', (_, entries, hash) => {
  expect(contentHash(entries)).toBe(hash)
})

it('the order in which files are found does not matter', () => {
  const entries = vectors.flatMap(([, some]) => some)
  expect(contentHash([...entries].reverse())).toBe(contentHash(entries))
})

const trees: readonly (readonly [string, Tree])[] = [
  ['plain files', { 'app.py': 'x', 'a/b/c.txt': '' }],
  ['executable files', { 'bin/run': { run: '#!/bin/sh\n' }, 'bin/data': 'y' }],
  ['links', { 'app.py': 'x', 'a/up': { link: '../app.py' }, dangling: { link: 'nowhere' } }],
  ['names of other scripts', { 'привет.txt': '1', '😀/é.txt': '2', '\uffee': '3', 'e\u0301': '4', ' a ': '5' }],
  ['neighbours of a folder', { 'a/b': '1', 'a-b': '2', 'a.b': '3', a0: '4' }],
  ['empty folders, which do not count', { 'app.py': 'x', empty: null }],
]

it.each(trees)('the host finds the same hash for %s', async (_, tree) => {
  const folder = folderWith(tree)
  expect([(await readFolder(folder)).hash]).toEqual(hashesOfHost(folder))
})

const name = fc.stringMatching(/^[a-zé😀 ([{#!*?'"\\-]{1,8}$/u)
const file = fc.record({ content: fc.uint8Array({ maxLength: 40 }), mode: fc.constantFrom(0o644, 0o755, 0o600, 0o611) })
const link = fc.record({ target: name })
const anyTree = fc.array(fc.tuple(fc.array(name, { minLength: 1, maxLength: 3 }), fc.oneof(file, link)), {
  minLength: 1,
  maxLength: 12,
})

it('the host finds the same hash for two hundred trees of any kind', async () => {
  const folders = fc.sample(anyTree, 200).map((entries) => {
    const folder = temporaryFolder()
    for (const [path, what] of entries) {
      try {
        mkdirSync(dirname(join(folder, ...path)), { recursive: true })
        if ('target' in what) symlinkSync(what.target, join(folder, ...path))
        else writeFileSync(join(folder, ...path), what.content, { mode: what.mode, flag: 'wx' })
      } catch {
        // the name may be there already, as a file or as a folder: the tree is then without this entry
      }
    }
    return folder
  })
  const ours = await Promise.all(folders.map(async (folder) => (await readFolder(folder)).hash))
  expect(ours).toEqual(hashesOfHost(...folders))
})
