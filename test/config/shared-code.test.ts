import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { describe, expect, it } from 'vitest'
import { SharedCode } from '../../src/config/shared-code.js'
import { readFolderContent } from '../../src/config/source.js'
import { folderWith } from './folders.js'

const folder = (): string => folderWith({ 'app.py': 'app = None\n', 'static/a.css': 'a'.repeat(200_000) })

describe('code for many hosts', () => {
  it('is read once, and its archive is the same as for one', async () => {
    const [top, shared] = [folder(), new SharedCode()]
    const [one, other] = await Promise.all([shared.readFolder(top), shared.readFolder(top)])
    expect(other).toBe(one)
    const wanted = await buffer((await readFolderContent(top)).code.archive.open())
    const [first, second] = await Promise.all([buffer(one.code.archive.open()), buffer(one.code.archive.open())])
    expect(first.equals(wanted)).toBe(true)
    expect(second.equals(wanted)).toBe(true)
    await shared.close()
  })

  it('is packed once: what becomes of the folder afterwards reaches no host', async () => {
    const [top, shared] = [folder(), new SharedCode()]
    const { code } = await shared.readFolder(top)
    const first = await buffer(code.archive.open())
    writeFileSync(join(top, 'app.py'), 'app = 1234\n')
    expect((await buffer(code.archive.open())).equals(first)).toBe(true)
    await shared.close()
  })

  it('is packed once for all hosts that have the same files already', async () => {
    const [top, shared] = [folder(), new SharedCode()]
    const { code } = await shared.readFolder(top)
    expect(code.sparing(new Set(['b', 'a']))).toBe(code.sparing(new Set(['a', 'b'])))
    const spared = code.sparing(new Set())
    expect((await buffer(spared.archive.open())).length).toBe(spared.archive.bytes)
    await shared.close()
  })
})
