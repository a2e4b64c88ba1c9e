import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Holder } from '../../src/engine/holder.js'
import { KEEPER } from '../../src/engine/keeper-script.js'
import { hostFolders, type HostFolders } from '../helpers/host-folders.js'
import { Keeper, lockIsFree, occupy, type KeeperOptions } from './keeper-process.js'

let host: HostFolders
const keepers: Keeper[] = []

beforeEach(() => {
  host = hostFolders()
})

afterEach(() => keepers.splice(0).forEach((keeper) => keeper.process.kill('SIGKILL')))

/** One that is gone after the test. */
const keep = (token: string, options: Partial<KeeperOptions> = {}): Keeper => {
  const keeper = new Keeper(host, token, { info: JSON.stringify(ann), ...options })
  keepers.push(keeper)
  return keeper
}

const ann: Holder = { who: 'ann@laptop', from: '', since: '2026-11-30T01:00:00Z', command: 'apply', site: 'notes' }

const nobody = { locked: true, last: '', journal: false, jobs: [] }

const isFree = (name: string): boolean => lockIsFree(join(host.run, name))

describe('the first who comes', () => {
  test('holds the lock, as is written down', async () => {
    rmSync(host.run, { recursive: true })
    const keeper = keep('aaa')
    expect(await keeper.says('locked')).toEqual(nobody)
    const [token, pid, info = ''] = (host.read('run/holder') ?? '').split('\n')
    expect([token, pid, JSON.parse(info)]).toEqual(['aaa', String(keeper.process.pid), ann])
    expect(host.read('run/run/token')).toBe('aaa\n')
    expect(isFree('lock')).toBe(false)
  })

  test('is told what the one before has left: its token, a journal, and jobs that still run', async () => {
    writeFileSync(join(host.run, 'run/token'), 'zzz\n')
    writeFileSync(join(host.run, 'run/7'), 'start\nend 0\n')
    mkdirSync(dirname(host.journal), { recursive: true })
    writeFileSync(host.journal, '')
    for (const name of ['zzz-1', 'zzz-2.new']) mkdirSync(join(host.run, 'jobs', name), { recursive: true })
    const keeper = keep('aaa')
    expect(await keeper.says('locked')).toEqual({ locked: true, last: 'zzz', journal: true, jobs: ['zzz-1'] })
    expect(readdirSync(join(host.run, 'run'))).toEqual(['token'])
  })

  test('may have any name, also with quotes and letters of all kinds', async () => {
    const info: Holder = {
      ...ann,
      who: `Zoë "O'Neil" \\ \n日本@лаптоп`,
      command: `apply -f '"from":""'`,
      site: '$(id)`',
    }
    const first = keep('aaa', { info: JSON.stringify(info) })
    await first.says('locked')
    const second = keep('bbb')
    expect(await second.says('held')).toEqual({ held: info })
  })

  test('is known by the address that sshd says, found above the shells in between', async () => {
    const script = host.moved(KEEPER)
    const inner = `SSH_CONNECTION= perl -e '${script.replaceAll("'", `'\\''`)}' aaa 0 '' '${JSON.stringify(ann)}'; true`
    const outer = spawn('bash', ['-c', 'bash -c "$1"; true', 'bash', inner], {
      env: { ...process.env, SSH_CONNECTION: '10.0.3.1 50000 10.0.3.7 22' },
    })
    await expect.poll(() => host.read('run/holder')).toContain('"from":"10.0.3.1"')
    outer.stdin.end()
    await expect.poll(() => isFree('lock')).toBe(true)
  })
})

describe('another one meanwhile', () => {
  test('is refused, and told who holds it', async () => {
    await keep('aaa').says('locked')
    const second = keep('bbb')
    expect(await second.says('held')).toEqual({ held: ann })
    expect(await second.ended).toBe(0)
    expect(host.read('run/holder')).toMatch(/^aaa\n/)
  })

  test('waits as long as it wants, and gets it when the first has ended', async () => {
    const first = keep('aaa')
    await first.says('locked')
    const second = keep('bbb', { wait: 60 })
    expect(await second.says('waiting')).toEqual({ waiting: ann, seconds: 0 })
    first.word('done\n')
    expect(await second.says('locked')).toEqual({ ...nobody, last: 'aaa' })
    expect(host.read('run/holder')).toMatch(/^bbb\n/)
  })

  test('is refused when it has waited for so long', async () => {
    await keep('aaa').says('locked')
    const second = keep('bbb', { wait: 1 })
    expect(await second.says('held')).toEqual({ held: ann })
  })

  test('that hangs up while it waits is gone at once', async () => {
    await keep('aaa').says('locked')
    const second = keep('bbb', { wait: 60 })
    await second.says('waiting')
    second.hangUp()
    expect(await second.ended).toBe(0)
    expect(host.read('run/holder')).toMatch(/^aaa\n/)
  })

  test('is not refused because of somebody who only looks whether it is free', async () => {
    writeFileSync(join(host.run, 'lock'), '')
    const looks = await occupy(host, 'lock')
    const keeper = keep('aaa')
    await sleep(100)
    looks()
    expect(await keeper.says('locked')).toEqual(nobody)
  })
})

describe('the lock is free', () => {
  test('at once when its run hangs up', async () => {
    const keeper = keep('aaa')
    await keeper.says('locked')
    keeper.hangUp()
    expect(await keeper.ended).toBe(0)
    expect([isFree('lock'), host.read('run/holder'), host.read('run/beat')]).toEqual([true, undefined, undefined])
    // it is still known whose it was, and what became of its commands
    expect(host.read('run/run/token')).toBe('aaa\n')
  })

  test('at once when its keeper is killed, though it could not tidy up', async () => {
    const keeper = keep('aaa')
    await keeper.says('locked')
    keeper.process.kill('SIGKILL')
    await keeper.ended
    expect(host.read('run/holder')).toMatch(/^aaa\n/)
    expect(await keep('bbb').says('locked')).toEqual({ ...nobody, last: 'aaa' })
  })

  test('when nothing is heard of its run for a while, and not before', async () => {
    const keeper = keep('aaa', { silent: 1 })
    await keeper.says('locked')
    for (let beats = 0; beats < 5; beats++) {
      await sleep(400)
      keeper.word()
    }
    expect(isFree('lock')).toBe(false)
    expect(await keeper.ended).toBe(0)
    expect(isFree('lock')).toBe(true)
  })

  test('after a last word, by which all that is left of its commands goes, too', async () => {
    const keeper = keep('aaa')
    await keeper.says('locked')
    writeFileSync(join(host.run, 'run/1'), 'start\nend 0\n')
    mkdirSync(join(host.run, 'jobs'))
    keeper.word('done\n')
    expect(await keeper.ended).toBe(0)
    expect(readdirSync(join(host.run, 'run'))).toEqual(['token'])
    expect(existsSync(join(host.run, 'jobs'))).toBe(false)
    expect(host.read('run/holder')).toBeUndefined()
  })
})

describe('a run whose line was cut', () => {
  test('takes the lock again from its own keeper, which has not noticed yet', async () => {
    const old = keep('aaa')
    await old.says('locked')
    writeFileSync(join(host.run, 'run/1'), 'start\nend 0\n')
    const again = keep('aaa', { again: true })
    expect(await again.says('locked')).toEqual({ ...nobody, last: 'aaa' })
    await old.ended
    expect(host.read('run/holder')).toBe(`aaa\n${again.process.pid}\n${JSON.stringify(ann)}\n`)
    // by which a command that is asked for again is known
    expect(host.read('run/run/1')).toBe('start\nend 0\n')
  })

  test('ends no process that only has the number of its keeper', async () => {
    const innocent = spawn('sleep', ['60'])
    await keep('bbb').says('locked')
    writeFileSync(join(host.run, 'holder'), `aaa\n${innocent.pid}\n{}\n`)
    const again = keep('aaa', { again: true })
    await sleep(500)
    expect([innocent.exitCode, innocent.signalCode, again.said]).toEqual([null, null, []])
    innocent.kill()
  })

  test('takes it again when nobody was there meanwhile', async () => {
    const old = keep('aaa')
    await old.says('locked')
    old.hangUp()
    await old.ended
    expect(await keep('aaa', { again: true }).says('locked')).toEqual({ ...nobody, last: 'aaa' })
  })

  test('has lost it when another run had it, or the host was started anew', async () => {
    for (const between of [async () => hadIt('bbb'), async () => Promise.resolve(startedAnew())]) {
      await hadIt('aaa')
      await between()
      const again = keep('aaa', { again: true })
      expect(await again.says('lost')).toEqual({ lost: true })
      expect(await again.ended).toBe(0)
      expect(isFree('lock')).toBe(true)
    }
  })

  const hadIt = async (token: string): Promise<void> => {
    const keeper = keep(token)
    await keeper.says('locked')
    keeper.hangUp()
    await keeper.ended
  }

  const startedAnew = (): void => rmSync(join(host.run, 'run'), { recursive: true })
})

test('commands of the one before are waited for, while none of them can begin any more', async () => {
  const ended = await occupy(host, 'busy')
  const keeper = keep('bbb')
  expect(await keeper.says('busy')).toEqual({ busy: 0 })
  expect(readFileSync(join(host.run, 'holder'), 'utf8')).toMatch(/^bbb\n/)
  expect(keeper.said).toEqual([{ busy: 0 }])
  ended()
  expect(await keeper.says('locked')).toEqual(nobody)
  expect(isFree('busy')).toBe(true)
})

test('what stands where the holder should be keeps nobody from taking a lock that is free', async () => {
  for (const garbage of ['', '\n\n\n', 'aaa', 'x'.repeat(10_000), '\0\n-1\n']) {
    writeFileSync(join(host.run, 'holder'), garbage)
    const keeper = keep('bbb')
    expect(await keeper.says('locked')).toMatchObject({ locked: true })
    keeper.word('done\n')
    await keeper.ended
  }
})

test('a folder that cannot be written to is told', async () => {
  rmSync(host.run, { recursive: true })
  writeFileSync(host.run, 'a file')
  const keeper = keep('aaa')
  expect(await keeper.ended).toBe(74)
  expect(keeper.errors).toBe(`cannot open ${host.run}/lock: Not a directory\n`)
})
