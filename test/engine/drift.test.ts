import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import type { Plan } from '../../src/core/plan.js'
import type { Probe } from '../../src/core/probe.js'
import { defineStep, unknownUntil, type Step } from '../../src/core/step.js'
import { asLeftText, readAsLeft, type AsLeft } from '../../src/engine/as-left.js'
import { askProbes, type State } from '../../src/engine/ask.js'
import { driftOf } from '../../src/engine/drift.js'
import { DeployError } from '../../src/errors.js'
import { RecordedTransport } from '../../src/transport/recorded.js'

const content = (file: string): Probe<string> => ({
  ask: { sh: `cat ${file}` },
  as: 'root',
  parse: ({ stdout }) => stdout,
})

/** A file that is to hold this text; nothing where it is not there. */
const holds = (file: string, wanted: string): Step =>
  defineStep({
    id: `file.${file}`,
    title: `The file ${file}`,
    probes: { is: content(file) },
    plan: ({ is }) =>
      is === wanted
        ? []
        : [
            {
              kind: is === '' ? 'create' : 'update',
              subject: `file ${file}`,
              diff: { before: is, after: wanted },
              run: [],
            },
          ],
  })

const phasesOf = (...steps: readonly Step[]) => [{ title: 'Files', steps }]

/** What is known of a host with these files. */
const stateOf = async (steps: readonly Step[], files: Readonly<Record<string, string>>): Promise<State> => {
  const answer = ({ sh }: { readonly sh: string }) => ({ stdout: files[sh.replace('cat ', '')] ?? '' })
  const transport = new RecordedTransport({ answer })
  return askProbes(
    transport,
    steps.map(({ probes }) => probes),
  )
}

const by = { at: new Date('2026-11-30T10:00:00Z'), version: '1.0.0' }

const left = (state: State, steps: readonly Step[]): AsLeft | undefined =>
  readAsLeft(
    asLeftText(state, by),
    steps.map(({ probes }) => probes),
  )

interface Host {
  readonly then: Readonly<Record<string, string>>
  readonly now: Readonly<Record<string, string>>
  /** What was asked by the last run. */
  readonly steps?: readonly Step[]
  readonly version?: string
}

const told = (plan: Plan) =>
  plan.phases.flatMap(({ steps }) =>
    steps.flatMap((step) => {
      if (step.state !== 'change') return [step.state]
      return step.changes.map(({ kind, subject, diff }) => `${kind} ${subject}: ${diff?.before} -> ${diff?.after}`)
    }),
  )

/** What is wanted now, on a host that was left in one way and is in another. */
const drifted = async (wanted: readonly Step[], { then, now, steps = wanted, version = by.version }: Host) => {
  const asLeft = left(await stateOf(steps, then), wanted)
  const drift = driftOf(phasesOf(...wanted), await stateOf(wanted, now), asLeft, version)
  return { changed: told(drift.changed), wanted: told(drift.wanted), unclear: told(drift.unclear) }
}

const none = { changed: [], wanted: [], unclear: [] }

describe('what differs from what is wanted', () => {
  it('is nothing where the host is so', async () => {
    expect(await drifted([holds('a', 'one')], { then: { a: 'one' }, now: { a: 'one' } })).toEqual(none)
  })

  it('was changed on the host, where the last run had brought it', async () => {
    const host = { then: { a: 'one' }, now: { a: 'by hand' } }
    expect(await drifted([holds('a', 'one')], host)).toEqual({ ...none, changed: ['update file a: by hand -> one'] })
    const gone = { then: { a: 'one' }, now: {} }
    expect(await drifted([holds('a', 'one')], gone)).toEqual({ ...none, changed: ['create file a:  -> one'] })
  })

  it('is wanted since, where the host is as it was left', async () => {
    const host = { then: { a: 'one' }, now: { a: 'one' } }
    expect(await drifted([holds('a', 'two')], host)).toEqual({ ...none, wanted: ['update file a: one -> two'] })
  })

  it('is both, one after the other, where somebody changed what is to be another one', async () => {
    const host = { then: { a: 'one' }, now: { a: 'by hand' } }
    expect(await drifted([holds('a', 'two')], host)).toEqual({
      ...none,
      changed: ['update file a: by hand -> one'],
      wanted: ['update file a: one -> two'],
    })
  })

  it('is nothing any more where somebody has done by hand what is wanted since', async () => {
    expect(await drifted([holds('a', 'two')], { then: { a: 'one' }, now: { a: 'two' } })).toEqual(none)
  })

  it('is told apart for each step', async () => {
    const host = { then: { a: 'one', b: 'one' }, now: { a: 'one', b: 'by hand' } }
    expect(await drifted([holds('a', 'two'), holds('b', 'one')], host)).toEqual({
      ...none,
      changed: ['update file b: by hand -> one'],
      wanted: ['update file a: one -> two'],
    })
  })

  it('is wanted since, where the last run did not ask for it; of another version nobody knows', async () => {
    const host = { then: { a: 'one' }, now: { a: 'one' }, steps: [holds('a', 'one')] }
    const wanted = [holds('a', 'one'), holds('b', 'one')]
    expect(await drifted(wanted, host)).toEqual({ ...none, wanted: ['create file b:  -> one'] })
    const newer = { ...host, version: '2.0.0' }
    expect(await drifted(wanted, newer)).toEqual({ ...none, unclear: ['create file b:  -> one'] })
  })

  it('is unclear where nothing was kept of how it was left', async () => {
    const wanted = [holds('a', 'one')]
    const drift = driftOf(phasesOf(...wanted), await stateOf(wanted, {}), undefined, by.version)
    expect([told(drift.changed), told(drift.wanted), told(drift.unclear)]).toEqual([[], [], ['create file a:  -> one']])
  })

  it('holds what cannot be known yet: for the sake of the host, unless that was so then', async () => {
    const later = defineStep({
      id: 'file.later',
      title: 'Later',
      probes: { is: content('a') },
      plan: ({ is }) => (is === 'one' ? [] : unknownUntil('file.a', 'it stands in a')),
    })
    expect(await drifted([later], { then: { a: 'one' }, now: {} })).toEqual({ ...none, changed: ['unknown'] })
    expect(await drifted([later], { then: {}, now: {} })).toEqual({ ...none, wanted: ['unknown'] })
  })
})

describe('a handler', () => {
  const handler = {
    id: 'a.reload' as const,
    title: 'Reload',
    probes: {},
    needed: () => 'it is older than its file',
    guards: [],
    run: [],
    proofs: [],
  }
  const drift = async (wanted: Step, then: string, now: string) => {
    const [asLeft, state] = [left(await stateOf([wanted], { a: then }), [wanted]), await stateOf([wanted], { a: now })]
    return driftOf([{ title: 'Files', steps: [wanted], handlers: [handler] }], state, asLeft, by.version)
  }
  const titles = (plan: Plan) => plan.phases.flatMap(({ handlers }) => handlers.map(({ title }) => title))

  it('is called for by what its phase changes', async () => {
    const wanted = await drift(holds('a', 'two'), 'one', 'one')
    expect([titles(wanted.changed), titles(wanted.wanted)]).toEqual([[], ['Reload']])
    const changed = await drift(holds('a', 'one'), 'one', 'by hand')
    expect([titles(changed.changed), titles(changed.wanted)]).toEqual([['Reload'], []])
  })

  it('that no step calls for comes from the host', async () => {
    expect(titles((await drift(holds('a', 'one'), 'one', 'one')).changed)).toEqual(['Reload'])
  })
})

describe('what was kept', () => {
  it('says when, and by which version', async () => {
    const steps = [holds('a', 'one')]
    expect(left(await stateOf(steps, { a: 'one' }), steps)).toMatchObject({
      at: '2026-11-30T10:00:00.000Z',
      by: '1.0.0',
    })
  })

  it('is not gone by where this version does not understand it', async () => {
    const steps = [holds('a', 'one')]
    const kept = asLeftText(await stateOf(steps, { a: 'one' }), by)
    const fault = new DeployError('ANSWER_UNREADABLE', { what: 'of another form', remedy: 'none' })
    const parse = (): string => {
      throw fault
    }
    expect(readAsLeft(kept, [{ is: { ...content('a'), parse } }])).toBeUndefined()
  })

  it.each([
    ['nothing', ''],
    ['no base64', '<html>'],
    ['not packed', Buffer.from('{}').toString('base64')],
    ['not JSON', gzipSync('{').toString('base64')],
    ['another form', gzipSync('{"version":2}').toString('base64')],
    ['more than anybody wrote', gzipSync(Buffer.alloc(20_000_000, ' ')).toString('base64')],
  ])('is not gone by where it is %s', (_, text) => {
    expect(readAsLeft(text, [])).toBeUndefined()
  })
})
