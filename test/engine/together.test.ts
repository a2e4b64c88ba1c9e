import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { root } from '../../src/core/command.js'
import { commandText } from '../../src/core/command-text.js'
import type { Handler } from '../../src/core/handler.js'
import type { Phase } from '../../src/core/playbook.js'
import type { Step } from '../../src/core/step.js'
import { applyPlan } from '../../src/engine/apply.js'
import { surveyHost } from '../../src/engine/survey.js'
import type { Transport } from '../../src/transport/transport.js'
import { FakeHost, held, wants } from './fake-host.js'

const house: readonly Phase[] = [
  { title: 'Ground', steps: [wants('floor')] },
  { title: 'Plumbing', steps: [wants('pipe'), wants('tap')] },
  { title: 'Wiring', togetherFrom: 'Plumbing', steps: [wants('wire'), wants('lamp')] },
  { title: 'Roof', steps: [wants('roof')] },
]

/** A step whose command tells that others may go on. */
const tells = (thing: string): Step => {
  const step = wants(thing)
  const open = () => (line: string) => (line === 'ready' ? ({ ready: true } as const) : undefined)
  return {
    ...step,
    plan: (is) => {
      const changes = step.plan(is)
      if ('unknownUntil' in changes) return changes
      return changes.map((change) => ({
        ...change,
        run: change.run.map((command) => ({ ...command, progress: { stream: 'stdout' as const, open } })),
      }))
    },
  }
}

/** What the furniture needs is ready before it is done; the rest of it needs all of it. */
const furnished: readonly Phase[] = [
  { title: 'Plumbing', steps: [tells('pipe')] },
  { title: 'Wiring', steps: [wants('wire')] },
  {
    title: 'Furniture',
    togetherFrom: 'Plumbing',
    steps: [
      wants('rug'),
      { ...wants('basin'), after: { step: 'thing.pipe', until: 'ready', again: ['STEP_FAILED'] } },
      { ...wants('bath'), after: { step: 'thing.pipe', until: 'done' } },
    ],
  },
  { title: 'Roof', steps: [wants('roof')] },
]

/** A host where some commands take their time; `said` tells when each began and ended. */
const slow = (host: FakeHost, milliseconds: Readonly<Record<string, number>>, phases = house) => {
  const said: string[] = []
  const transport: Transport = {
    target: host.transport.target,
    counts: host.transport.counts,
    ask: (questions) => host.transport.ask(questions),
    attach: (job, options) => host.transport.attach(job, options),
    reconnect: () => host.transport.reconnect(),
    close: () => host.transport.close(),
    async run(command, options) {
      const text = commandText(command)
      said.push(`${text} begins`)
      const time = milliseconds[text] ?? 0
      await sleep(time / 2)
      options?.onOutput?.('ready\n', 'stdout')
      await sleep(time / 2)
      const answer = await host.transport.run(command, options)
      said.push(`${text} ends`)
      return answer
    },
  }
  const apply = async () => {
    const survey = await surveyHost(transport, phases)
    const emit = (): void => undefined
    return applyPlan({ host: held(transport), phases, survey, emit, confirmed: true })
  }
  return { said, apply }
}

const position = (said: readonly string[], text: string): number => {
  expect(said).toContain(text)
  return said.indexOf(text)
}

describe('phases that run together', () => {
  it('run at the same time, their own steps one after the other, and the next phase waits for both', async () => {
    const host = new FakeHost()
    const { said, apply } = slow(host, { 'make pipe': 60, 'make wire': 30 })
    await apply()
    expect(position(said, 'make wire begins')).toBeLessThan(position(said, 'make pipe ends'))
    expect(position(said, 'make pipe ends')).toBeLessThan(position(said, 'make tap begins'))
    expect(position(said, 'make wire ends')).toBeLessThan(position(said, 'make lamp begins'))
    for (const last of ['make tap ends', 'make lamp ends']) {
      expect(position(said, last)).toBeLessThan(position(said, 'make roof begins'))
    }
  })

  it('are both taken back when one fails, and only when the other has ended what it was at', async () => {
    const host = new FakeHost([], { 'make wire': { exitCode: 1 } })
    const { said, apply } = slow(host, { 'make pipe': 80 })
    await expect(apply()).rejects.toMatchObject({ code: 'STEP_FAILED' })
    expect(host.things).toEqual(['floor'])
    for (const text of ['unmake wire begins', 'unmake pipe begins']) {
      expect(position(said, 'make pipe ends')).toBeLessThan(position(said, text))
    }
    expect(said).not.toContain('make tap begins')
    expect(said).not.toContain('make lamp begins')
    expect(said).not.toContain('make roof begins')
  })

  it('run beside several that follow each other, and wait for what they need of those', async () => {
    const host = new FakeHost()
    const { said, apply } = slow(host, { 'make pipe': 200, 'make wire': 30 }, furnished)
    await apply()
    expect(position(said, 'make rug ends')).toBeLessThan(position(said, 'make pipe ends'))
    expect(position(said, 'make basin ends')).toBeLessThan(position(said, 'make pipe ends'))
    expect(position(said, 'make pipe ends')).toBeLessThan(position(said, 'make bath begins'))
    expect(position(said, 'make pipe ends')).toBeLessThan(position(said, 'make wire begins'))
    expect(position(said, 'make wire ends')).toBeLessThan(position(said, 'make roof begins'))
    expect(position(said, 'make bath ends')).toBeLessThan(position(said, 'make roof begins'))
  })

  it('do not wait for what is as it should be', async () => {
    const host = new FakeHost(['pipe'])
    const { apply } = slow(host, {}, furnished)
    expect(await apply()).toMatchObject({ changes: 5 })
  })

  it('are all taken back when what they wait for fails, and nothing waits for ever', async () => {
    const host = new FakeHost([], { 'make pipe': { exitCode: 1 } })
    const { said, apply } = slow(host, { 'make pipe': 80 }, furnished)
    await expect(apply()).rejects.toMatchObject({ code: 'STEP_FAILED' })
    expect(host.things).toEqual([])
    for (const text of ['make bath begins', 'make wire begins', 'make roof begins']) expect(said).not.toContain(text)
  })

  it('are all taken back when the last of them fails, also those that had come to their end', async () => {
    const host = new FakeHost([], { 'make bath': { exitCode: 1 } })
    const { apply } = slow(host, { 'make bath': 60 }, furnished)
    await expect(apply()).rejects.toMatchObject({ code: 'STEP_FAILED' })
    expect(host.things).toEqual([])
  })

  it('try once more what has begun before the other was done, when it is', async () => {
    const host: FakeHost = new FakeHost([], {
      'make basin': () => {
        if (!host.things.includes('pipe')) return { exitCode: 1 }
        host.put('basin')
        return {}
      },
    })
    const { said, apply } = slow(host, { 'make pipe': 80 }, furnished)
    expect(await apply()).toMatchObject({ changes: 6 })
    expect(said.filter((text) => text === 'make basin begins')).toHaveLength(2)
    expect(position(said, 'unmake basin ends')).toBeLessThan(said.lastIndexOf('make basin begins'))
    expect(position(said, 'make pipe ends')).toBeLessThan(position(said, 'unmake basin begins'))
  })

  it('try nothing more often than that, and nothing that the other was done for', async () => {
    for (const [thing, times] of [
      ['basin', 2],
      ['bath', 1],
    ] as const) {
      const host = new FakeHost([], { [`make ${thing}`]: { exitCode: 1 } })
      const { said, apply } = slow(host, { 'make pipe': 80 }, furnished)
      await expect(apply()).rejects.toMatchObject({ code: 'STEP_FAILED' })
      expect(said.filter((text) => text === `make ${thing} begins`)).toHaveLength(times)
      expect(host.things).toEqual([])
    }
  })

  it('try nothing once more where what it needed has failed, which is what is told', async () => {
    const host = new FakeHost([], { 'make basin': { exitCode: 1 }, 'make pipe': { exitCode: 2 } })
    const { said, apply } = slow(host, { 'make pipe': 80 }, furnished)
    await expect(apply()).rejects.toMatchObject({ fault: { where: 'Plumbing / thing.pipe' } })
    expect(said.filter((text) => text === 'make basin begins')).toHaveLength(1)
    expect(host.things).toEqual([])
  })

  it('come to their handlers when all is done that they have waited for, also what was only to be ready', async () => {
    const [plumbing, wiring, furniture, roof] = furnished
    const tried: Handler = {
      id: 'furniture.tried',
      title: 'Try the furniture',
      probes: {},
      needed: (_is, changed) => (changed ? 'it is new' : undefined),
      before: { title: 'see', command: () => root('see', 'furniture'), judge: () => undefined },
      guards: [],
      proofs: [],
      run: [root('try', 'furniture')],
    }
    const steps = (furniture?.steps ?? [])
      .filter(({ id }) => id === 'thing.basin')
      .map((step) => ({ ...step, triggers: [tried.id] }))
    const phases = [plumbing, wiring, { title: 'Furniture', togetherFrom: 'Plumbing', steps, handlers: [tried] }, roof]
    const { said, apply } = slow(
      new FakeHost(),
      { 'make pipe': 80 },
      phases.filter((phase) => phase !== undefined),
    )
    await apply()
    expect(position(said, 'make basin ends')).toBeLessThan(position(said, 'make pipe ends'))
    const seen = said.flatMap((text, index) => (text === 'see furniture begins' ? [index] : []))
    // before anything is changed, and for what the handler compares with
    expect(seen).toEqual([0, expect.any(Number)])
    expect(position(said, 'make pipe ends')).toBeLessThan(seen[1] ?? 0)
    expect(seen[1]).toBeLessThan(position(said, 'try furniture begins'))
  })

  it('are an error of the playbook where they run together with nothing, or wait for nothing', async () => {
    const lonely: readonly Phase[] = [{ title: 'Wiring', togetherFrom: 'Plumbing', steps: [wants('wire')] }]
    await expect(slow(new FakeHost(), {}, lonely).apply()).rejects.toMatchObject({ code: 'PLAYBOOK_INVALID' })
    const waiting: readonly Phase[] = [
      { title: 'Wiring', steps: [{ ...wants('wire'), after: { step: 'thing.pipe', until: 'done' } }] },
    ]
    await expect(slow(new FakeHost(), {}, waiting).apply()).rejects.toMatchObject({ code: 'PLAYBOOK_INVALID' })
    const later: readonly Phase[] = [
      { title: 'Wiring', steps: [{ ...wants('wire'), after: { step: 'thing.lamp', until: 'done' } }, wants('lamp')] },
    ]
    const host = new FakeHost()
    await expect(slow(host, {}, later).apply()).rejects.toMatchObject({ code: 'PLAYBOOK_INVALID' })
    expect(host.things).toEqual([])
  })
})
