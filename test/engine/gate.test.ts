import { describe, expect, it } from 'vitest'
import { root, type InputlessCommand } from '../../src/core/command.js'
import { defineHandler, type Guard, type Handler } from '../../src/core/handler.js'
import { DeployError } from '../../src/errors.js'
import { connectionLost, FakeHost, look, wants } from './fake-host.js'

const refused = (what: string): DeployError => new DeployError('APACHE_CONFIG_BROKEN', { what, remedy: 'repair it' })

/** Asks a question with a command; exit code 0 is a good answer. */
const guard = (question: string): Guard<InputlessCommand> => ({
  title: question,
  command: () => root('ask', question),
  judge: ({ exitCode }) => (exitCode === 0 ? undefined : refused(`${question}: no`)),
})

const paint = (more: Partial<Handler> = {}): Handler =>
  defineHandler({
    id: 'house.paint',
    title: 'Paint the house',
    probes: {},
    needed: (_is, changed) => (changed ? 'it changes' : undefined),
    before: guard('sound'),
    guards: [guard('dry')],
    run: [root('paint')],
    proofs: [guard('pretty')],
    restored: [guard('steady')],
    ...more,
  })

const house = (handler: Handler = paint()) => [
  { title: 'House', steps: [wants('wall', { triggers: ['house.paint'] }), wants('door')], handlers: [handler] },
]

const before = ['ask sound', 'make wall', 'make door']

describe('the gate at the end of a phase', () => {
  it('remembers before the first change, then guards, acts and proves', async () => {
    const host = new FakeHost([], { 'ask pretty': { stdout: 'very' } })
    const outcome = await host.apply(house())
    expect(host.commands).toEqual([...before, 'ask dry', 'paint', 'ask pretty'])
    expect(outcome).toMatchObject({ proof: 'very', changes: 3 })
  })

  it('is passed without a word when no step has changed anything', async () => {
    const host = new FakeHost(['wall', 'door'])
    expect(await host.apply(house())).toMatchObject({ changes: 0, proof: undefined })
    expect(host.commands).toEqual([])
  })

  it('acts when the host calls for it, though no step changes anything', async () => {
    const dirty = paint({ probes: { clean: look('clean') }, needed: (is) => (is['clean'] ? undefined : 'it is dirty') })
    const host = new FakeHost(['wall', 'door'], {
      paint: () => {
        host.put('clean')
        return {}
      },
    })
    await host.apply(house(dirty))
    expect(host.commands.slice(-3)).toEqual(['ask dry', 'paint', 'ask pretty'])
    // it was noted that the service was acted upon, though nothing was to be taken back
    expect(host.transport.commands.at(-1)?.label).toBe('forget what was kept for an undo')
  })

  it('that still sees a reason to act after it has acted has not converged', async () => {
    const always = paint({ needed: () => 'it is never enough' })
    const error = await new FakeHost().failure(house(always))
    expect(error.code).toBe('RUN_NOT_CONVERGED')
    expect(error.fault.what).toContain('house.paint (it is never enough)')
  })

  it('gives guards and proofs what was remembered', async () => {
    const heard: (string | undefined)[] = []
    const comparing: Guard = {
      title: 'compare',
      command: (was) => root('ask', was?.stdout ?? 'nothing'),
      judge: (_answer, was) => {
        heard.push(was?.stdout)
        return undefined
      },
    }
    const host = new FakeHost([], { 'ask sound': { stdout: 'a sound' } })
    await host.apply(house(paint({ guards: [comparing], proofs: [comparing] })))
    expect(host.commands.filter((text) => text === "ask 'a sound'")).toHaveLength(2)
    expect(heard).toEqual(['a sound', 'a sound'])
  })
})

describe('a gate that refuses', () => {
  it('what is broken already does so before the first change', async () => {
    const host = new FakeHost([], { 'ask sound': { exitCode: 1 } })
    const error = await host.failure(house())
    expect(error.fault.what).toBe('sound: no')
    expect(host.commands).toEqual(['ask sound'])
  })

  it('before acting has the phase taken back, and does not act, but sees that all is as before', async () => {
    const host = new FakeHost([], { 'ask dry': { exitCode: 1 } })
    const error = await host.failure(house())
    expect(error).toMatchObject({ code: 'APACHE_CONFIG_BROKEN', exitCode: 1, fault: { where: 'House / dry' } })
    expect(host.commands).toEqual([...before, 'ask dry', 'unmake door', 'unmake wall', 'ask steady'])
  })

  it('after acting has the phase taken back, acts again on what was restored, and proves that', async () => {
    const host = new FakeHost([], { 'ask pretty': { exitCode: 1 } })
    const error = await host.failure(house())
    expect(error).toMatchObject({ code: 'APACHE_CONFIG_BROKEN', exitCode: 1 })
    expect(host.commands).toEqual([
      ...before,
      ...['ask dry', 'paint', 'ask pretty'],
      ...['unmake door', 'unmake wall'],
      ...['paint', 'ask steady'],
    ])
    expect(host.things).toEqual([])
  })

  it('after acting in vain acts on what was restored in the way that the handler says', async () => {
    const host = new FakeHost([], { 'ask pretty': { exitCode: 1 } })
    await host.failure(house(paint({ restore: [root('wash')] })))
    expect(host.commands.slice(-4)).toEqual(['unmake door', 'unmake wall', 'wash', 'ask steady'])
  })

  it('when acting fails has the phase taken back and acts again', async () => {
    let times = 0
    const host = new FakeHost([], { paint: () => (times++ === 0 ? { exitCode: 1, stderr: 'no paint' } : {}) })
    const error = await host.failure(house(paint({ explain: ({ stderr }) => refused(stderr) })))
    expect(error.fault.what).toBe('no paint')
    expect(host.commands.slice(-5)).toEqual(['paint', 'unmake door', 'unmake wall', 'paint', 'ask steady'])
  })
})

describe('a service that does not come back after the undo', () => {
  it('needs a person when it cannot act again', async () => {
    const host = new FakeHost([], { paint: { exitCode: 1, stderr: 'no paint' } })
    const error = await host.failure(house())
    expect(error).toMatchObject({ code: 'SERVICE_NOT_RESTORED', exitCode: 5 })
    expect(error.fault.evidence).toContain('no paint')
  })

  it('needs a person when it is not as before', async () => {
    const host = new FakeHost([], { 'ask pretty': { exitCode: 1 }, 'ask steady': { exitCode: 1 } })
    const error = await host.failure(house())
    expect(error).toMatchObject({ code: 'SERVICE_NOT_RESTORED', exitCode: 5 })
    expect(error.fault.what).toContain('pretty: no')
    expect(error.fault.what).toContain('steady: no')
  })

  it('is not judged when the connection is lost while it acts', async () => {
    const host = new FakeHost([], {
      paint: () => {
        throw connectionLost()
      },
    })
    expect((await host.failure(house())).code).toBe('CONNECTION_LOST')
    expect(host.commands).toEqual([...before, 'ask dry', 'paint'])
  })
})
