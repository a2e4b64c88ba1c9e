import { describe, expect, it } from 'vitest'
import { notBegun } from '../../src/fleet/outcome.js'
import { plainText } from '../../src/render/colour.js'
import { columns, someOf } from '../../src/render/columns.js'
import { fleetPlain } from '../../src/render/fleet-plain.js'
import { openFleetView } from '../../src/render/fleet-live-view.js'
import { FleetScene } from '../../src/render/fleet-scene.js'
import { failuresText, outcomesText } from '../../src/render/fleet-text.js'
import { MemoryTerminal } from '../helpers/terminal.js'
import { changed, failing, fleetOf } from '../fleet/hosts.js'
import { poisons } from './poison.js'

const names = (count: number): readonly string[] => fleetOf(count).map(({ name }) => name)

describe('the outcomes of a fleet', () => {
  it('stand below each other, those that failed last', () => {
    const text = outcomesText([failing('web1'), changed('web02'), notBegun('web003')], plainText)
    expect(text).toBe(
      'web02   changed    9 changes  12.0 s\n' +
        'web003  not begun\n' +
        'web1    failed                0.1 s   STEP_FAILED\n',
    )
  })

  it('of hundreds that came to the same are told in a line, and every failure has one of its own', () => {
    const text = outcomesText([...names(900).map(changed), ...names(40).map((name) => failing(name))], plainText)
    expect(text.split('\n')[0]).toBe(`900 hosts changed: ${someOf(names(900))}`)
    expect(text.match(/STEP_FAILED/g)).toHaveLength(40)
  })

  it.each(poisons)('cannot steer a terminal by a name or an error: %j', (poison) => {
    const outcomes = [failing(`web${poison}`, 'STEP_FAILED', `it said ${poison}`), changed(poison)]
    const text = outcomesText(outcomes, plainText) + failuresText(outcomes, plainText)
    expect(text).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/)
  })
})

describe('failures', () => {
  it('that differ in nothing but the host are told once', () => {
    const text = failuresText(
      names(12).map((name) => failing(name)),
      plainText,
    )
    expect(text.match(/^error /gm)).toHaveLength(1)
    expect(text).toContain('web01: the same on 11 other hosts: web02, web03')
    expect(text).toContain('where: me@web01')
  })

  it('that differ in what was said are told one by one', () => {
    const text = failuresText(
      [failing('web01', 'STEP_FAILED', 'no disk'), failing('web02', 'STEP_FAILED', 'no memory')],
      plainText,
    )
    expect(text.match(/^error /gm)).toHaveLength(2)
  })
})

it('columns are as wide as what stands in them', () => {
  expect(columns([['a', '日本', 'x'], ['bcd', 'e', 'y'], ['f']])).toEqual(['a    日本  x', 'bcd  e     y', 'f'])
})

it('lines of a log name the host, tell the same note once, and leave out what only one host is about', () => {
  const lines: string[] = []
  const teller = fleetPlain((line) => lines.push(line), { now: () => new Date(2026, 10, 30, 20, 13, 5), output: false })
  for (const host of ['web01', 'web02']) {
    teller.event({ type: 'host.start', host })
    teller.event({ type: 'event', host, event: { type: 'notice', text: 'the clock is slow' } })
    teller.event({ type: 'event', host, event: { type: 'step.same', step: 'apt.packages', title: 'Packages' } })
    teller.event({ type: 'host.done', outcome: changed(host) })
  }
  expect(lines).toEqual([
    '20:13:05 web01: note: the clock is slow\n',
    '20:13:05 web01: 9 changes in 12.0 s\n',
    '20:13:05 web02: 9 changes in 12.0 s\n',
  ])
})

it('the live view has a row for each host in flight, and counts the others', () => {
  const said: string[] = []
  const scene = new FleetScene({ say: (text) => said.push(text), keep: () => undefined })
  scene.take({ type: 'fleet.start', site: 'shop', hosts: 3 })
  scene.take({ type: 'wave.start', wave: 'canary', hosts: 1, atOnce: 1 })
  for (const host of ['web01', 'web02']) scene.take({ type: 'host.start', host })
  scene.take({ type: 'event', host: 'web02', event: { type: 'check.start', what: 'Log in' } })
  scene.take({ type: 'event', host: 'web02', event: { type: 'check.running', what: 'Log in', seconds: 12 } })
  scene.take({ type: 'host.done', outcome: changed('web01') })
  expect(scene.rows.map(({ title, time }) => [title, time])).toEqual([
    ['web02: Log in', '12 s'],
    ['canary, 1 of 3 hosts done, 1 changed', ''],
  ])
  // a canary that is asked again counts once, as what it was last
  scene.take({ type: 'host.done', outcome: failing('web01') })
  expect(scene.rows.at(-1)?.title).toBe('canary, 1 of 3 hosts done, 1 failed')
  expect(said).toEqual(['shop on 3 hosts', 'web01: failed, STEP_FAILED: web01 refused'])
  scene.take({
    type: 'fleet.done',
    hosts: { changed: 0, same: 0, failed: 1, notBegun: 2 },
    milliseconds: 5,
    exitCode: 1,
  })
  expect(scene.rows).toEqual([])
})

it('on the terminal, too, hosts that are done give way to others, and the fleet stands below them', async () => {
  const terminal = new MemoryTerminal(60)
  const output = { stdout: terminal, stderr: terminal, interactive: true }
  const { view } = openFleetView({ ...output, env: { LANG: 'C.UTF-8' }, cwd: '/', now: () => new Date() }, plainText)
  await view.ready()
  view.event({ type: 'fleet.start', site: 'shop', hosts: 3 })
  view.event({ type: 'wave.start', wave: 'all hosts', hosts: 3, atOnce: 2 })
  for (const host of ['web01', 'web02']) view.event({ type: 'host.start', host })
  view.draw()
  expect(terminal.text).toBe('shop on 3 hosts\n⠋ web01\n⠋ web02\n⠋ all hosts, 0 of 3 hosts done')
  view.event({ type: 'host.done', outcome: failing('web01') })
  view.event({ type: 'host.start', host: 'web03' })
  view.draw()
  expect(terminal.text).toBe(
    'shop on 3 hosts\nweb01: failed, STEP_FAILED: web01 refused\n' +
      '⠋ web02\n⠋ web03\n⠋ all hosts, 1 of 3 hosts done, 1 failed',
  )
  view.failed()
})
