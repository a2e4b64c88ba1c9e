import { describe, expect, it } from 'vitest'
import { flaskSite } from '../../playbooks/flask-site.js'
import { commandText } from '../../src/core/command-text.js'
import type { Answer } from '../../src/core/command.js'
import type { Handler } from '../../src/core/handler.js'
import type { Family, Probe, Probes, StateOf } from '../../src/core/probe.js'
import type { Phase } from '../../src/core/playbook.js'
import { Secret } from '../../src/core/secret.js'
import type { Site } from '../../src/core/site.js'
import type { Change, Step, StepId } from '../../src/core/step.js'
import type { ErrorCode } from '../../src/errors.js'
import { plainText } from '../../src/render/colour.js'
import { diffLines } from '../../src/render/diff.js'
import { keyOf, recordedHost, type HostName, type Recorded, type RecordedHost } from '../fixtures/recorded-host.js'
import { recordedSite, sampleSite } from '../fixtures/site.js'
import { secrets as known, type Flags, type SiteName } from '../fixtures/sites.js'

/** An answer as the tool gives it (a fact as JSON), or a small edit of what was recorded. */
export type Raw = string | Recorded | ((recorded: unknown) => unknown)

/** What a step is planned from: a recorded host, of which some answers were given differently. */
export interface Given {
  readonly on?: HostName
  /** Default: notes. */
  readonly of?: SiteName
  /** Replaces keys of the site's flags file. */
  readonly flags?: Flags
  /** Replaces members of what the flags file comes to. */
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
  readonly notes?: readonly string[]
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

/** Where the site is deployed. */
const deployedOn = (of: SiteName | undefined): HostName => (of === 'wiki' ? 'mounted' : 'deployed')

export const stateOf = <P extends Probes>(probes: P, { of, on = deployedOn(of), answers = {} }: Given): StateOf<P> => {
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

/** The site that is meant, through schema and rules where its flags file is another one. */
export const siteFor = async ({ of, flags, site = {} }: Given): Promise<Site> =>
  of === undefined && flags === undefined
    ? sampleSite(site)
    : { ...(await recordedSite(of ?? 'notes', flags)), ...site }

export const phasesOf = (site: Partial<Site> = {}): readonly Phase[] => flaskSite.phases(sampleSite(site))

export const phasesFor = async (given: Given): Promise<readonly Phase[]> => flaskSite.phases(await siteFor(given))

const stepIn = (phases: readonly Phase[], id: StepId): Step => {
  const step = phases.flatMap(({ steps }) => steps).find((one) => one.id === id)
  if (step === undefined) throw new Error(`playbooks/flask-site.ts has no step ${id} for this site`)
  return step
}

const handlerIn = (phases: readonly Phase[], id: StepId): Handler => {
  const handler = phases.flatMap(({ handlers = [] }) => handlers).find((one) => one.id === id)
  if (handler === undefined) throw new Error(`playbooks/flask-site.ts has no handler ${id} for this site`)
  return handler
}

export const stepOf = (id: StepId, site: Partial<Site> = {}): Step => stepIn(phasesOf(site), id)

export const stepFor = async (id: StepId, given: Given): Promise<Step> => stepIn(await phasesFor(given), id)

export const handlerOf = (id: StepId, site: Partial<Site> = {}): Handler => handlerIn(phasesOf(site), id)

export const handlerFor = async (id: StepId, given: Given): Promise<Handler> => handlerIn(await phasesFor(given), id)

const hashesIn = (htpasswd: string): readonly string[] =>
  htpasswd
    .trim()
    .split('\n')
    .map((line) => line.slice(line.indexOf(':') + 1))

const secretsOf = ({ settings, authentication }: Site): readonly string[] => [
  ...Object.values(settings).flatMap((value) => (value instanceof Secret ? [value.reveal()] : [])),
  ...(authentication?.content === undefined ? [] : hashesIn(authentication.content.reveal())),
  ...Object.values(known),
]

/** What holds for every change of every step, whatever it is. */
const mustBeSound = (change: Change, site: Site): void => {
  for (const command of [...change.run, ...(change.undo ?? [])]) {
    for (const secret of secretsOf(site)) expect(command.argv.join(' ')).not.toContain(secret)
  }
  for (const secret of secretsOf(site)) expect(JSON.stringify(change)).not.toContain(secret)
  if (change.diff !== undefined) expect(change.run.map(({ stdin }) => stdin)).toContain(change.diff.after)
}

const check = async (id: StepId, given: Case): Promise<void> => {
  const site = await siteFor(given)
  const step = stepIn(flaskSite.phases(site), id)
  const is = stateOf(step.probes, given)
  const planned = step.plan(is)
  if ('unknownUntil' in planned) {
    expect({ until: planned.unknownUntil, reason: planned.reason }).toEqual(given.unknown)
  } else {
    expect(planned.map(shown)).toEqual(given.changes ?? [])
    expect(given.unknown).toBeUndefined()
    for (const change of planned) mustBeSound(change, site)
  }
  const inTheWay = 'unknownUntil' in planned ? [] : planned.flatMap(({ refusal }) => refusal ?? [])
  expect([...(step.refuse?.(is) ?? []), ...inTheWay].map(({ code }) => code)).toEqual(given.refusals ?? [])
  expect(step.notes?.(is) ?? []).toEqual(given.notes ?? [])
}

/** Checks a step of playbooks/flask-site.ts: raw answers of real tools in, exactly these changes out. */
export const stepCases = (id: StepId, { pristine, converged, ...others }: Cases): void => {
  describe(`the step ${id}`, () => {
    it('plans this on a pristine host', () => check(id, { on: 'pristine', ...pristine }))
    it('plans nothing on a converged host', () => check(id, { ...converged, changes: [], refusals: [] }))
    for (const [title, one] of Object.entries(others)) it(title, () => check(id, one))
  })
}
