import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { commandText } from '../../src/core/command-text.js'
import type { Phase } from '../../src/core/playbook.js'
import { applyPlan } from '../../src/engine/apply.js'
import { surveyHost } from '../../src/engine/survey.js'
import type { Transport } from '../../src/transport/transport.js'
import { FakeHost, held, wants } from './fake-host.js'

const house: readonly Phase[] = [
  { title: 'Ground', steps: [wants('floor')] },
  { title: 'Plumbing', steps: [wants('pipe'), wants('tap')] },
  { title: 'Wiring', together: true, steps: [wants('wire'), wants('lamp')] },
  { title: 'Roof', steps: [wants('roof')] },
]

/** A host where some commands take their time; `said` tells when each began and ended. */
const slow = (host: FakeHost, milliseconds: Readonly<Record<string, number>>) => {
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
      await sleep(milliseconds[text] ?? 0)
      const answer = await host.transport.run(command, options)
      said.push(`${text} ends`)
      return answer
    },
  }
  const apply = async () => {
    const survey = await surveyHost(transport, house)
    const emit = (): void => undefined
    return applyPlan({ host: held(transport), phases: house, survey, emit, confirmed: true })
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
})
