import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { root, type Command } from '../../src/core/command.js'
import type { Event } from '../../src/core/event.js'
import type { Change } from '../../src/core/step.js'
import { DeployError } from '../../src/errors.js'
import { execute } from '../../src/engine/execute.js'
import type { HeldHost } from '../../src/engine/held-host.js'
import { holdHost } from '../../src/engine/hold.js'
import type { Holder } from '../../src/engine/holder.js'
import { LocalHost } from '../helpers/local-host.js'

const ann: Holder = { who: 'ann@laptop', from: '', since: '2026-11-30T01:00:00Z', command: 'apply', site: 'notes' }

let line: LocalHost
let host: HeldHost
let events: Event[]

beforeEach(async () => {
  line = new LocalHost()
  events = []
  const request = { holder: ann, seconds: 0, onWaiting: () => undefined }
  host = await holdHost(line, request, (event) => events.push(event))
})

afterEach(async () => line.close())

/** `$1` is a folder of the host. */
const sh = (script: string): Command => root('sh', '-c', script, 'sh', line.folders.root)

const ran = (): number => (line.folders.read('count') ?? '').split('\n').length - 1

const notices = (): readonly string[] => events.flatMap((event) => (event.type === 'notice' ? [event.text] : []))

/** Cuts the line when the command has said that it runs. */
const cutWhileRunning = async (): Promise<void> => {
  const before = ran()
  await expect.poll(ran).toBeGreaterThan(before)
  line.cut()
}

const counted = 'echo ran >>"$1/count"; sleep 0.3'

const lost = { code: 'CONNECTION_LOST', exitCode: 4 }

describe('a line that is cut', () => {
  test('in the middle of a change is opened again, and the change is asked for again: it ran once', async () => {
    const changing = host.change(sh(`${counted}; exit 3`))
    await cutWhileRunning()
    expect(await changing).toMatchObject({ exitCode: 3, stderr: expect.stringContaining('was lost') as unknown })
    expect([ran(), host.losses, line.connections]).toEqual([1, 1, 2])
    expect(notices()).toEqual([
      'the line was cut; connecting again',
      'connected again: it is looked at what the host has done meanwhile',
    ])
  })

  test('before a change has begun leaves it to be run after that', async () => {
    line.loseNext(1)
    expect(await host.change(sh('echo done'))).toMatchObject({ stdout: 'done\n', exitCode: 0 })
  })

  test('while something is only looked at has it looked at again', async () => {
    const reading = host.read(sh(`${counted}; echo seen`))
    await cutWhileRunning()
    expect(await reading).toMatchObject({ stdout: 'seen\n', exitCode: 0 })
    const asking = host.ask([{ sh: `echo ran >>${line.folders.root}/count; sleep 0.3; echo told`, as: 'root' }])
    await cutWhileRunning()
    expect(await asking).toMatchObject([{ stdout: 'told\n' }])
    expect([ran(), host.losses]).toEqual([4, 2])
  })

  test('under two who work at the same time is opened once for both', async () => {
    const both = [host.change(sh(`${counted}; exit 1`)), host.change(sh(`${counted}; exit 2`))]
    await expect.poll(ran).toBe(2)
    line.cut()
    expect((await Promise.all(both)).map(({ exitCode }) => exitCode)).toEqual([1, 2])
    expect([ran(), host.losses, line.connections]).toEqual([2, 1, 2])
  })

  test('is opened, and its lock taken, before anything else begins', async () => {
    let second: Promise<unknown> = Promise.resolve()
    const reconnect = line.reconnect.bind(line)
    line.reconnect = async () => {
      await reconnect()
      await expect.poll(() => line.folders.read('run/holder')).toBeUndefined()
      second = host.change(sh('exit 2'))
      await sleep(200)
    }
    const first = host.change(sh(`${counted}; exit 1`))
    await cutWhileRunning()
    expect(await first).toMatchObject({ exitCode: 1 })
    expect(await second).toMatchObject({ exitCode: 2 })
  })

  test('again while it is opened is opened once more', async () => {
    const changing = host.change(sh(`${counted}; exit 3`))
    await expect.poll(ran).toBe(1)
    line.loseNext(2)
    line.cut()
    expect((await changing).exitCode).toBe(3)
    expect([ran(), line.connections]).toEqual([1, 4])
  })

  test('too often is another trouble than a line', async () => {
    for (let losses = 0; losses < 5; losses++) {
      const changing = host.change(sh(`${counted}; exit 3`))
      await cutWhileRunning()
      expect((await changing).exitCode).toBe(3)
    }
    const changing = host.change(sh(counted))
    void cutWhileRunning()
    await expect(changing).rejects.toMatchObject(lost)
    expect(host.losses).toBe(5)
  })

  test('for good is told with both reasons', async () => {
    line.unreachable = new DeployError('CONNECT_REFUSED', { what: 'nobody listens on port 22', remedy: 'start sshd' })
    line.loseNext(1)
    await expect(host.change(sh('true'))).rejects.toMatchObject({
      ...lost,
      fault: { what: 'the line was cut', evidence: 'ECONNRESET\nthen: nobody listens on port 22' },
    })
  })

  test('while another run takes the lock ends the run: nothing of it is changed any more', async () => {
    line.loseNext(1)
    const reconnect = line.reconnect.bind(line)
    line.reconnect = async () => {
      await reconnect()
      const request = { holder: { ...ann, who: 'bob' }, seconds: 5, onWaiting: () => undefined }
      await (await holdHost(line, request, () => undefined)).release()
    }
    await expect(host.change(sh(counted))).rejects.toMatchObject({ code: 'LOCK_LOST', exitCode: 75 })
    expect(ran()).toBe(0)
  })
})

describe('a change that sends a stream', () => {
  /** A command of which the first inputs never come to their end. */
  const sending = (endless = 1): Command => {
    let opened = 0
    const open = () => (opened++ < endless ? new Readable({ read: () => undefined }) : Readable.from(['all']))
    return { ...sh('echo ran >>"$1/count"; cat >"$1/sent"'), stdin: { name: 'a stream', open } }
  }

  const change = (endless?: number) => ({
    kind: 'create' as const,
    subject: 'sent',
    run: [sending(endless)],
    undo: [root('sh', '-c', 'echo undone >>"$1/count"; rm -f "$1/sent"', 'sh', line.folders.root)],
  })

  const make = async (made: Change, note = '') =>
    execute(host, [{ change: made, note, begins: () => undefined }], { emit: () => undefined, step: 'thing.sent' }, [])

  test('and is cut has failed, though the command took what came for the whole of it', async () => {
    const changing = host.change(sending())
    await cutWhileRunning()
    expect(await changing).toMatchObject({ exitCode: 1, stderr: 'the connection was lost while this was sent' })
  })

  test('because it is large is no other: a file that was cut is never taken for the whole one', async () => {
    const large = { ...sh(`${counted}; wc -c >"$1/sent"`), stdin: 'x'.repeat(2_000_000) }
    const executing = make({ ...change(), run: [large] })
    await cutWhileRunning()
    await executing
    expect(line.folders.read('count')).toBe('ran\nundone\nran\n')
    expect(line.folders.read('sent')?.trim()).toBe('2000000')
  })

  test('is taken back, and made once more from its beginning; its note is written once', async () => {
    const executing = make(change(), '{"begun":"sent"}\n')
    await cutWhileRunning()
    await executing
    expect(line.folders.read('sent')).toBe('all')
    expect(line.folders.read('count')).toBe('ran\nundone\nran\n')
    const notes = readFileSync(line.folders.journal, 'utf8').split('\n')
    expect(notes).toEqual([expect.stringContaining('ann@laptop'), '{"begun":"sent"}', ''])
  })

  test('and is cut before it began is noted all the same, before it is made', async () => {
    line.loseNext(1)
    await make(change(0), '{"begun":"sent"}\n')
    expect(line.folders.read('count')).toBe('undone\nran\n')
    expect(readFileSync(line.folders.journal, 'utf8')).toContain('{"begun":"sent"}\n')
  })

  test('is not tried again where another run has the lock by now', async () => {
    const taken = sh('printf "other\\n" >"$1/run/holder"')
    const after = { ...change(), run: [sh(`${counted}; sleep 0.2`), taken, sh('true')] }
    const executing = make(after)
    await cutWhileRunning()
    await expect(executing).rejects.toMatchObject({ code: 'LOCK_LOST' })
    expect([line.folders.read('count'), host.losses]).toEqual(['ran\n', 1])
  })

  test('is left as it is where it cannot be taken back', async () => {
    const stuck = { ...change(), undo: [root('false')] }
    const executing = make(stuck)
    void cutWhileRunning()
    await expect(executing).rejects.toMatchObject({ code: 'STEP_FAILED' })
    expect(ran()).toBe(1)
  })
})

describe('the journal of a run', () => {
  const undo = join('state', 'undo')

  test('begins with whose it is, also after what was in it was forgotten', async () => {
    await host.change(root('true'), {}, 'a\n')
    await host.change(root('true'), {}, 'b\n')
    expect(line.folders.read('state/undo/journal')).toBe(`${JSON.stringify({ run: ann })}\na\nb\n`)
    await host.forget()
    expect(existsSync(join(line.folders.root, undo))).toBe(false)
    await host.change(root('true'), {}, 'c\n')
    expect(line.folders.read('state/undo/journal')).toBe(`${JSON.stringify({ run: ann })}\nc\n`)
  })

  test('can be forgotten where there is none, and twice', async () => {
    await host.forget()
    await host.forget()
    expect(line.folders.read('state/undo/journal')).toBeUndefined()
  })

  test('is rewritten as a whole', async () => {
    await host.change(root('true'), {}, 'a\n')
    const begun = { phase: 'P', step: 'thing.a', subject: 'a', undo: [], inert: true } as const
    await host.rewriteJournal([{ ...begun, undo: [] }])
    expect(line.folders.read('state/undo/journal')).toBe(
      `${JSON.stringify({ run: ann })}\n${JSON.stringify({ begun })}\n`,
    )
  })
})
