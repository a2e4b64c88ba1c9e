import { createHash } from 'node:crypto'
import type { Phase } from '../core/playbook.js'
import type { Plan } from '../core/plan.js'
import type { Probes } from '../core/probe.js'
import type { Step } from '../core/step.js'
import type { DeployError } from '../errors.js'
import type { Transport } from '../transport/transport.js'
import { askProbes, type State } from './ask.js'
import { otherRun, type OtherRun } from './other-run.js'
import { planPhases } from './plan.js'

/** What is known of the host after one round trip, and what follows from it. */
export interface Survey {
  readonly state: State
  readonly otherRun: OtherRun
  readonly plan: Plan
  /** Why this must not be done on this host at all; empty when it may. */
  readonly refusals: readonly DeployError[]
  /** What a person should know of the host, each once. */
  readonly notes: readonly string[]
  /** What a removal leaves on the host, each once. */
  readonly kept: readonly string[]
  /** Changes when anything that a plan depends on changes. */
  readonly stateHash: string
  readonly machineId: string
  readonly questions: number
  readonly milliseconds: number
}

const machineId = (state: State): string => {
  const host = state.values.find((value): value is { machineId: string } => {
    return typeof value === 'object' && value !== null && 'machineId' in value && typeof value.machineId === 'string'
  })
  return host?.machineId ?? ''
}

/** Free bytes, process ids and times move by themselves; a plan does not depend on them. */
const moving = new Set([
  'otherRun',
  'free',
  'memory',
  'clock',
  'pid',
  'daemons',
  'loaded',
  'newest',
  'changed',
  'modified',
])

const stateHash = (state: State): string => {
  const text = JSON.stringify(state.values, (key, value: unknown) => (moving.has(key) ? undefined : value))
  return createHash('sha256').update(text).digest('hex')
}

/** What steps have against the whole run, and what stands in the way of a change that they would make. */
const refusalsOf = (steps: readonly Step[], state: State, plan: Plan): readonly DeployError[] => {
  const planned = plan.phases.flatMap((phase) => phase.steps)
  return steps.flatMap((step, index) => {
    const own = planned[index]
    const inTheWay = own?.state === 'change' ? own.changes.flatMap(({ refusal }) => refusal ?? []) : []
    return [...(step.refuse?.(state.of(step.probes)) ?? []), ...inTheWay].map((error) => error.at(step.id))
  })
}

const other = { otherRun: otherRun() }

/** All that a survey asks. */
export const probesOf = (phases: readonly Phase[]): readonly Probes[] => [
  ...phases.flatMap(({ steps, handlers = [] }) => [...steps, ...handlers].map(({ probes }) => probes)),
  other,
]

/** `also`: what else somebody wants to know, in the same round trip. */
export const surveyHost = async (
  host: Pick<Transport, 'ask'>,
  phases: readonly Phase[],
  also: Probes = {},
): Promise<Survey> => {
  const started = performance.now()
  const state = await askProbes(host, [...probesOf(phases), also])
  return surveyBy(state, phases, performance.now() - started)
}

/** What follows from a look at the whole host, which took so long. */
export const surveyBy = (state: State, phases: readonly Phase[], milliseconds: number): Survey => {
  const steps = phases.flatMap((phase) => phase.steps)
  const plan = planPhases(phases, state)
  return {
    state,
    otherRun: state.of(other).otherRun.otherRun,
    plan,
    refusals: refusalsOf(steps, state, plan),
    notes: [...new Set(steps.flatMap((step) => step.notes?.(state.of(step.probes)) ?? []))],
    kept: [...new Set(steps.flatMap((step) => step.keeps?.(state.of(step.probes)) ?? []))],
    stateHash: stateHash(state),
    machineId: machineId(state),
    questions: state.values.length - 1,
    milliseconds,
  }
}
