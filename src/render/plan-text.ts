import type { Plan, PlannedPhase, PlannedStep } from '../core/plan.js'
import type { Change } from '../core/step.js'
import type { Colours } from './colour.js'
import { commandText } from './command-text.js'
import { diffLines } from './diff.js'
import { visible } from '../core/sanitise.js'
import { kinds, paintSign, signOf, type Sign } from './words.js'

export interface Look {
  readonly colours: Colours
  /** Shows the commands of each change too. */
  readonly commands?: boolean
}

const changeLines = (change: Change, { colours, commands }: Look): string[] => {
  const reason = change.reason === undefined ? '' : colours.dim(` (${visible(change.reason)})`)
  const sign = paintSign(signOf[change.kind], colours)
  return [
    `      ${sign} ${change.kind} ${visible(change.subject)}${reason}`,
    ...(commands === true
      ? change.run.map((command) =>
          colours.dim(`          ${command.as === 'root' ? '#' : '$'} ${commandText(command)}`),
        )
      : []),
    ...(change.diff === undefined ? [] : diffLines(change.diff, colours).map((line) => `          ${line}`)),
  ]
}

const signOfChanges = (changes: readonly Change[]): Sign => {
  const [first] = changes
  return first !== undefined && changes.every(({ kind }) => kind === first.kind) ? signOf[first.kind] : '~'
}

const stepLines = (step: PlannedStep, look: Look): string[] => {
  const { colours } = look
  const line = (sign: Sign, rest = ''): string =>
    `  ${paintSign(sign, colours)} ${colours.bold(step.id)}  ${visible(step.title)}${rest}`
  switch (step.state) {
    case 'ok':
      return [line('=', colours.dim('  already so'))]
    case 'change':
      return [line(signOfChanges(step.changes)), ...step.changes.flatMap((change) => changeLines(change, look))]
    case 'unknown':
      return [line('?'), `      ${colours.magenta(`unknown until ${step.until}`)}: ${visible(step.reason)}`]
  }
}

const phaseLines = (phase: PlannedPhase, look: Look): string[] => [
  look.colours.bold(visible(phase.title)),
  ...phase.steps.flatMap((step) => stepLines(step, look)),
  ...phase.handlers.map(({ title, reason }) => `  then: ${visible(title)} (${visible(reason)})`),
  '',
]

/** `Plan: 3 to create, 1 to update, 0 to remove, 2 to run, 1 unknown, 9 already so`. */
const planTotals = (plan: Plan): string => {
  const steps = plan.phases.flatMap((phase) => phase.steps)
  const changes = changesOf(plan)
  const inState = (state: PlannedStep['state']): number => steps.filter((step) => step.state === state).length
  return [
    ...kinds.map((kind) => `${changes.filter((change) => change.kind === kind).length} to ${kind}`),
    `${inState('unknown')} unknown`,
    `${inState('ok')} already so`,
  ].join(', ')
}

export const changesOf = (plan: Plan): readonly Change[] =>
  plan.phases.flatMap((phase) => phase.steps.flatMap((step) => (step.state === 'change' ? step.changes : [])))

/** What is not as it should be, a line each. */
export const differences = (plan: Plan): readonly string[] =>
  plan.phases.flatMap(({ steps, handlers }) => [
    ...steps.flatMap((step) => {
      if (step.state === 'ok') return []
      if (step.state === 'unknown') return [`${step.id}: ${step.reason}`]
      return step.changes.map(({ kind, subject }) => `${step.id}: ${kind} ${subject}`)
    }),
    ...handlers.map(({ title, reason }) => `${title} (${reason})`),
  ])

/** Phase by phase. */
export const planBody = (plan: Plan, look: Look): readonly string[] =>
  plan.phases.flatMap((phase) => phaseLines(phase, look))

export const planText = (plan: Plan, look: Look): string =>
  [...planBody(plan, look), `Plan: ${planTotals(plan)}`, ''].join('\n')
