import { Ajv } from 'ajv'
import { describe, expect, it } from 'vitest'
import type { FleetEvent } from '../../src/fleet/event.js'
import { exitCodeOf, notBegun } from '../../src/fleet/outcome.js'
import { countsOf } from '../../src/fleet/run.js'
import { eventsJsonSchema } from '../../src/render/events-schema.js'
import { fleetJsonLines } from '../../src/render/fleet-json-lines.js'
import { changed, failing, play, statesOf } from './hosts.js'

describe('a run of a fleet', () => {
  it('has no more hosts in flight than may be, and never fewer while any are left', async () => {
    expect((await play(9, { parallel: 4 })).most).toBe(4)
    expect((await play(9, { rolling: { hosts: 2 } })).most).toBe(2)
  })

  it('one that fails keeps none of the others from their end', async () => {
    const { outcomes } = await play(
      4,
      {},
      { run: ({ host: { name } }) => (name === 'web02' ? failing(name) : undefined) },
    )
    expect(statesOf(outcomes)).toBe('changed, failed, changed, changed')
    expect(countsOf(outcomes)).toEqual({ changed: 3, same: 0, failed: 1, notBegun: 0 })
  })

  it('one that hangs holds up nobody: rolling by a number, the next begins when any of those in flight is done', async () => {
    let finish = (): void => undefined
    const hanging = new Promise<void>((resolve) => (finish = resolve))
    const order: string[] = []
    const { outcomes } = await play(
      6,
      { rolling: { hosts: 2 } },
      {
        run: async ({ host: { name } }) => {
          if (name === 'web01') await hanging
          order.push(name)
          if (order.length === 5) finish()
          return changed(name)
        },
      },
    )
    expect(order).toEqual(['web02', 'web03', 'web04', 'web05', 'web06', 'web01'])
    expect(outcomes.map(({ host }) => host)).toEqual(['web01', 'web02', 'web03', 'web04', 'web05', 'web06'])
  })

  it('rolling, the first failure lets those in flight end, and none begins after it', async () => {
    const { outcomes } = await play(
      6,
      { rolling: { hosts: 2 } },
      {
        run: ({ host: { name } }) => (name === 'web02' ? failing(name) : undefined),
      },
    )
    expect(statesOf(outcomes).startsWith('changed, failed, ')).toBe(true)
    expect(outcomes.slice(3).map(({ state }) => state)).toEqual(['not begun', 'not begun', 'not begun'])
  })

  it('in waves, a failure lets its wave end, and the next does not begin', async () => {
    const { outcomes, events } = await play(
      6,
      { rolling: { percent: 50 } },
      {
        run: ({ host: { name } }) => (name === 'web01' ? failing(name) : undefined),
      },
    )
    expect(statesOf(outcomes)).toBe('failed, changed, changed, not begun, not begun, not begun')
    expect(events).toContainEqual({ type: 'wave.done', wave: 'wave 1 of 2', passed: false })
  })

  it('as many failures as may be are gone on with, and one more is not', async () => {
    const { outcomes } = await play(
      8,
      { parallel: 1, stopAfter: { hosts: 2 } },
      {
        run: ({ host: { name } }) => (['web02', 'web04'].includes(name) ? failing(name) : undefined),
      },
    )
    expect(statesOf(outcomes)).toBe('changed, failed, changed, failed, not begun, not begun, not begun, not begun')
  })

  it('a canary that fails stops all others, whatever is said of failures', async () => {
    const { outcomes, begun } = await play(
      4,
      { canary: { hosts: 1 }, stopAfter: { hosts: 3 } },
      {
        run: ({ host: { name } }) => failing(name),
      },
    )
    expect(begun).toEqual(['web01'])
    expect(statesOf(outcomes)).toBe('failed, not begun, not begun, not begun')
  })

  it('a canary that was deployed, and does not answer when it is asked again, has failed', async () => {
    const { outcomes, events } = await play(
      3,
      { canary: { hosts: 1 } },
      {
        check: ({ host: { name } }) => failing(name, 'SITE_NOT_ANSWERING'),
      },
    )
    expect(outcomes[0]).toMatchObject({ host: 'web01', state: 'failed', changes: 9 })
    expect(outcomes[0]?.errors[0]?.code).toBe('SITE_NOT_ANSWERING')
    expect(statesOf(outcomes)).toBe('failed, not begun, not begun')
    expect(events).toContainEqual({ type: 'wave.check', wave: 'canary', hosts: 1, seconds: 0 })
  })

  it('a canary that still answers is what it was before', async () => {
    expect(statesOf((await play(2, { canary: { hosts: 1 } })).outcomes)).toBe('changed, changed')
  })

  it('interrupted, those in flight end, and nobody begins any more', async () => {
    const { outcomes, events } = await play(6, { parallel: 2 }, { run: (_task, stop) => (stop(), undefined) })
    expect(statesOf(outcomes)).toBe('changed, changed, not begun, not begun, not begun, not begun')
    expect(events.at(-1)).toMatchObject({
      type: 'fleet.done',
      hosts: { changed: 2, same: 0, failed: 0, notBegun: 4 },
      exitCode: 130,
    })
  })
})

describe('its exit code', () => {
  it('is that of the host that a person must look after first', () => {
    expect(exitCodeOf([changed('a')])).toBe(0)
    expect(exitCodeOf([changed('a'), notBegun('b')])).toBe(130)
    expect(exitCodeOf([failing('a'), notBegun('b')])).toBe(1)
    const codes = [
      'INTERRUPTED',
      'NAME_TAKEN',
      'RUN_LOCKED',
      'CONNECT_TIMEOUT',
      'STEP_FAILED',
      'INTERNAL',
      'UNDO_INCOMPLETE',
    ] as const
    const rising = codes.map((_, index) => exitCodeOf(codes.slice(0, index + 1).map((code) => failing('a', code))))
    expect(rising).toEqual([130, 2, 75, 4, 1, 70, 5])
  })
})

it('every line of --json is what the schema says, and names its host', async () => {
  const validate = new Ajv({ strict: true, allowUnionTypes: true, validateFormats: false }).compile(eventsJsonSchema())
  const { events } = await play(
    3,
    { canary: { hosts: 1 } },
    {
      run: ({ host: { name }, emit }) => {
        emit({ type: 'check.start', what: 'Log in' })
        return name === 'web03' ? failing(name) : undefined
      },
    },
  )
  const looks: readonly FleetEvent[] = [
    { type: 'look.start', hosts: 3 },
    { type: 'look.done', milliseconds: 3 },
  ]
  const lines: string[] = []
  const teller = fleetJsonLines(
    (line) => lines.push(line),
    () => new Date(0),
  )
  for (const event of [...looks, ...events]) teller.event(event)
  const documents = lines.map((line) => JSON.parse(line) as { readonly type: string; readonly hostName?: string })
  for (const document of documents) expect(validate(document), JSON.stringify([document, validate.errors])).toBe(true)
  const { oneOf } = eventsJsonSchema()
  const described = oneOf?.map((form) => (form as { properties: { type: { const: string } } }).properties.type.const)
  const seen = new Set(documents.map(({ type }) => type))
  expect(described?.filter((type) => /^(fleet|look|wave|host)\./.test(type) && !seen.has(type))).toEqual([])
  expect(
    documents
      .filter(({ type }) => type === 'check.start')
      .map(({ hostName }) => hostName)
      .sort(),
  ).toEqual(['web01', 'web02', 'web03'])
})
