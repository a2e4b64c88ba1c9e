import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { createGuest, cutPower, type Guest } from '../../vagrant/guest.js'
import { deployFlask } from '../helpers/cli.js'
import { ask } from '../helpers/http.js'
import type { Snapshot } from '../helpers/snapshot.js'
import { startVisitor, type Visits } from '../helpers/visitor.js'
import { Crashes, moments } from './crashes.js'
import { isFull, random, sampled, seed } from './sampled.js'
import { startRun } from './running.js'

const container = { container: `deploy-flask-guest-${inject('guests')}` }

describe.each(['first', 'update'] as const)('a run that is killed: %s', (kind) => {
  let guest: Guest
  let crashes: Crashes
  let whole: { readonly messages: number; readonly end: Snapshot }
  let visitor: { stop(): Promise<Visits> }

  beforeAll(async () => {
    guest = await createGuest(container, `${inject('guests')}-crash`)
    crashes = await Crashes.on(guest)
    await crashes.deployFirst()
    whole = await crashes.uninterrupted(kind)
    visitor = startVisitor(guest, 'php.test', await ask(guest, '/', { name: 'php.test' }))
  })
  afterAll(() => guest.destroy())

  it(`F20 ${kind === 'first' ? 'a first deployment' : 'an update'} is killed at any message that it sends`, async ({
    task,
  }) => {
    const all = Array.from({ length: whole.messages }, (_, index) => index + 1).flatMap((message) =>
      moments.map((when) => ({ message, when })),
    )
    const some = sampled(all, kind === 'first' ? 4 : 3)
    task.meta.fault = {
      id: 'F20',
      title: `${kind === 'first' ? 'a first deployment' : 'an update'} is killed (client and line) ${moments.join(', ')}, at each of its messages`,
      seen: `the same end, ${some.length} of ${all.length} times`,
    }
    for (const where of some) {
      expect(await crashes.crash(kind, where, whole.end), `killed at message ${where.message}, ${where.when}`).toEqual(
        [],
      )
    }
    process.stdout.write(`crashes: ${some.length} of ${all.length} (${kind}), seed ${seed}\n`)
    expect((await visitor.stop()).failures).toEqual([])
  }, 7_200_000)
})

describe('the power of the host is cut', () => {
  let guest: Guest
  let crashes: Crashes
  let whole: { readonly end: Snapshot }

  beforeAll(async () => {
    guest = await createGuest(container, `${inject('guests')}-power`)
    crashes = await Crashes.on(guest)
    await crashes.deployFirst()
    whole = await crashes.uninterrupted('update')
  })
  afterAll(() => guest.destroy())

  it('F19 at any time of an update', async ({ task }) => {
    const next = random(seed)
    const times = Array.from({ length: isFull ? 20 : 2 }, () => Math.round(next() * 2200))
    task.meta.fault = {
      id: 'F19',
      title: 'the power of the host is cut at any time of an update',
      seen: 'it is started again, and the next run goes on',
    }
    for (const milliseconds of times) {
      const flags = await crashes.begin('update')
      const run = startRun(['apply', '-f', flags, '--yes'])
      const cut = new Promise((resolve) => setTimeout(resolve, milliseconds))
      await cut
      guest = await cutPower(guest)
      run.kill('SIGKILL')
      await run.done
      await deployFlask(['plan', '-f', flags])
      expect(await crashes.converges(flags, whole.end), `cut after ${milliseconds} ms`).toEqual([])
    }
  }, 3_600_000)
})
