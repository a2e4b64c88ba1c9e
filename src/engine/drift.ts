import type { Phase } from '../core/playbook.js'
import type { Drift, Plan, PlannedStep } from '../core/plan.js'
import type { Change, Step } from '../core/step.js'
import type { AsLeft } from './as-left.js'
import type { State } from './ask.js'
import { planPhases, planStep } from './plan.js'

interface Parts {
  readonly changed?: PlannedStep
  readonly wanted?: PlannedStep
  readonly unclear?: PlannedStep
}

const isSame = (one: Change, other: Change): boolean =>
  one.kind === other.kind && one.diff?.before === other.diff?.before && one.diff?.after === other.diff?.after

/** One change of today, by what the same flags file would change on the host as it was left: `then`. */
const partsOf = (now: Change, then: Change | undefined): { readonly changed?: Change; readonly wanted?: Change } => {
  if (then === undefined) return { changed: now }
  if (isSame(now, then)) return { wanted: now }
  // back to how it was left first, and from there to what is wanted
  if (now.diff === undefined || then.diff === undefined) return { changed: now }
  return { changed: { ...now, diff: { before: now.diff.before, after: then.diff.before } }, wanted: then }
}

const withChanges = ({ id, title }: PlannedStep, changes: readonly Change[]): PlannedStep | undefined =>
  changes.length === 0 ? undefined : { id, title, state: 'change', changes }

const compared = (now: PlannedStep, then: PlannedStep): Parts => {
  if (now.state === 'ok') return {}
  if (then.state === 'unknown') return { wanted: now }
  if (now.state === 'unknown') return { changed: now }
  const before = then.state === 'ok' ? [] : then.changes
  const parts = now.changes.map((one) =>
    partsOf(
      one,
      before.find(({ subject }) => subject === one.subject),
    ),
  )
  const [changed, wanted] = [
    withChanges(
      now,
      parts.flatMap((one) => one.changed ?? []),
    ),
    withChanges(
      now,
      parts.flatMap((one) => one.wanted ?? []),
    ),
  ]
  return { ...(changed === undefined ? {} : { changed }), ...(wanted === undefined ? {} : { wanted }) }
}

/**
 * What the flags file of today would have changed on the host of then is what it wants since; all else was done to the
 * host. `version`: of deploy-flask; a question that was not asked then, by the same one, is about something new.
 */
export const driftOf = (phases: readonly Phase[], now: State, left: AsLeft | undefined, version: string): Drift => {
  const plan = planPhases(phases, now)
  const sort = (step: Step, planned: PlannedStep): Parts => {
    if (planned.state === 'ok') return {}
    if (left?.knows(step.probes) === true) return compared(planned, planStep(step, left.state))
    return left?.by === version ? { wanted: planned } : { unclear: planned }
  }
  const parts = phases.map(({ steps }, at) =>
    steps.map((step, index) => {
      const planned = plan.phases[at]?.steps[index]
      return planned === undefined ? {} : sort(step, planned)
    }),
  )
  const of = (kind: keyof Drift): Plan => ({
    phases: plan.phases.flatMap((phase, at) => {
      const own = parts[at] ?? []
      const steps = own.flatMap((one) => one[kind] ?? [])
      const handlers = kindOfHandlers(own, left) === kind ? phase.handlers : []
      return steps.length + handlers.length === 0 ? [] : [{ title: phase.title, steps, handlers }]
    }),
  })
  return { changed: of('changed'), wanted: of('wanted'), unclear: of('unclear') }
}

/** What is to be reloaded is so for the sake of a step; without one, because of what happened on the host. */
const kindOfHandlers = (parts: readonly Parts[], left: AsLeft | undefined): keyof Drift => {
  const kinds = ['changed', 'unclear', 'wanted'] as const
  return (
    kinds.find((kind) => parts.some((one) => one[kind] !== undefined)) ?? (left === undefined ? 'unclear' : 'changed')
  )
}
