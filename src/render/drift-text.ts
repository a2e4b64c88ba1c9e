import { isEmpty, type Drift, type Plan } from '../core/plan.js'
import { visible } from '../core/sanitise.js'
import { phaseDocuments } from './plan-json.js'
import { planBody, type Look } from './plan-text.js'

/** How a host differs from what is wanted, and why. */
export interface ShownDrift {
  readonly host: string
  readonly site: string
  /** UTC; when the last run had brought everything there. Missing where it has kept nothing that tells. */
  readonly since: string | undefined
  /** Since then somebody went back from a release, with this program. */
  readonly rolledBack: { readonly release: string; readonly at: string } | undefined
  /** Why applying would be refused. */
  readonly refusals: readonly string[]
  readonly drift: Drift
}

const headings = (since: string): Readonly<Record<keyof Drift, string>> => ({
  changed: `Changed on the host since ${since}: apply puts it back`,
  wanted: `Wanted since ${since}, by the flags file or the code: apply brings it`,
  unclear: 'Different, and nobody knows whether here or there: apply brings it, and tells them apart from then on',
})

const part = (kind: keyof Drift, plan: Plan, { since = 'the last run' }: ShownDrift, look: Look): readonly string[] =>
  isEmpty(plan) ? [] : [look.colours.bold(headings(since)[kind]), '', ...planBody(plan, look)]

const backText = ({ rolledBack }: ShownDrift): readonly string[] =>
  rolledBack === undefined
    ? []
    : [`Went back from ${visible(rolledBack.release)} at ${rolledBack.at}: apply brings the code of this computer`, '']

/** For people. */
export const driftText = (shown: ShownDrift, look: Look): string => {
  const { drift, refusals, since } = shown
  const kinds = ['changed', 'wanted', 'unclear'] as const
  const parts = kinds.flatMap((kind) => part(kind, drift[kind], shown, look))
  const inTheWay = refusals.map((text) => `${look.colours.red('apply would be refused:')} ${visible(text)}`)
  const none = `${visible(shown.site)} on ${visible(shown.host)} is as the flags file wants it, and as it was left`
  const nothing = parts.length === 0 ? [`${none}${since === undefined ? '' : ` at ${since}`}`] : []
  return `${[...backText(shown), ...parts, ...nothing, ...inTheWay].join('\n').trimEnd()}\n`
}

/** For programs; `version` changes when one that reads it would have to. */
export const driftDocument = ({ host, site, since, rolledBack, refusals, drift }: ShownDrift) => ({
  version: 1 as const,
  host,
  site,
  since: since ?? null,
  rolledBack: rolledBack ?? null,
  refusals,
  changed: phaseDocuments(drift.changed),
  wanted: phaseDocuments(drift.wanted),
  unclear: phaseDocuments(drift.unclear),
})
