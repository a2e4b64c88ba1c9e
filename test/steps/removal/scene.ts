import { manifestOf } from '../../../playbooks/flask-site-manifest.js'
import { commandText } from '../../../src/core/command-text.js'
import type { Probes, StateOf } from '../../../src/core/probe.js'
import type { Change, Step } from '../../../src/core/step.js'
import type { Entry } from '../../../src/probes/file.js'
import type { HostManifest, SiteManifest } from '../../../src/probes/manifest.js'
import { layoutOf } from '../../../src/steps/site/layout.js'
import type { Removal } from '../../../src/steps/removal/removal.js'
import { sampleSite } from '../../fixtures/site.js'

const wanted = manifestOf(sampleSite(), layoutOf(sampleSite()))

const allAbsent = (paths: readonly string[]): Readonly<Record<string, null>> =>
  Object.fromEntries(paths.map((path) => [path, null]))

/** Of the example, on a host that had nothing of it. */
export const notes: SiteManifest = {
  version: 1,
  ...wanted.description,
  modules: [...wanted.modules],
  before: {
    paths: allAbsent(wanted.paths),
    accounts: { 'user flask-notes': false, 'group flask-notes': false },
  },
}

/** The same site under another name, in folders of its own. */
export const board: SiteManifest = JSON.parse(JSON.stringify(notes).replaceAll('notes', 'board')) as SiteManifest

export const host: HostManifest = {
  version: 1,
  before: {
    paths: allAbsent(wanted.shared),
    modules: Object.fromEntries(wanted.modules.map((name) => [name, name !== 'wsgi'])),
  },
}

export const removalOf = (other: Partial<Removal> = {}): Removal => ({
  manifest: notes,
  host,
  others: [],
  unnoted: [],
  data: false,
  ...other,
})

export const withPaths = (paths: SiteManifest['before']['paths']): SiteManifest => ({
  ...notes,
  before: { ...notes.before, paths: { ...notes.before.paths, ...paths } },
})

export const entry = (kind: Entry['kind'], more: Partial<Entry> = {}): Entry => ({
  ...{ kind, mode: kind === 'directory' ? '0755' : '0644', owner: 'root', group: 'root', size: 10, links: 1 },
  ...{ changed: 1, modified: 1 },
  ...more,
})

const lists = /^(in |mounts |logs$|all$|enabled$|uses$)/

/** What the probes of a step found: nothing, but for what is given. */
const stateWith = <P extends Probes>(probes: P, given: Readonly<Record<string, unknown>>): StateOf<P> => {
  const unknown = Object.keys(given).filter((name) => !(name in probes))
  if (unknown.length > 0) throw new Error(`no probe is called ${unknown.join(', ')}`)
  const all = Object.keys(probes).map((name) => [name, name in given ? given[name] : lists.test(name) ? [] : null])
  // The tests give each what its probe would answer.
  return Object.fromEntries(all) as StateOf<P>
}

export const changesOf = (step: Step, given: Readonly<Record<string, unknown>> = {}): readonly Change[] => {
  const planned = step.plan(stateWith(step.probes, given))
  if ('unknownUntil' in planned) throw new Error('must be known')
  return planned
}

/** `remove file /srv/notes/current`, a line a change. */
export const planned = (step: Step, given: Readonly<Record<string, unknown>> = {}): readonly string[] =>
  changesOf(step, given).map(({ kind, subject }) => `${kind} ${subject}`)

export const commands = (step: Step, given: Readonly<Record<string, unknown>> = {}) =>
  changesOf(step, given).map(({ run, undo = [] }) => [run.map(commandText), undo.map(commandText)])

export const kept = (step: Step, given: Readonly<Record<string, unknown>> = {}): readonly string[] =>
  step.keeps?.(stateWith(step.probes, given)) ?? []

export const refusals = (step: Step, given: Readonly<Record<string, unknown>> = {}): readonly string[] =>
  [
    ...(step.refuse?.(stateWith(step.probes, given)) ?? []),
    ...changesOf(step, given).flatMap(({ refusal }) => refusal ?? []),
  ].map(({ code }) => code)
