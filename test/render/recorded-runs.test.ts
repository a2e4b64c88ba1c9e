import { describe, expect, it } from 'vitest'
import { sanitise } from '../../src/core/sanitise.js'
import { colours, plainText } from '../../src/render/colour.js'
import { errorText } from '../../src/render/error.js'
import { jsonLines } from '../../src/render/json-lines.js'
import { Live } from '../../src/render/live.js'
import { plain } from '../../src/render/plain.js'
import { Scene } from '../../src/render/scene.js'
import { Screen } from '../../src/render/screen.js'
import { signsFor } from '../../src/render/signs.js'
import { summaryText } from '../../src/render/summary.js'
import { Tally } from '../../src/render/tally.js'
import { duration } from '../../src/render/words.js'
import { recordedRun, runNames, type RecordedRun, type RunName } from '../fixtures/recorded-run.js'
import { MemoryTerminal } from '../helpers/terminal.js'
import { poisonedRun, poisons } from './poison.js'

const now = (): Date => new Date(2026, 10, 24, 20, 13, 5)

/** A renderer, by what it has written in the end, and by all that it has shown meanwhile. */
interface Shown {
  readonly final: string
  readonly meanwhile: string
}

const asText = (run: RecordedRun, output: boolean): Shown => {
  let text = ''
  const subscriber = plain((line) => (text += line), { now, output })
  run.events.forEach(subscriber.event)
  for (const error of run.errors) text += errorText(error, plainText)
  return { final: text, meanwhile: text }
}

const asJson = (run: RecordedRun): Shown => {
  let text = ''
  const subscriber = jsonLines((line) => (text += line), now)
  run.events.forEach(subscriber.event)
  subscriber.failed?.(run.errors, undefined)
  return { final: text, meanwhile: text }
}

const asLive = async (run: RecordedRun, columns: number, env: Record<string, string> = { LANG: 'C.UTF-8' }) => {
  const terminal = new MemoryTerminal(columns, 60)
  const signs = signsFor(env)
  const live = new Live(new Screen(terminal, signs, plainText), signs, plainText, (stage) => new Scene(stage))
  await live.ready()
  let meanwhile = ''
  for (const event of run.events) {
    live.event(event)
    live.draw()
    meanwhile += `${terminal.text}\n`
  }
  if (run.errors.length > 0) live.failed()
  for (const error of run.errors) terminal.write(errorText(error, plainText))
  return { final: terminal.text, meanwhile, terminal }
}

const asSummary = ({ events }: RecordedRun): string => {
  const tally = new Tally()
  for (const event of events) tally.take(event)
  const done = events.find((event) => event.type === 'run.done')
  if (done === undefined) return ''
  const { changes, milliseconds } = done
  const url = 'http://notes.test/'
  const around = { host: 'server', url, report: undefined, again: '' }
  return summaryText({ ...around, changes, milliseconds, phases: tally.phases }, plainText)
}

type Rendered = readonly (readonly [string, (run: RecordedRun) => Promise<Shown>])[]

const renderers: Rendered = [
  ['plain lines', (run) => Promise.resolve(asText(run, false))],
  ['verbose lines', (run) => Promise.resolve(asText(run, true))],
  ['JSON lines', (run) => Promise.resolve(asJson(run))],
  ['the live view', (run) => asLive(run, 400)],
]

const changesIn = ({ events }: RecordedRun) =>
  events.flatMap((event) => (event.type === 'step.change' ? [event.change] : []))

/** As a renderer writes a duration. */
const timed = (renderer: string, milliseconds: number): string =>
  renderer === 'JSON lines' ? `"milliseconds":${milliseconds}` : duration(milliseconds)

describe.each(runNames)('the recorded run "%s"', (name: RunName) => {
  const run = recordedRun(name)

  it.each(renderers)('is told by %s with every change', async (renderer, render) => {
    const { meanwhile } = await render(run)
    for (const { kind, subject } of changesIn(run)) {
      expect(meanwhile).toContain(
        renderer === 'JSON lines' ? `"kind":"${kind}","subject":"${subject}"` : `${kind} ${subject}`,
      )
    }
  })

  it.each(renderers)('is told by %s with what each step, phase and undo took', async (renderer, render) => {
    const { final } = await render(run)
    for (const event of run.events) {
      if (event.type === 'step.done' || event.type === 'step.failed') expect(final).toContain(event.title.slice(0, 40))
      const isTold = ['step.done', 'step.failed', 'phase.done', 'phase.undone'].includes(event.type)
      if (isTold && 'milliseconds' in event) expect(final).toContain(timed(renderer, event.milliseconds))
    }
  })

  it.each(renderers)('is told by %s with each failure, and with how it ended', async (renderer, render) => {
    const { final } = await render(run)
    for (const { code, fault } of run.errors) {
      expect(final).toContain(code)
      expect(final).toContain(fault.what)
    }
    const failed = run.events.filter((event) => event.type === 'step.failed')
    expect(failed).toHaveLength(run.errors.length)
    for (const { title, step } of failed) {
      if (renderer === 'the live view') expect(final).toContain(`✖ ${title}`)
      else if (renderer === 'JSON lines') expect(final).toContain(`"type":"step.failed","step":"${step}"`)
      else expect(final).toContain(`${step}: failed`)
    }
    const done = run.events.find((event) => event.type === 'run.done')
    expect(done === undefined).toBe(run.errors.length > 0)
  })

  it('is summed up with every change below its phase', () => {
    const summary = asSummary(run)
    const done = run.events.find((event) => event.type === 'run.done')
    if (done === undefined) return expect(summary).toBe('')
    expect(summary).toContain(`Done: ${done.changes} change`)
    expect(summary.match(/^ {4}[+~>-] /gm) ?? []).toHaveLength(done.changes)
    for (const { kind, subject } of changesIn(run)) expect(summary).toContain(`${kind} ${subject}`)
  })

  it.each([80, 40, 20])(
    'breaks no line of a terminal of %i columns, and leaves nothing moving on it',
    async (columns) => {
      const { events } = run
      const { terminal } = await asLive({ ...run, errors: [] }, columns)
      expect(terminal.hidden).toBe(false)
      const rows = events.filter(({ type }) => ['phase.start', 'step.start'].includes(type)).length
      const gates = events.filter((event) => event.type === 'phase.start' && event.gate).length
      // each step and phase has one line, and a phase that is taken back has one more
      expect(terminal.text.split('\n').length).toBeLessThanOrEqual(rows + gates + 4)
      expect(terminal.text.split('\n').filter((line) => line.length >= columns)).toEqual([])
    },
  )

  it('is shown in ASCII where the terminal has nothing else', async () => {
    const { terminal } = await asLive({ ...run, errors: [] }, 60, { LANG: 'C' })

    expect(terminal.written).toMatch(/^[\u0000-\u007e]*$/)
  })
})

describe('of what a host says, no renderer lets through what a terminal would obey', () => {
  const forbidden = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/
  /** What the live view itself sends: to hide and show the cursor, to go up, to erase. */
  const ours = /\u001b\[\?25[lh]|\r\u001b\[\d+A\u001b\[J/g

  it('which the host does say in this test', () => {
    const run = poisonedRun('first')
    const texts = run.events.flatMap((event) => (event.type === 'step.output' ? [event.text] : []))
    for (const poison of poisons) expect(texts.some((text) => text.includes(poison))).toBe(true)
    expect(texts.join('')).toMatch(forbidden)
  })

  describe.each(runNames)('in the run "%s"', (name: RunName) => {
    const run = poisonedRun(name)

    it.each(renderers)('%s', async (renderer, render) => {
      const { final, meanwhile } = await render(run)
      expect(final).not.toMatch(forbidden)
      expect(meanwhile).not.toMatch(forbidden)
      if (renderer === 'plain lines' || renderer === 'verbose lines') {
        // no line of the host passes for one of ours
        const lines = asText({ ...run, errors: [] }, renderer === 'verbose lines')
          .final.trimEnd()
          .split('\n')
        expect(lines.filter((line) => !line.startsWith('20:13:05 '))).toEqual([])
      }
    })

    it('nor the bytes that the live view sends', async () => {
      const { terminal } = await asLive({ ...run, errors: [] }, 80)
      expect(terminal.written.replace(ours, '')).not.toMatch(forbidden)
    })

    it('nor with colours', async () => {
      const terminal = new MemoryTerminal(80, 60)
      const signs = signsFor({ LANG: 'C.UTF-8' })
      const live = new Live(
        new Screen(terminal, signs, colours(true)),
        signs,
        colours(true),
        (stage) => new Scene(stage),
      )
      await live.ready()
      run.events.forEach(live.event)
      live.failed()
      const styles = /\u001b\[(?:1|2|22|3[1256]|39)m/g
      expect(terminal.written).toMatch(styles)
      expect(terminal.written.replace(ours, '').replace(styles, '')).not.toMatch(forbidden)
    })

    it('nor the summary', () => {
      expect(asSummary(run)).not.toMatch(forbidden)
    })
  })

  it('and what is left of it can still be read', () => {
    const { final } = asText(poisonedRun('first'), true)
    expect(sanitise(final)).toContain('Unpacking')
  })
})
