import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Waiting } from '../../src/core/progress.js'
import type { Holder } from '../../src/engine/holder.js'
import { Lock } from '../../src/engine/lock.js'
import { lockState, releaseDead } from '../../src/engine/lock-state.js'
import { RecordedTransport } from '../../src/transport/recorded.js'
import { LocalHost } from '../helpers/local-host.js'

const ann: Holder = { who: 'ann@laptop', from: '', since: '2026-11-30T01:00:00Z', command: 'apply', site: 'notes' }

let host: LocalHost

beforeEach(() => {
  host = new LocalHost()
})

afterEach(async () => {
  await host.close()
})

const lockOf = (more: { who?: string; seconds?: number; onWaiting?: (waiting: Waiting) => void } = {}): Lock => {
  const { who = ann.who, seconds = 0, onWaiting = () => undefined } = more
  return new Lock(host, { holder: { ...ann, who }, seconds, onWaiting })
}

describe('the lock of a host', () => {
  test('is taken, seen by others, and free again when it is released', async () => {
    const lock = lockOf()
    expect(await lock.take()).toEqual({ locked: true, last: '', journal: false, jobs: [] })
    const { at, cutOff, silent } = await lockState(host)
    expect([at?.who, cutOff]).toEqual(['ann@laptop', undefined])
    expect(silent).toBeLessThan(30)
    await lock.release()
    expect(await lockState(host)).toEqual({ at: undefined, cutOff: undefined, silent: undefined })
    expect(await lockOf().take()).toMatchObject({ last: lock.token })
  })

  test('that another run has is refused with its name', async () => {
    await lockOf({ who: 'Zoë "O\'Neil"@work' }).take()
    await expect(lockOf().take()).rejects.toMatchObject({
      code: 'RUN_LOCKED',
      exitCode: 75,
      fault: { what: expect.stringContaining('Zoë "O\'Neil"@work has been at site notes since 2026') as unknown },
    })
  })

  test('is waited for, which is told', async () => {
    const first = lockOf()
    await first.take()
    const told: Waiting[] = []
    const second = lockOf({ seconds: 60, onWaiting: (waiting) => told.push(waiting) })
    const taken = second.take()
    await expect.poll(() => told.length).toBe(1)
    expect(told).toMatchObject([
      { for: 'the lock of the host', holder: expect.stringMatching(/^ann@laptop/) as unknown },
    ])
    await first.release()
    expect(await taken).toMatchObject({ last: first.token })
  })

  test('is taken again over a new line, by the same run', async () => {
    const lock = lockOf()
    await lock.take()
    host.cut()
    await host.reconnect()
    await lock.retake()
    expect((await lockState(host)).at?.who).toBe('ann@laptop')
    await lock.release()
    expect((await lockState(host)).at).toBeUndefined()
  })

  test('is lost when another run had it meanwhile', async () => {
    const lock = lockOf()
    await lock.take()
    host.cut()
    const other = lockOf({ who: 'bob@work', seconds: 5 })
    await other.take()
    await other.release()
    await expect(lock.retake()).rejects.toMatchObject({ code: 'LOCK_LOST', exitCode: 75 })
  })

  test('that cannot be taken says why', async () => {
    const broken = new RecordedTransport({ result: () => ({ exitCode: 74, stderr: 'cannot open the lock: why\n' }) })
    const lock = new Lock(broken, { holder: ann, seconds: 0, onWaiting: () => undefined })
    await expect(lock.take()).rejects.toMatchObject({
      code: 'STEP_FAILED',
      fault: { evidence: 'cannot open the lock: why\n' },
    })
  })

  test('whose keeper says something that nobody understands is not taken', async () => {
    for (const stdout of ['hello\n', '{"locked":true}\n', '{"held":{"who":1}}\n', '[]\n']) {
      const strange = new RecordedTransport({ result: () => ({ stdout }) })
      const lock = new Lock(strange, { holder: ann, seconds: 0, onWaiting: () => undefined })
      await expect(lock.take(), stdout).rejects.toMatchObject({ code: 'ANSWER_UNREADABLE' })
    }
  })
})

describe('a lock that should be free', () => {
  test('is not taken from a run that is alive', async () => {
    await lockOf().take()
    expect(await releaseDead(host)).toBe(false)
    expect((await lockState(host)).at?.who).toBe('ann@laptop')
  })

  test('is freed when nothing was heard of its run for too long, by ending its keeper', async () => {
    await lockOf().take()
    writeFileSync(join(host.folders.run, 'beat'), '0.01')
    expect((await lockState(host)).silent).toBeGreaterThan(0)
    expect(await releaseDead(host)).toBe(true)
    expect(await lockState(host)).toMatchObject({ at: undefined })
    expect(host.folders.read('run/holder')).toBeUndefined()
  })

  test('is released where nobody has it: nothing is to be done', async () => {
    expect(await releaseDead(host)).toBe(true)
  })
})

test('what stands in the place of the holder is no reason to fail: somebody holds it', async () => {
  await lockOf().take()
  for (const garbage of ['', 'x\ny\n{', 'x\ny\n{"who":"only"}\n', '\0\0\0']) {
    writeFileSync(join(host.folders.run, 'holder'), garbage)
    expect((await lockState(host)).at, garbage).toBeNull()
  }
})
