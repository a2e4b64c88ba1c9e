import { createHash } from 'node:crypto'
import type { Phase } from '../core/playbook.js'
import type { Plan } from '../core/plan.js'
import type { DeployError } from '../errors.js'
import type { Transport } from '../transport/transport.js'
import { askProbes, type State } from './ask.js'
import { planPhases } from './plan.js'

/** What is known of the host after one round trip, and what follows from it. */
export interface Survey {
  readonly state: State
  readonly plan: Plan
  /** Why this must not be done on this host at all; empty when it may. */
  readonly refusals: readonly DeployError[]
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
const moving = new Set(['free', 'pid', 'daemons', 'loaded', 'newest', 'changed', 'modified'])

const stateHash = (state: State): string => {
  const text = JSON.stringify(state.values, (key, value: unknown) => (moving.has(key) ? undefined : value))
  return createHash('sha256').update(text).digest('hex')
}

export const surveyHost = async (transport: Transport, phases: readonly Phase[]): Promise<Survey> => {
  const started = performance.now()
  const steps = phases.flatMap((phase) => phase.steps)
  const handlers = phases.flatMap((phase) => phase.handlers ?? [])
  const state = await askProbes(
    transport,
    [...steps, ...handlers].map((one) => one.probes),
  )
  return {
    state,
    plan: planPhases(phases, state),
    refusals: steps.flatMap((step) => (step.refuse?.(state.of(step.probes)) ?? []).map((error) => error.at(step.id))),
    stateHash: stateHash(state),
    machineId: machineId(state),
    questions: state.values.length,
    milliseconds: performance.now() - started,
  }
}
