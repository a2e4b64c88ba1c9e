import { describe, expect, it } from 'vitest'
import { root } from '../../src/core/command.js'
import { defineStep } from '../../src/core/step.js'
import { FakeHost, look, wants } from './fake-host.js'

/** Makes a lamp, or changes the one that is there. */
const lamp = defineStep({
  id: 'thing.lamp',
  title: 'The lamp',
  probes: { old: look('old lamp'), lamp: look('lamp') },
  plan: ({ old, lamp: there }) => {
    if (there) return []
    return [{ kind: old ? 'update' : 'create', subject: 'lamp', run: [root('make', 'lamp')] }]
  },
})

const room = [{ title: 'Room', steps: [wants('table'), lamp] }]

describe('a step that needs something else than was approved', () => {
  it('stops the run when the kind of change is another one', async () => {
    const host = new FakeHost()
    const error = await host.failure(room, { confirmed: false, meanwhile: () => host.put('old lamp') })
    expect(error).toMatchObject({ code: 'APPLY_PLAN_STALE', exitCode: 2 })
    expect(error.fault.evidence).toBe('approved: create lamp\nnow: update lamp')
    expect(host.things).toEqual(['old lamp'])
  })

  it('stops the run when it was approved as having nothing to do', async () => {
    const host = new FakeHost(['lamp'], {
      'make table': () => {
        host.put('table')
        void host.transport.run(root('unmake', 'lamp'))
        return {}
      },
    })
    const error = await host.failure(room, { confirmed: false })
    expect(error.fault.evidence).toBe('approved: no change\nnow: create lamp')
  })

  it('is done when everything was approved beforehand', async () => {
    const host = new FakeHost()
    await host.apply(room, { confirmed: true, meanwhile: () => host.put('old lamp') })
    expect(host.commands).toEqual(['make table', 'make lamp'])
  })

  it('may need less: what is there already is left out', async () => {
    const host = new FakeHost()
    await host.apply(room, { confirmed: false, meanwhile: () => host.put('lamp') })
    expect(host.commands).toEqual(['make table'])
  })
})
