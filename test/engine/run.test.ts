import { describe, expect, it } from 'vitest'
import { root } from '../../src/core/command.js'
import { Secret } from '../../src/core/secret.js'
import { defineStep, unknownUntil } from '../../src/core/step.js'
import { DeployError } from '../../src/errors.js'
import { FakeHost, look, wants } from './fake-host.js'

const house = [
  { title: 'Ground', steps: [wants('floor'), wants('wall')] },
  { title: 'Top', steps: [wants('roof')] },
]

describe('a run', () => {
  it('does what is missing, in the order of the playbook, and looks before and after each step', async () => {
    const host = new FakeHost(['wall'])
    const outcome = await host.apply(house)
    expect(host.commands).toEqual(['make floor', 'make roof'])
    expect(host.things).toEqual(['wall', 'floor', 'roof'])
    expect(outcome.changes).toBe(2)
    const asked = host.transport.questions.map(({ sh }) => sh).filter((sh) => sh.startsWith('look '))
    expect(asked).toEqual([
      ...['look floor', 'look wall', 'look roof'],
      'look floor',
      'look wall',
      // before, and after: nothing is changed any more, so this is the look at the whole host
      'look roof',
      ...['look floor', 'look wall', 'look roof'],
    ])
  })

  it('looks again after a step and before the next one in one round trip', async () => {
    const host = new FakeHost()
    await host.apply([{ title: 'House', steps: [wants('floor'), wants('wall'), wants('roof')] }])
    // the survey, and one look after each step, of which the last is at the whole host
    expect(host.transport.counts.batches).toBe(4)
  })

  it('looks at all at once that is as it should be', async () => {
    const host = new FakeHost(['wall', 'roof', 'door', 'lamp'])
    await host.apply([
      { title: 'House', steps: ['floor', 'wall', 'roof', 'door', 'lamp'].map((thing) => wants(thing)) },
    ])
    // the survey, and the floor with all that follows it, which is the look at the whole host
    expect(host.transport.counts.batches).toBe(2)
  })

  it('looks at the whole host after it where handlers have the last word', async () => {
    const touch = {
      id: 'thing.touch',
      title: 'Touch',
      probes: {},
      guards: [],
      run: [root('touch')],
      proofs: [],
    } as const
    const host = new FakeHost()
    const handlers = [{ ...touch, needed: (_is: unknown, changed: boolean) => (changed ? 'new' : undefined) }]
    await host.apply([{ title: 'House', steps: [wants('floor', { triggers: ['thing.touch'] })], handlers }])
    expect(host.commands).toEqual(['make floor', 'touch'])
    expect(host.transport.counts.batches).toBe(3)
  })

  it('tells what it does as events', async () => {
    const host = new FakeHost(['wall'])
    await host.apply(house)
    expect(host.told).toEqual([
      'phase.start',
      'step.start thing.floor',
      'step.change thing.floor',
      'step.command thing.floor',
      'step.done thing.floor',
      'step.start thing.wall',
      'step.same thing.wall',
      'phase.done',
      'phase.start',
      'step.start thing.roof',
      'step.change thing.roof',
      'step.command thing.roof',
      'step.done thing.roof',
      'phase.done',
      'check.start',
      'check.done',
      'run.done',
    ])
    expect(host.events[0]).toEqual({
      type: 'phase.start',
      phase: 'Ground',
      steps: [
        { step: 'thing.floor', title: 'The floor' },
        { step: 'thing.wall', title: 'The wall' },
      ],
      gate: false,
    })
  })

  it('with nothing to do asks once and runs nothing', async () => {
    const host = new FakeHost(['floor', 'wall', 'roof'])
    expect(await host.apply(house)).toMatchObject({ changes: 0 })
    expect(host.transport.counts).toEqual({ connections: 1, batches: 1, commands: 0 })
  })

  it('plans a step again when its turn comes, after the step that it waited for', async () => {
    const behind = defineStep({
      id: 'thing.behind',
      title: 'Behind the door',
      probes: { door: look('door'), lamp: look('lamp') },
      plan: ({ door, lamp }) => {
        if (!door) return unknownUntil('thing.door', 'closed')
        return lamp ? [] : [{ kind: 'create', subject: 'lamp', run: [root('make', 'lamp')] }]
      },
    })
    const host = new FakeHost()
    await host.apply([{ title: 'House', steps: [wants('door'), behind] }], { confirmed: false })
    expect(host.commands).toEqual(['make door', 'make lamp'])
  })

  it('does not do a second time what an earlier step has brought along', async () => {
    const host = new FakeHost([], {
      'make floor': () => {
        host.put('floor')
        host.put('wall')
        return {}
      },
    })
    await host.apply(house, { confirmed: false })
    expect(host.commands).toEqual(['make floor', 'make roof'])
    expect(host.told).toContain('step.same thing.wall')
  })

  it('hands the output of commands on, a line an event', async () => {
    const host = new FakeHost(['wall', 'roof'], {
      'make floor': () => {
        host.put('floor')
        return { stdout: 'sawing\n\nand planing', stderr: 'dust\n' }
      },
    })
    await host.apply(house)
    expect(host.events.flatMap((event) => (event.type === 'step.output' ? [event.text] : []))).toEqual([
      'sawing',
      'dust',
      'and planing',
    ])
  })
})

describe('a step is done only when its probes say so', () => {
  it('a command that answers 0 and changes nothing is an error that names the step', async () => {
    const host = new FakeHost([], { 'make floor': { exitCode: 0 } })
    const error = await host.failure(house)
    expect(error.code).toBe('STEP_NOT_CONVERGED')
    expect(error.fault.what).toContain('thing.floor')
    expect(error.fault.where).toBe('Ground / thing.floor')
    expect(host.commands).toEqual(['make floor', 'unmake floor'])
  })

  it('a step that is still unknown when its turn comes is an error', async () => {
    const never = defineStep({
      id: 'thing.never',
      title: 'Never',
      probes: {},
      plan: () => unknownUntil('thing.floor', 'nobody knows'),
    })
    const error = await new FakeHost().failure([{ title: 'House', steps: [wants('floor'), never] }])
    expect(error).toMatchObject({ code: 'STEP_NOT_CONVERGED' })
    expect(error.fault.what).toContain('nobody knows')
  })

  it('a host on which a later step undoes an earlier one has not converged', async () => {
    const host = new FakeHost([], {
      'make roof': () => {
        host.put('roof')
        void host.transport.run(root('unmake', 'floor'))
        return {}
      },
    })
    const error = await host.failure(house)
    expect(error.code).toBe('RUN_NOT_CONVERGED')
    expect(error.fault.what).toContain('thing.floor')
  })
})

describe('a command that fails', () => {
  const failing = (stderr: string) => new FakeHost([], { 'make wall': { exitCode: 7, stderr } })

  it('is told with its text, its exit code and its last lines', async () => {
    const error = await failing('no bricks\n').failure(house)
    expect(error.code).toBe('STEP_FAILED')
    expect(error.fault.what).toBe('make wall ended with exit code 7')
    expect(error.fault.evidence).toBe('no bricks')
    expect(error.fault.where).toBe('Ground / thing.wall')
  })

  it('for want of space says so', async () => {
    for (const said of ['cat: write error: No space left on device', 'tar: x: Wrote only 512 of 10240 bytes']) {
      expect((await failing(`${said}\n`).failure(house)).code).toBe('DISK_FULL')
    }
  })

  it('is explained by its step where that knows better', async () => {
    const [what, remedy] = ['the bricks do not fit', 'buy others']
    const step = defineStep({
      id: 'thing.wall',
      title: 'Wall',
      probes: { there: look('wall') },
      plan: () => [
        {
          kind: 'create',
          subject: 'wall',
          run: [root('make', 'wall')],
          explain: ({ exitCode }) => (exitCode === 7 ? new DeployError('PIP_FAILED', { what, remedy }) : undefined),
        },
      ],
    })
    const error = await failing('no bricks').failure([{ title: 'House', steps: [step] }])
    expect(error).toMatchObject({ code: 'PIP_FAILED', fault: { what, remedy, where: 'House / thing.wall' } })
  })

  it('never shows a secret that was on its stdin', async () => {
    const step = defineStep({
      id: 'thing.wall',
      title: 'Wall',
      probes: { there: look('wall') },
      plan: () => [
        { kind: 'create', subject: 'wall', run: [{ ...root('make', 'wall'), stdin: new Secret('hunter2') }] },
      ],
    })
    const host = failing('no')
    const error = await host.failure([{ title: 'House', steps: [step] }])
    expect(JSON.stringify([error.fault, host.events])).not.toContain('hunter2')
  })
})

it('a mistake in a step is told as a bug of ours, and what was changed is taken back', async () => {
  const broken = defineStep({
    id: 'thing.broken',
    title: 'Broken',
    probes: { floor: look('floor') },
    plan: ({ floor }) => {
      if (floor) throw new TypeError('undefined is not a function')
      return []
    },
  })
  const host = new FakeHost()
  const error = await host.failure([{ title: 'House', steps: [wants('floor'), broken] }])
  expect(error).toMatchObject({ code: 'INTERNAL', exitCode: 70 })
  expect(error.fault.what).toContain('thing.broken')
  expect(host.commands).toEqual(['make floor', 'unmake floor'])
})
