import { describe, expect, it } from 'vitest'
import { defineHandler, type Handler } from '../../src/core/handler.js'
import { isEmpty } from '../../src/core/plan.js'
import type { Phase } from '../../src/core/playbook.js'
import { defineStep, unknownUntil, type StepId } from '../../src/core/step.js'
import { askProbes } from '../../src/engine/ask.js'
import { planPhases } from '../../src/engine/plan.js'
import { FakeHost, look, wants } from './fake-host.js'

const handler = (
  id: StepId,
  needed: Handler['needed'] = (_is, changed) => (changed ? 'changed' : undefined),
): Handler => defineHandler({ id, title: id, probes: {}, needed, guards: [], run: [], proofs: [] })

const later = (triggers: readonly StepId[] = []) =>
  defineStep({
    id: 'thing.later',
    title: 'Later',
    probes: { door: look('door') },
    plan: ({ door }) => (door ? [] : unknownUntil('thing.door', 'it stands behind the door')),
    triggers,
  })

const planOf = async (phases: readonly Phase[], things: readonly string[] = []) => {
  const { transport } = new FakeHost(things)
  const asked = phases.flatMap(({ steps, handlers = [] }) => [...steps, ...handlers]).map(({ probes }) => probes)
  return planPhases(phases, await askProbes(transport, asked))
}

describe('the plan', () => {
  it('tells what is so, what changes, and what cannot be known yet', async () => {
    const plan = await planOf([{ title: 'House', steps: [wants('wall'), wants('door'), later()] }], ['wall'])
    expect(plan.phases).toEqual([
      {
        title: 'House',
        steps: [
          { id: 'thing.wall', title: 'The wall', state: 'ok' },
          {
            id: 'thing.door',
            title: 'The door',
            state: 'change',
            changes: [expect.objectContaining({ kind: 'create', subject: 'door' })],
          },
          {
            id: 'thing.later',
            title: 'Later',
            state: 'unknown',
            until: 'thing.door',
            reason: 'it stands behind the door',
          },
        ],
        handlers: [],
      },
    ])
    expect(isEmpty(plan)).toBe(false)
  })

  it('is empty only when every step is so and no handler is needed', async () => {
    const steps = [wants('wall')]
    expect(isEmpty(await planOf([{ title: 'House', steps }], ['wall']))).toBe(true)
    const always = handler('house.paint', () => 'it looks old')
    expect(isEmpty(await planOf([{ title: 'House', steps, handlers: [always] }], ['wall']))).toBe(false)
    expect(isEmpty(await planOf([{ title: 'House', steps: [later()] }]))).toBe(false)
  })

  const handlersOf = async (phases: readonly Phase[], things: readonly string[] = []) =>
    (await planOf(phases, things)).phases.map(({ handlers }) => handlers.map(({ id, reason }) => `${id}: ${reason}`))

  it('calls the handlers that a changing step triggers, in its own phase and in later ones', async () => {
    const paint = [handler('house.paint')]
    expect(
      await handlersOf([
        { title: 'Before', steps: [wants('floor')], handlers: paint },
        { title: 'House', steps: [wants('wall', { triggers: ['house.paint'] })], handlers: paint },
        { title: 'Garden', steps: [wants('tree')] },
        { title: 'After', steps: [wants('roof')], handlers: paint },
      ]),
    ).toEqual([[], ['house.paint: changed'], [], ['house.paint: changed']])
  })

  it('takes a step that is not known yet for one that changes', async () => {
    const phase = { title: 'House', steps: [later(['house.paint'])], handlers: [handler('house.paint')] }
    expect(await handlersOf([phase])).toEqual([['house.paint: changed']])
    expect(await handlersOf([phase], ['door'])).toEqual([[]])
  })

  it('takes only the first rung of the ladder that is needed', async () => {
    const ladder = [handler('house.rebuild', () => undefined), handler('house.paint'), handler('house.sweep')]
    const steps = [wants('wall', { triggers: ['house.sweep', 'house.paint'] })]
    expect(await handlersOf([{ title: 'House', steps, handlers: ladder }])).toEqual([['house.paint: changed']])
    const lower = [wants('wall', { triggers: ['house.sweep'] })]
    expect(await handlersOf([{ title: 'House', steps: lower, handlers: ladder }])).toEqual([['house.sweep: changed']])
  })

  it('reads off the host whether a handler is needed, though no step changes', async () => {
    const dirty = defineHandler({
      id: 'house.sweep',
      title: 'Sweep',
      probes: { dust: look('dust') },
      needed: ({ dust }) => (dust ? 'there is dust' : undefined),
      guards: [],
      run: [],
      proofs: [],
    })
    const phase = { title: 'House', steps: [wants('wall')], handlers: [dirty] }
    expect(await handlersOf([phase], ['wall', 'dust'])).toEqual([['house.sweep: there is dust']])
    expect(await handlersOf([phase], ['wall'])).toEqual([[]])
  })
})
