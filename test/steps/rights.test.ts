import { spawn, spawnSync } from 'node:child_process'
import { chmodSync, chownSync, linkSync, lstatSync, mkdtempSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { setRights } from '../../src/steps/rights.js'
import { asRoot, pythonHere } from '../probes/local.js'

const idOf = (user: string): number => Number(pythonHere(`import pwd; print(pwd.getpwnam("${user}").pw_uid)`))

const give = (path: string, mode = '0640') => {
  const [program, ...args] = setRights(path, 'nobody', mode).argv
  const { status, stderr } = spawnSync(program, args, { encoding: 'utf8' })
  return { status, stderr }
}

const modeOf = (path: string): string => (lstatSync(path).mode & 0o7777).toString(8)

/** Of somebody who is not root, and may do in it what they like. */
const theirFolder = (): string => {
  const folder = mkdtempSync(join(tmpdir(), 'rights-'))
  chownSync(folder, idOf('nobody'), -1)
  return folder
}

describe.runIf(asRoot)('rights (needs root)', () => {
  it('are given to a file and to a folder', () => {
    const folder = theirFolder()
    const file = join(folder, 'notes.db')
    writeFileSync(file, '')
    expect(give(file)).toEqual({ status: 0, stderr: '' })
    expect([lstatSync(file).uid, modeOf(file)]).toEqual([idOf('nobody'), '640'])
    expect(give(folder, '0750').status).toBe(0)
    expect(modeOf(folder)).toBe('750')
  })

  it('are given to nothing that a name leads to, and to nothing that has a second one', () => {
    const folder = theirFolder()
    const outside = join(mkdtempSync(join(tmpdir(), 'outside-')), 'secret')
    writeFileSync(outside, '', { mode: 0o600 })
    symlinkSync(outside, join(folder, 'link'))
    linkSync(outside, join(folder, 'second'))
    spawnSync('mkfifo', [join(folder, 'fifo')])
    for (const name of ['link', 'second', 'fifo', 'missing']) {
      const { status, stderr } = give(join(folder, name))
      expect(status, name).toBe(1)
      expect(stderr).toContain(name)
    }
    expect([lstatSync(outside).uid, modeOf(outside)]).toEqual([0, '600'])
  })

  it('never reach what lies elsewhere, though the name is exchanged a thousand times meanwhile', async () => {
    const folder = theirFolder()
    const outside = join(mkdtempSync(join(tmpdir(), 'outside-')), 'secret')
    writeFileSync(outside, '', { mode: 0o600 })
    const racer = `
import os, sys
os.setuid(${idOf('nobody')})
path, outside = sys.argv[1:]
swaps = 0
while swaps < 1000 or not os.path.exists(path + ".stop"):
    for make in (lambda: os.symlink(outside, path + ".next"), lambda: os.close(os.open(path + ".next", os.O_CREAT))):
        make()
        os.replace(path + ".next", path)
        swaps += 1
print(swaps)`
    chmodSync(join(outside, '..'), 0o755)
    const path = join(folder, 'notes.db')
    const racing = spawn('/usr/bin/python3', ['-c', racer, path, outside], { stdio: ['ignore', 'pipe', 'inherit'] })
    const printed = new Promise<string>((resolve) =>
      racing.stdout.once('data', (text: Buffer) => resolve(String(text))),
    )
    const given = Array.from({ length: 60 }, () => give(path).status)
    writeFileSync(`${path}.stop`, '')
    expect(Number(await printed)).toBeGreaterThanOrEqual(1000)
    // both have been met, or nothing was tried
    expect(new Set(given)).toEqual(new Set([0, 1]))
    expect([lstatSync(outside).uid, modeOf(outside)]).toEqual([0, '600'])
  }, 60_000)
})
