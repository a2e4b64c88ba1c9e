import type { Plan } from '../core/plan.js'
import { visible } from '../core/sanitise.js'
import type { Colours } from './colour.js'
import { columns, someOf } from './columns.js'
import { changesOf, planText, type Look } from './plan-text.js'
import { paintSign, plural, signOf } from './words.js'

/** Hosts that the same is to be done on. */
export interface PlanGroup {
  readonly plan: Plan
  readonly hosts: readonly string[]
}

/** Sign, step and what is to be done: a row for each change. */
const rowsOf = ({ phases }: Plan, colours: Colours): readonly (readonly string[])[] =>
  phases.flatMap(({ steps, handlers }) => [
    ...steps.flatMap((step): readonly (readonly string[])[] => {
      if (step.state === 'ok') return []
      if (step.state === 'unknown') {
        return [[paintSign('?', colours), step.id, `unknown until ${step.until}: ${visible(step.reason)}`]]
      }
      return step.changes.map(({ kind, subject }) => [
        paintSign(signOf[kind], colours),
        step.id,
        `${kind} ${visible(subject)}`,
      ])
    }),
    ...handlers.map(({ title, reason }) => [' ', 'then', `${visible(title)} (${visible(reason)})`]),
  ])

export const changesIn = ({ plan }: PlanGroup): number => changesOf(plan).length

const titleOf = (group: PlanGroup): string => {
  const { plan, hosts } = group
  const steps = plan.phases.flatMap((phase) => phase.steps)
  const unknown = steps.filter(({ state }) => state === 'unknown').length
  const handlers = plan.phases.flatMap((phase) => phase.handlers).length
  const changes = changesIn(group)
  const parts = [
    ...(changes > 0 ? [plural(changes, 'change')] : []),
    ...(unknown > 0 ? [`${plural(unknown, 'step')} not known yet`] : []),
    ...(handlers > 0 && changes + unknown === 0 ? [plural(handlers, 'handler')] : []),
  ]
  const same = hosts.length > 1 ? 'the same ' : ''
  return `${plural(hosts.length, 'host')}: ${parts.length === 0 ? 'nothing to do' : `${same}${parts.join(', ')}`}`
}

/** Those with the most hosts last: what is usual stands where the question is asked. */
export const plansText = (groups: readonly PlanGroup[], look: Look): string =>
  groups
    .toSorted((one, other) => one.hosts.length - other.hosts.length)
    .map((group) => {
      const names = look.colours.dim(`  ${someOf(group.hosts.map(visible))}`)
      const rows = rowsOf(group.plan, look.colours)
      const body =
        look.commands === true && rows.length > 0
          ? [planText(group.plan, look)]
          : columns(rows).map((line) => `  ${line}`)
      return [look.colours.bold(titleOf(group)), names, ...body, ''].join('\n')
    })
    .join('\n')
