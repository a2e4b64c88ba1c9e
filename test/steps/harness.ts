import { describe, expect, it } from 'vitest'
import { flaskSite } from '../../playbooks/flask-site.js'
import { commandText } from '../../src/core/command-text.js'
import type { Answer } from '../../src/core/command.js'
import type { Handler } from '../../src/core/handler.js'
import type { Family, Probe, Probes, StateOf } from '../../src/core/probe.js'
import { Secret } from '../../src/core/secret.js'
import type { Site } from '../../src/core/site.js'
import type { Change, Step, StepId } from '../../src/core/step.js'
import type { ErrorCode } from '../../src/errors.js'
import { plainText } from '../../src/render/colour.js'
import { diffLines } from '../../src/render/diff.js'
import { keyOf, recordedHost, type HostName, type Recorded, type RecordedHost } from '../fixtures/recorded-host.js'
import { sampleSite } from '../fixtures/site.js'

/** An answer as the tool gives it (a fact as JSON), or a small edit of what was recorded. */
export type Raw = string | Recorded | ((recorded: unknown) => unknown)

/** What a step is planned from: a recorded host, of which some answers were given differently. */
export interface Given {
  readonly on?: HostName
  readonly site?: Partial<Site>
  /** By the name of the probe. */
  readonly answers?: Readonly<Record<string, Raw>>
}

/** A change as a reader of the plan sees it. */
export interface Shown {
  readonly kind: Change['kind']
  readonly subject: string
  readonly reason?: string
  /** Only the lines that come (`+`) and go (`-`). */
  readonly diff?: readonly string[]
  readonly run: readonly string[]
  readonly undo?: readonly string[]
}

interface Case extends Given {
  readonly changes?: readonly Shown[]
  readonly unknown?: { readonly until: StepId; readonly reason: string }
  readonly refusals?: readonly ErrorCode[]
}

/** Every step says what it does on a pristine host, and that it does nothing on a converged one. */
export interface Cases {
  readonly pristine: Case
  readonly converged: Given
  readonly [title: string]: Case
}

const fromFamily = (family: Family, item: string, raw: Recorded): Answer => {
  const [answer] = family.split({ stderr: '', exitCode: 0, ...raw }, [item])
  if (answer === undefined) throw new Error(`the family ${family.name} has no answer for ${item}`)
  return answer
}

const factAnswer = (family: Family, item: string, host: RecordedHost, given: Raw | undefined): Answer => {
  const recorded = structuredClone(host.facts[item])
  if (given === undefined && recorded === undefined) throw new Error(`nothing is recorded for ${item}`)
  if (typeof given === 'object') return fromFamily(family, item, given)
  const value =
    typeof given === 'function' ? given(recorded) : given === undefined ? recorded : (JSON.parse(given) as unknown)
  return fromFamily(family, item, { stdout: JSON.stringify([{ ok: value }]) })
}

/** The raw answer to a probe, as the engine hands it to `parse`. */
const answerTo = (probe: Probe<unknown>, host: RecordedHost, given: Raw | undefined): Answer => {
  const { ask } = probe
  if ('family' in ask && ask.family.name === 'facts') return factAnswer(ask.family, ask.item, host, given)
  const recorded = 'sh' in ask ? host.sh[keyOf(probe)] : { stdout: host.dpkg.join('\n') }
  const raw = typeof given === 'string' ? { stdout: given } : typeof given === 'object' ? given : recorded
  if (raw === undefined) throw new Error(`nothing is recorded for ${keyOf(probe)}`)
  return 'sh' in ask ? { stderr: '', exitCode: 0, ...raw } : fromFamily(ask.family, ask.item, raw)
}

export const stateOf = <P extends Probes>(probes: P, { on = 'deployed', answers = {} }: Given): StateOf<P> => {
  const unknown = Object.keys(answers).filter((name) => !(name in probes))
  if (unknown.length > 0) throw new Error(`no probe is called ${unknown.join(', ')}`)
  const host = recordedHost(on)
  const entries = Object.entries(probes).map(
    ([name, probe]) => [name, probe.parse(answerTo(probe, host, answers[name]))] as const,
  )
  // Each member was parsed by its own probe, which is what StateOf says.
  return Object.fromEntries(entries) as StateOf<P>
}

const shown = ({ kind, subject, reason, diff, run, undo }: Change): Shown => ({
  kind,
  subject,
  ...(reason === undefined ? {} : { reason }),
  ...(diff === undefined ? {} : { diff: diffLines(diff, plainText).filter((line) => /^[+-]/.test(line)) }),
  run: run.map(commandText),
  ...(undo === undefined ? {} : { undo: undo.map(commandText) }),
})

/** The lines of a text, as they come or go in a diff. */
export const lines = (sign: '+' | '-', text: string): readonly string[] =>
  text
    .trimEnd()
    .split('\n')
    .map((line) => sign + line)

export const phasesOf = (site: Partial<Site> = {}) => flaskSite.phases(sampleSite(site))

export const stepOf = (id: StepId, site: Partial<Site> = {}): Step => {
  const step = phasesOf(site)
    .flatMap(({ steps }) => steps)
    .find((one) => one.id === id)
  if (step === undefined) throw new Error(`playbooks/flask-site.ts has no step ${id} for this site`)
  return step
}

export const handlerOf = (id: StepId, site: Partial<Site> = {}): Handler => {
  const handler = phasesOf(site)
    .flatMap(({ handlers = [] }) => handlers)
    .find((one) => one.id === id)
  if (handler === undefined) throw new Error(`playbooks/flask-site.ts has no handler ${id}`)
  return handler
}

const secrets = (site: Partial<Site>): readonly string[] =>
  Object.values(sampleSite(site).settings).flatMap((value) => (value instanceof Secret ? [value.reveal()] : []))

/** What holds for every change of every step, whatever it is. */
const mustBeSound = (change: Change, site: Partial<Site>): void => {
  for (const command of [...change.run, ...(change.undo ?? [])]) {
    for (const secret of secrets(site)) expect(command.argv.join(' ')).not.toContain(secret)
  }
  for (const secret of secrets(site)) expect(JSON.stringify(change)).not.toContain(secret)
  if (change.diff !== undefined) expect(change.run.map(({ stdin }) => stdin)).toContain(change.diff.after)
}

const check = (id: StepId, given: Case): void => {
  const step = stepOf(id, given.site)
  const is = stateOf(step.probes, given)
  const planned = step.plan(is)
  if ('unknownUntil' in planned) {
    expect({ until: planned.unknownUntil, reason: planned.reason }).toEqual(given.unknown)
  } else {
    expect(planned.map(shown)).toEqual(given.changes ?? [])
    expect(given.unknown).toBeUndefined()
    for (const change of planned) mustBeSound(change, given.site ?? {})
  }
  expect((step.refuse?.(is) ?? []).map(({ code }) => code)).toEqual(given.refusals ?? [])
}

/** Checks a step of playbooks/flask-site.ts: raw answers of real tools in, exactly these changes out. */
export const stepCases = (id: StepId, { pristine, converged, ...others }: Cases): void => {
  describe(`the step ${id}`, () => {
    it('plans this on a pristine host', () => check(id, { on: 'pristine', ...pristine }))
    it('plans nothing on a converged host', () => check(id, { ...converged, changes: [], refusals: [] }))
    for (const [title, one] of Object.entries(others)) it(title, () => check(id, one))
  })
}
