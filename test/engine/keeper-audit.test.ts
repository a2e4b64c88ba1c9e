import { mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { beforeEach, describe, expect, test } from 'vitest'
import { auditLine, readAudit, type Ending } from '../../src/engine/audit.js'
import { hostFolders, type HostFolders } from '../helpers/host-folders.js'
import { Keeper } from './keeper-process.js'

const ann = {
  who: 'ann@laptop',
  from: '',
  since: '2026-01-01T00:00:00Z',
  command: `apply -f '"from":""'`,
  site: 'notes',
}
const ending: Ending = {
  ended: '2026-01-01T00:01:00Z',
  version: '1.0.0',
  outcome: 'done',
  changes: 1,
  subjects: ['create x'],
} as const
const line = auditLine(ann, ending)

let host: HostFolders

beforeEach(() => {
  host = hostFolders()
  mkdirSync(join(host.root, 'state'))
})

const audited = () => readAudit(host.read('state/audit.log') ?? '')

/** A run that says goodbye with these pieces. */
const run = async (...pieces: readonly string[]): Promise<number | null> => {
  const env = { SSH_CONNECTION: '' }
  const keeper = new Keeper(host, 'aaa', { info: JSON.stringify({ ...ann, from: '203.0.113.9' }), env })
  await keeper.says('locked')
  for (const piece of pieces) {
    keeper.word(piece)
    await sleep(50)
  }
  return keeper.ended
}

describe('what a run has come to', () => {
  test('is kept when it says goodbye, for the eyes of root only', async () => {
    expect(await run(`done ${line}\n`)).toBe(0)
    expect(audited()).toEqual([{ ...ann, ...ending }])
    expect(statSync(join(host.root, 'state/audit.log')).mode & 0o777).toBe(0o600)
  })

  test('may come in pieces, and is added to what is there', async () => {
    await run(`done ${line}\n`)
    await run('do', `ne ${line.slice(0, 30)}`, `${line.slice(30)}\n`)
    expect(audited()).toHaveLength(2)
  })

  test('is nothing where a run has nothing to tell', async () => {
    await run('done\n')
    expect(host.read('state/audit.log')).toBeUndefined()
  })

  test('begins a new file when the old one is large, of which one is kept', async () => {
    writeFileSync(join(host.root, 'state/audit.log'), 'x'.repeat(1_000_001))
    await run(`done ${line}\n`)
    expect(audited()).toHaveLength(1)
    expect(host.read('state/audit.log.1')).toHaveLength(1_000_001)
  })

  test('comes with how a site was left, which replaces what was kept before', async () => {
    mkdirSync(join(host.root, 'state/notes'))
    const large = 'QUJD'.repeat(20_000)
    expect(await run(`done ${line}\tnotes\tQUJD\n`)).toBe(0)
    expect(await run(`done ${line}\tno`, 'tes\t', `${large}==\n`)).toBe(0)
    expect(host.read('state/notes/as-left')).toBe(`${large}==`)
    expect(statSync(join(host.root, 'state/notes/as-left')).mode & 0o777).toBe(0o600)
    expect(audited()).toHaveLength(2)
  })

  test.each([
    ['the site is not there', 'nosuch\tQUJD'],
    ['its name leads elsewhere', '..\tQUJD'],
    ['it is no base64', 'notes\t$(id)'],
  ])('is kept without it where %s', async (_, said) => {
    mkdirSync(join(host.root, 'state/notes'))
    expect(await run(`done ${line}\t${said}\n`, 'done\n')).toBe(0)
    expect(readdirSync(host.root, { recursive: true }).filter((name) => String(name).includes('as-left'))).toEqual([])
  })

  test('is no reason to fail where it cannot be kept', async () => {
    writeFileSync(join(host.root, 'state/audit.log.d'), '')
    mkdirSync(join(host.root, 'state/audit.log'))
    expect(await run(`done ${line}\n`)).toBe(0)
    expect(host.read('run/holder')).toBeUndefined()
  })
})
