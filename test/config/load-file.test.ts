import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { loadFlagsFile } from '../../src/config/load.js'
import { folderWith, makeFifo, refusal, temporaryFolder } from './folders.js'

const valid = `version: 1
host: vagrant@192.0.2.7
site: notes
server-name: notes.example.com
code: {folder: .}
wsgi: notes:app
`

const unreadable = async (path: string): Promise<string> => {
  const error = await refusal(() => loadFlagsFile(path))
  expect(error).toMatchObject({ code: 'CONFIG_UNREADABLE', exitCode: 2, fault: { where: path } })
  return error.fault.what
}

it('a missing file is named', async () => {
  expect(await unreadable(join(temporaryFolder(), 'no.yml'))).toBe('there is no such flags file')
})

it('a folder, a device and a FIFO are refused, and none is waited for', async () => {
  const folder = temporaryFolder()
  makeFifo(join(folder, 'fifo.yml'))
  mkdirSync(join(folder, 'folder.yml'))
  for (const path of [join(folder, 'fifo.yml'), join(folder, 'folder.yml'), '/dev/zero']) {
    expect(await unreadable(path)).toBe('the flags file is not a regular file')
  }
})

it('a file of more than one megabyte is refused', async () => {
  expect(await unreadable(join(folderWith({ 'big.yml': '#'.repeat(1_000_001) }), 'big.yml'))).toContain('1 MB')
})

it('a file that is not UTF-8 is refused', async () => {
  const path = join(temporaryFolder(), 'latin.yml')
  writeFileSync(path, Buffer.from([0x61, 0xe9, 0x3a]))
  expect(await unreadable(path)).toBe('the flags file is not UTF-8 text')
})

it('the mark at the beginning and line ends of Windows do no harm', async () => {
  const path = join(folderWith({ 'f.yml': `\ufeff${valid.replaceAll('\n', '\r\n')}` }), 'f.yml')
  const loaded = await loadFlagsFile(path)
  expect(loaded).toMatchObject({
    file: path,
    directory: join(path, '..'),
    warnings: [],
    flags: { wsgi: 'notes:app' },
  })
})

it.each([
  [0o644, 0],
  [0o664, 1],
  [0o646, 1],
])('a file of mode %o gives %i warnings', async (mode, count) => {
  const path = join(folderWith({ 'f.yml': valid }), 'f.yml')
  chmodSync(path, mode)
  expect((await loadFlagsFile(path)).warnings).toHaveLength(count)
})
