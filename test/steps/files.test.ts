import { execFileSync, spawnSync } from 'node:child_process'
import { chmodSync, existsSync, lstatSync, mkdirSync, readFileSync, readdirSync, readlinkSync, rmSync } from 'node:fs'
import { symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Command } from '../../src/core/command.js'
import { Secret } from '../../src/core/secret.js'
import { accessChange, removeFile, restoreFile, takeBack, writeFile, type Access } from '../../src/steps/files.js'
import type { Entry } from '../../src/probes/file.js'
import { temporaryFolder } from '../config/folders.js'

/** Whoever runs the tests: only root can give a file to somebody else. */
const [owner = '', group = ''] = ['-un', '-gn'].map((option) =>
  execFileSync('id', [option], { encoding: 'utf8' }).trim(),
)
const access = (mode: string): Access => ({ owner, group, mode })

const entry: Entry = { kind: 'file', mode: '0644', owner, group, size: 1, links: 1, changed: 1, modified: 1 }

/** Runs the command as it stands, but with its place for kept files inside the folder of the test. */
const run = (folder: string, { argv, stdin }: Command) => {
  const text = stdin instanceof Secret ? stdin.reveal() : stdin
  const here = argv.map((word) => word.replace('/var/lib/deploy-flask/undo', join(folder, 'undo')))
  const input = typeof text === 'string' ? text : ''
  return spawnSync(here[0] ?? '', here.slice(1), { input, encoding: 'utf8' })
}

const scene = () => {
  const folder = temporaryFolder()
  mkdirSync(join(folder, 'etc'))
  const path = join(folder, 'etc/site.conf')
  return {
    path,
    write: (content: string | Secret, mode = '0644') => run(folder, writeFile(path, content, access(mode))).status,
    restore: (before: Entry | null) => run(folder, restoreFile(path, before)).status,
    is: () => [readFileSync(path, 'utf8'), (lstatSync(path).mode & 0o7777).toString(8)],
    beside: () => readdirSync(join(folder, 'etc')),
    folder,
  }
}

describe('writing a file', () => {
  it('makes it with its content and mode, and leaves nothing beside it', () => {
    const { write, is, beside } = scene()
    expect(write('grüße\n\\n %s $HOME `id`\n')).toBe(0)
    expect(is()).toEqual(['grüße\n\\n %s $HOME `id`\n', '644'])
    expect(beside()).toEqual(['site.conf'])
  })

  it('replaces it whole, with the new mode whatever the old one was', () => {
    const { write, is, path } = scene()
    writeFileSync(path, 'a long old text')
    chmodSync(path, 0o777)
    expect(write('new', '0640')).toBe(0)
    expect(is()).toEqual(['new', '640'])
  })

  it('replaces a link, not what it leads to', () => {
    const { write, path, folder } = scene()
    const other = join(folder, 'other')
    writeFileSync(other, 'mine')
    symlinkSync(other, path)
    expect(write('new')).toBe(0)
    expect(lstatSync(path).isSymbolicLink()).toBe(false)
    expect(readFileSync(other, 'utf8')).toBe('mine')
  })

  it('writes a secret without showing it', () => {
    const { write, is, path } = scene()
    const secret = new Secret('hunter2')
    expect(write(secret, '0600')).toBe(0)
    expect(is()).toEqual(['hunter2', '600'])
    expect(JSON.stringify(writeFile(path, secret, access('0600')))).not.toContain('hunter2')
  })

  it('leaves the old one whole when its owner is nobody that the host knows', () => {
    const { path, folder, beside, is } = scene()
    writeFileSync(path, 'old')
    const command = writeFile(path, 'new', { owner: 'nobody-has-this-name', group, mode: '0644' })
    expect(run(folder, command).status).not.toBe(0)
    expect(is()).toEqual(['old', '644'])
    expect(beside()).toEqual(['site.conf'])
  })

  it('fails where there is no folder', () => {
    const { path, folder } = scene()
    rmSync(join(folder, 'etc'), { recursive: true })
    expect(run(folder, writeFile(path, 'new', access('0644'))).status).not.toBe(0)
  })
})

describe('restoring a file', () => {
  it('brings back what was replaced, with its mode and its time', () => {
    const { write, restore, is, path } = scene()
    writeFileSync(path, 'old')
    chmodSync(path, 0o751)
    const { mtimeMs } = lstatSync(path)
    write('new')
    expect(restore(entry)).toBe(0)
    expect(is()).toEqual(['old', '751'])
    expect(Math.round(lstatSync(path).mtimeMs)).toBe(Math.round(mtimeMs))
  })

  it('brings back a link', () => {
    const { write, restore, path } = scene()
    symlinkSync('nowhere', path)
    write('new')
    expect(restore({ ...entry, kind: 'link' })).toBe(0)
    expect(readlinkSync(path)).toBe('nowhere')
  })

  it('removes what was not there before', () => {
    const { write, restore, beside } = scene()
    write('new')
    expect(restore(null)).toBe(0)
    expect(beside()).toEqual([])
  })

  it('of a file that was not replaced after all leaves it as it is', () => {
    const { restore, is, path } = scene()
    writeFileSync(path, 'old')
    expect(restore(entry)).toBe(0)
    expect(is()).toEqual(['old', '644'])
  })

  it('a second time does no harm', () => {
    const { write, restore, is, path } = scene()
    writeFileSync(path, 'old')
    write('new')
    expect([restore(entry), restore(entry)]).toEqual([0, 0])
    expect(is()).toEqual(['old', '644'])
  })
})

describe('taking back what a change has made', () => {
  it('does it when it is there, and nothing when it is not', () => {
    const { path, folder } = scene()
    const command = takeBack('[ -e "$1" ]', path, 'rm', path)
    expect(command.label).toBe(`rm ${path}`)
    expect(run(folder, command).status).toBe(0)
    writeFileSync(path, 'x')
    expect(run(folder, command).status).toBe(0)
    expect(existsSync(path)).toBe(false)
  })
})

describe('removing a file', () => {
  const removed = (before: Entry) => {
    const { path, folder, ...rest } = scene()
    const [change] = removeFile(path, before)
    if (change === undefined) throw new Error('nothing is planned')
    const statuses = () => change.run.map((command) => run(folder, command).status)
    return { ...rest, path, statuses }
  }

  it('takes it away, and brings it back as it was', () => {
    const { path, statuses, restore, is, beside } = removed(entry)
    writeFileSync(path, 'mine')
    chmodSync(path, 0o640)
    expect([statuses(), beside()]).toEqual([[0], []])
    expect(restore(entry)).toBe(0)
    expect(restore(entry)).toBe(0)
    expect(is()).toEqual(['mine', '640'])
  })

  it('takes a link away, not what it leads to, and brings the link back', () => {
    const { path, folder, statuses, restore } = { ...removed(entry), folder: temporaryFolder() }
    const other = join(folder, 'other')
    writeFileSync(other, 'mine')
    symlinkSync(other, path)
    expect([statuses(), existsSync(path), readFileSync(other, 'utf8')]).toEqual([[0], false, 'mine'])
    expect(restore(entry)).toBe(0)
    expect(readlinkSync(path)).toBe(other)
  })

  it('is content when it is gone already, and leaves what somebody has put there since', () => {
    const { path, statuses, restore } = removed(entry)
    expect(statuses()).toEqual([0])
    writeFileSync(path, 'mine')
    expect(statuses()).toEqual([0])
    writeFileSync(path, 'theirs')
    expect(restore(entry)).toBe(1)
    expect(readFileSync(path, 'utf8')).toBe('theirs')
  })
})

describe('the mode of a folder', () => {
  it('is as it is wanted also where it had special bits', () => {
    const folder = temporaryFolder()
    chmodSync(folder, 0o2775)
    const is = { ...entry, kind: 'directory', mode: '2775' } as const
    const [change] = accessChange('folder', folder, is, access('0755'))
    for (const command of change?.run ?? []) expect(run(folder, command).status).toBe(0)
    expect((lstatSync(folder).mode & 0o7777).toString(8)).toBe('755')
    for (const command of change?.undo ?? []) expect(run(folder, command).status).toBe(0)
    expect((lstatSync(folder).mode & 0o7777).toString(8)).toBe('2775')
  })
})
