import { describe, expect, it } from 'vitest'
import { root } from '../../src/core/command.js'
import { defineStep } from '../../src/core/step.js'
import { DeployError } from '../../src/errors.js'
import { connectionLost, FakeHost, look, wants } from './fake-host.js'

const house = [
  { title: 'Ground', steps: [wants('floor')] },
  { title: 'Walls', steps: [wants('wall'), wants('window'), wants('door')] },
]

const lost = () => {
  throw connectionLost()
}

describe('when a step fails', () => {
  it('its phase is taken back, newest first, with what it has half done; earlier phases stay', async () => {
    const host = new FakeHost([], { 'make door': { exitCode: 1 } })
    await host.failure(house)
    expect(host.commands).toEqual([
      'make floor',
      ...['make wall', 'make window', 'make door'],
      ...['unmake door', 'unmake window', 'unmake wall'],
    ])
    expect(host.things).toEqual(['floor'])
  })

  it('that is told, with what was taken back', async () => {
    const host = new FakeHost([], { 'make window': { exitCode: 1 } })
    await host.failure(house)
    expect(host.told.slice(-11)).toEqual([
      'step.change thing.window',
      'step.command thing.window',
      'step.failed thing.window',
      'phase.undo',
      ...['step.undo thing.window', 'step.command thing.window', 'step.undone thing.window'],
      ...['step.undo thing.wall', 'step.command thing.wall', 'step.undone thing.wall'],
      'phase.undone',
    ])
    expect(host.events.at(-1)).toMatchObject({ type: 'phase.undone', phase: 'Walls', subjects: ['wall', 'window'] })
  })

  it('what could not be taken back is told as such', async () => {
    const host = new FakeHost([], { 'make window': { exitCode: 1 }, 'unmake wall': { exitCode: 1 } })
    await host.failure(house)
    const undone = host.events.flatMap((event) => (event.type === 'step.undone' ? [event] : []))
    expect(undone).toMatchObject([
      { step: 'thing.window', subject: 'window', complete: true },
      { step: 'thing.wall', subject: 'wall', complete: false },
    ])
  })

  it('a change without an undo stays, and the others are taken back', async () => {
    const phase = { title: 'Walls', steps: [wants('wall'), wants('paint', { undo: false }), wants('door')] }
    const host = new FakeHost([], { 'make door': { exitCode: 1 } })
    await host.failure([phase])
    expect(host.things).toEqual(['paint'])
  })

  it('what stays of a change that was made is told, and of one that failed it is not', async () => {
    const data = (thing: string) =>
      defineStep({
        id: `thing.${thing}`,
        title: thing,
        probes: { there: look(thing) },
        plan: ({ there }) =>
          there ? [] : [{ kind: 'run', subject: thing, run: [root('make', thing)], stays: `${thing} stays` }],
      })
    const host = new FakeHost([], { 'make door': { exitCode: 1 } })
    await host.failure([{ title: 'Data', steps: [data('notes'), data('door')] }])
    expect(host.events.flatMap((event) => (event.type === 'notice' ? [event.text] : []))).toEqual(['notes stays'])
  })

  it('only the changes of a step that were begun are taken back', async () => {
    const change = (thing: string) =>
      ({ kind: 'create', subject: thing, run: [root('make', thing)], undo: [root('unmake', thing)] }) as const
    const three = defineStep({
      id: 'thing.three',
      title: 'Three',
      probes: { there: look('c') },
      plan: ({ there }) => (there ? [] : [change('a'), change('b'), change('c')]),
    })
    const host = new FakeHost([], { 'make b': { exitCode: 1 } })
    await host.failure([{ title: 'House', steps: [three] }])
    expect(host.commands).toEqual(['make a', 'make b', 'unmake b', 'unmake a'])
  })

  it('before anything was changed there is nothing to take back', async () => {
    const host = new FakeHost()
    const refusing = defineStep({
      id: 'thing.refusing',
      title: 'Refusing',
      probes: {},
      plan: () => {
        throw new Error('no')
      },
    })
    await expect(host.apply([{ title: 'House', steps: [refusing] }])).rejects.toThrow()
    expect(host.commands).toEqual([])
    expect(host.told).not.toContain('phase.undo')
  })
})

describe('an undo that fails', () => {
  it('needs a person: exit code 5, with the commands that are left', async () => {
    const host = new FakeHost([], {
      'make door': { exitCode: 1, stderr: 'no hinges' },
      'unmake wall': { exitCode: 1, stderr: 'wall: busy' },
    })
    const error = await host.failure(house)
    expect(error).toMatchObject({ code: 'UNDO_INCOMPLETE', exitCode: 5 })
    expect(error.fault.what).toContain('make door ended with exit code 1')
    expect(error.fault.evidence).toContain('no hinges')
    expect(error.fault.evidence).toContain('not taken back:\nunmake wall\n  wall: busy')
    expect(error.fault.where).toBe('Walls / thing.door')
  })

  it('does not keep the others from being taken back', async () => {
    const host = new FakeHost([], { 'make door': { exitCode: 1 }, 'unmake window': { exitCode: 1 } })
    await host.failure(house)
    expect(host.commands.slice(-3)).toEqual(['unmake door', 'unmake window', 'unmake wall'])
    expect(host.things).toEqual(['floor', 'window'])
  })

  it('leaves the kept files where they are', async () => {
    const host = new FakeHost([], { 'make door': { exitCode: 1 }, 'unmake window': { exitCode: 1 } })
    await host.failure([house[1] ?? { title: '', steps: [] }])
    expect(host.transport.commands.map(({ label }) => label)).not.toContain('forget what was kept for an undo')
  })

  it('because the connection is lost is told as well', async () => {
    const host = new FakeHost([], { 'make door': { exitCode: 1 }, 'unmake window': lost, 'unmake wall': lost })
    const error = await host.failure(house)
    expect(error.code).toBe('UNDO_INCOMPLETE')
    expect(error.fault.evidence).toContain('unmake window\n  the connection was lost')
  })
})

describe('kept files', () => {
  it('go when their phase has passed, and when it was taken back', async () => {
    const forgotten = (host: FakeHost) =>
      host.transport.commands.filter(({ label }) => label === 'forget what was kept for an undo').length
    const passed = new FakeHost()
    await passed.apply(house)
    expect(forgotten(passed)).toBe(2)
    const failed = new FakeHost([], { 'make wall': { exitCode: 1 } })
    await failed.failure(house.slice(1))
    expect(forgotten(failed)).toBe(1)
  })
})

describe('a connection that is lost during a step', () => {
  it('is not taken for an answer: nothing is undone, and the error says so', async () => {
    const host = new FakeHost([], { 'make window': lost })
    const error = await host.failure(house)
    expect(error).toMatchObject({ code: 'CONNECTION_LOST', exitCode: 4 })
    expect(error.fault.remedy).toContain('run the same command again')
    expect(host.commands).toEqual(['make floor', 'make wall', 'make window'])
    expect(host.told).not.toContain('phase.undo')
    expect(host.told).not.toContain('step.done thing.window')
  })

  it('while it is looked at again is not taken for a failed step either', async () => {
    const host = new FakeHost([], {
      'make window': () => {
        host.transport.ask = () => Promise.reject(connectionLost())
        return {}
      },
    })
    expect((await host.failure(house)).code).toBe('CONNECTION_LOST')
    expect(host.commands.at(-1)).toBe('make window')
  })
})

describe('a run that is stopped', () => {
  it('stops before the next step, and its phase is taken back', async () => {
    const stop = new AbortController()
    const host = new FakeHost([], {
      'make wall': () => {
        stop.abort()
        host.put('wall')
        return {}
      },
    })
    const error = await host.failure(house, { signal: stop.signal })
    expect(error).toMatchObject({ code: 'INTERRUPTED', exitCode: 130 })
    expect(host.commands).toEqual(['make floor', 'make wall', 'unmake wall'])
    expect(host.things).toEqual(['floor'])
  })

  it('before its first step changes nothing', async () => {
    const host = new FakeHost()
    expect((await host.failure(house, { signal: AbortSignal.abort() })).code).toBe('INTERRUPTED')
    expect(host.commands).toEqual([])
  })
})

describe('a lock that is lost', () => {
  const taken = () => {
    throw new DeployError('LOCK_LOST', { what: 'the lock went to another run', remedy: 'look who has it' })
  }

  it('during a step: nothing is tried any more, for the other run has taken back what was begun', async () => {
    const host = new FakeHost([], { 'make window': taken })
    expect(await host.failure(house)).toMatchObject({ code: 'LOCK_LOST', exitCode: 75 })
    expect(host.commands).toEqual(['make floor', 'make wall', 'make window'])
    expect(host.told).not.toContain('phase.undo')
  })

  it('during an undo: the rest is left to the other run, too', async () => {
    const host = new FakeHost([], { 'make door': { exitCode: 1 }, 'unmake window': taken })
    expect(await host.failure(house)).toMatchObject({ code: 'LOCK_LOST', exitCode: 75 })
    expect(host.commands.slice(-2)).toEqual(['unmake door', 'unmake window'])
    expect(host.transport.commands.map(({ label }) => label).at(-1)).not.toBe('forget what was kept for an undo')
  })
})
