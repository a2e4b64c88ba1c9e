import { Ajv } from 'ajv'
import { format } from 'prettier'
import { describe, expect, it } from 'vitest'
import { eventsJsonSchema } from '../../src/render/events-schema.js'
import { jsonLines } from '../../src/render/json-lines.js'
import { linesOf, recordedRun, runNames } from '../fixtures/recorded-run.js'

const validate = new Ajv({ strict: true, allowUnionTypes: true, validateFormats: false }).compile(eventsJsonSchema())

const mistakes = (line: string): string | undefined =>
  validate(JSON.parse(line)) ? undefined : `${JSON.stringify(validate.errors?.slice(-1))} in ${line.slice(0, 200)}`

describe('the JSON Schema of events', () => {
  it('is what docs/events.schema.json says (vitest -u writes it)', async () => {
    const text = await format(JSON.stringify(eventsJsonSchema()), { parser: 'json', printWidth: 120 })
    await expect(text).toMatchFileSnapshot('../../docs/events.schema.json')
  })

  it.each(runNames)('describes every line of a real run: %s', (name) => {
    expect(linesOf(name).flatMap((line) => mistakes(line) ?? [])).toEqual([])
  })

  it('describes every type of event with a real one, but for those that no good run has', () => {
    const seen = new Set(runNames.flatMap(linesOf).map((line) => (JSON.parse(line) as { type: string }).type))
    const { oneOf } = eventsJsonSchema()
    const described = oneOf?.map((form) => (form as { properties: { type: { const: string } } }).properties.type.const)
    // those of fleets are held to it by test/fleet/run.test.ts
    const ofOneHost = described?.filter((type) => !/^(fleet|look|wave|host)\./.test(type))
    expect(ofOneHost?.filter((type) => !seen.has(type))).toEqual(['check.running', 'notice', 'step.notice', 'stack'])
  })

  it.each([
    ['another type', { type: 'step.begun', step: 'a.b' }],
    ['a field that is missing', { type: 'step.output', step: 'a.b' }],
    ['a field that nobody has described', { type: 'step.output', step: 'a.b', text: '', colour: 'red' }],
    ['a percentage beyond all', { type: 'step.progress', step: 'a.b', what: '', percent: 101 }],
    ['a step without a world', { type: 'step.output', step: 'packages', text: '' }],
    ['no time', { type: 'survey.start', time: undefined }],
  ])('does not describe %s', (_what, document) => {
    expect(mistakes(JSON.stringify({ time: '2026-11-24T20:13:05.000Z', ...document }))).toBeDefined()
  })
})

describe('JSON lines', () => {
  it.each(runNames)('tell a recorded run as it was recorded: %s', (name) => {
    const lines = linesOf(name)
    const times = lines.map((line) => (JSON.parse(line) as { time: string }).time)
    const { events, documents, errors } = recordedRun(name)
    const told: string[] = []
    const subscriber = jsonLines(
      (line) => told.push(line.trimEnd()),
      () => new Date(times[told.length] ?? 0),
    )
    // the plan is told after the survey, the result at the end
    const [plan, ...result] = documents
    for (const event of events) {
      subscriber.event(event)
      if (event.type === 'survey.done' && plan !== undefined) subscriber.document?.(plan)
    }
    for (const document of result) subscriber.document?.(document)
    subscriber.failed?.(errors, undefined)
    expect(told).toEqual(lines)
  })
})
