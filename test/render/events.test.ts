import { mkdtempSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { root } from '../../src/core/command.js'
import type { Event } from '../../src/core/event.js'
import { Secret } from '../../src/core/secret.js'
import { DeployError } from '../../src/errors.js'
import { jsonLines } from '../../src/render/json-lines.js'
import { logFile } from '../../src/render/log.js'
import { plain } from '../../src/render/plain.js'

const now = (): Date => new Date(2026, 10, 24, 20, 13, 5)
const stamp = now().toISOString()
const failure = new DeployError('APT_FAILED', { what: 'apt failed', evidence: 'E: no', remedy: 'look' })

const story: readonly Event[] = [
  { type: 'run.start', host: 'vagrant@10.0.3.7', site: 'notes' },
  { type: 'survey.done', milliseconds: 420, questions: 31 },
  {
    type: 'phase.start',
    phase: 'Packages',
    steps: [
      { step: 'apt.index', title: 'Package index' },
      { step: 'apt.packages', title: 'Packages' },
    ],
    gate: false,
  },
  { type: 'step.start', phase: 'Packages', step: 'apt.index', title: 'Package index' },
  { type: 'step.same', step: 'apt.index', title: 'Package index' },
  { type: 'step.start', phase: 'Packages', step: 'apt.packages', title: 'Packages' },
  {
    type: 'step.change',
    step: 'apt.packages',
    change: {
      kind: 'create',
      subject: 'package apache2',
      reason: 'it serves',
      run: [{ ...root('apt-get', 'install', 'apache2'), stdin: new Secret('hunter2') }],
    },
  },
  { type: 'step.command', step: 'apt.packages', run: 'apt-get install apache2', as: 'root' },
  { type: 'step.waiting', step: 'apt.packages', for: 'the lock /x', holder: 'unattended-upgr (process 7)', seconds: 2 },
  { type: 'step.notice', step: 'apt.packages', notice: 'dpkg has finished what was interrupted: foo' },
  { type: 'step.output', step: 'apt.packages', text: 'Reading lists' },
  { type: 'step.progress', step: 'apt.packages', what: 'Unpacking apache2', percent: 42.5 },
  { type: 'step.output', step: 'apt.packages', text: 'Unp\u001b[1mack\u001b[0ming' },
  { type: 'step.running', step: 'apt.packages', seconds: 70, percent: 42.5, line: 'Unpacking' },
  { type: 'step.done', step: 'apt.packages', title: 'Packages', milliseconds: 61_000 },
  { type: 'phase.done', phase: 'Packages', milliseconds: 61_100 },
  { type: 'step.failed', step: 'apt.index', title: 'Package index', error: failure, milliseconds: 300 },
  { type: 'phase.undo', phase: 'Packages', because: failure },
  { type: 'step.undo', phase: 'Packages', step: 'apt.packages', subject: 'package apache2' },
  { type: 'step.undone', step: 'apt.packages', subject: 'package apache2', milliseconds: 2000, complete: true },
  { type: 'phase.undone', phase: 'Packages', subjects: ['package apache2'], milliseconds: 2100 },
  { type: 'check.done', what: 'Look at the whole host again', milliseconds: 1500 },
  { type: 'run.done', changes: 1, milliseconds: 61_500 },
]

const told = (output: boolean): string => {
  let text = ''
  const subscriber = plain((line) => (text += line), { now, output })
  story.forEach(subscriber.event)
  return text
}

test('plain progress is one line an event, with the time and the id of the step', () => {
  expect(told(false)).toBe(`20:13:05 site notes on vagrant@10.0.3.7
20:13:05 survey: 31 questions answered in 0.4 s
20:13:05 phase Packages
20:13:05 apt.index: Package index
20:13:05 apt.index: already so
20:13:05 apt.packages: Packages
20:13:05 apt.packages: create package apache2 (it serves)
20:13:05 apt.packages: waiting for the lock /x, held by unattended-upgr (process 7), 2 s
20:13:05 apt.packages: dpkg has finished what was interrupted: foo
20:13:05 apt.packages: still running, 1 min 10 s, 42 %: Unpacking
20:13:05 apt.packages: done in 1 min 1 s
20:13:05 phase Packages: done in 1 min 1 s
20:13:05 apt.index: failed after 0.3 s, APT_FAILED: apt failed
20:13:05 phase Packages: undoing it, because of APT_FAILED: apt failed
20:13:05 apt.packages: taking back package apache2
20:13:05 apt.packages: took back package apache2, 2.0 s
20:13:05 phase Packages: undone in 2.1 s, package apache2
20:13:05 Look at the whole host again: done in 1.5 s
20:13:05 done: 1 change in 1 min 2 s
`)
})

test('whoever wants to see commands and their output gets them between the others, a line each', () => {
  const usual = told(false).split('\n')
  const more = told(true).split('\n')
  expect(more.filter((line) => !usual.includes(line))).toEqual([
    '20:13:05 apt.packages# apt-get install apache2',
    '20:13:05 apt.packages| Reading lists',
    '20:13:05 apt.packages| Unpacking',
  ])
  expect(more.filter((line) => usual.includes(line))).toEqual(usual)
})

test('JSON lines hold every event with stable names, and no secret', () => {
  const lines: string[] = []
  const subscriber = jsonLines((line) => lines.push(line), now)
  story.forEach(subscriber.event)
  subscriber.failed?.([failure], undefined)
  expect(lines.every((line) => line.endsWith('\n') && line.trimEnd().split('\n').length === 1)).toBe(true)
  const documents = lines.map((line): unknown => JSON.parse(line))
  expect(documents.slice(0, -1)).toMatchObject(story.map(({ type }) => ({ time: stamp, type })))
  expect(documents[6]).toEqual({
    time: stamp,
    type: 'step.change',
    step: 'apt.packages',
    change: {
      kind: 'create',
      subject: 'package apache2',
      reason: 'it serves',
      commands: [{ run: 'apt-get install apache2', as: 'root' }],
    },
  })
  expect(documents.at(-1)).toEqual({
    time: stamp,
    type: 'error',
    code: 'APT_FAILED',
    exitCode: 1,
    what: 'apt failed',
    evidence: 'E: no',
    remedy: 'look',
  })
  expect(lines.join('')).not.toContain('hunter2')
})

test('the log is for its owner only, also when the file was there before, and keeps what it held', () => {
  const file = join(mkdtempSync(join(tmpdir(), 'deploy-flask-')), 'run.log')
  writeFileSync(file, '{"type":"earlier"}\n', { mode: 0o644 })
  const log = logFile(file, now, () => undefined)
  log.event({ type: 'check.start', what: 'Log in' })
  log.document?.({ type: 'result', host: 'h', site: 's', url: 'u', changes: 0, milliseconds: 1 })
  log.failed?.([failure], 'Error: x\n  at y')
  expect(statSync(file).mode & 0o777).toBe(0o600)
  const types = readFileSync(file, 'utf8')
    .trim()
    .split('\n')
    .map((line) => (JSON.parse(line) as { type: string }).type)
  expect(types).toEqual(['earlier', 'check.start', 'result', 'error', 'stack'])
})

test('a log that cannot be opened is a mistake in the command line', () => {
  const opening = (): unknown => logFile('/nowhere/at/all.log', now, () => undefined)
  expect(opening).toThrow(DeployError)
  expect(opening).toThrow(/^the log file cannot be written: ENOENT/)
})

test.skipIf(process.platform !== 'linux')('a full disk ends the log and not the run', () => {
  const complaints: string[] = []
  const log = logFile('/dev/full', now, (text) => complaints.push(text))
  log.event({ type: 'check.start', what: 'Log in' })
  log.event({ type: 'check.done', what: 'Log in', milliseconds: 1 })
  expect(complaints).toEqual([expect.stringMatching(/^warning: the log ends here: ENOSPC/)])
})
