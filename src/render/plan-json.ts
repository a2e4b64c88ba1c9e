import type { Plan, PlannedStep } from '../core/plan.js'
import type { Origin } from '../core/repository.js'
import type { Change } from '../core/step.js'
import { commandText } from './command-text.js'

/** A change as data for other programs. What is secret shows itself as `[secret]`; stdin is not part of it. */
export const changeDocument = ({ kind, subject, reason, diff, run }: Change) => ({
  kind,
  subject,
  reason,
  diff,
  commands: run.map((command) => ({ run: commandText(command), as: command.as })),
})

const stepDocument = (step: PlannedStep) => {
  const { id, title, state } = step
  switch (state) {
    case 'ok':
      return { id, title, state }
    case 'change':
      return { id, title, state, changes: step.changes.map(changeDocument) }
    case 'unknown':
      return { id, title, state, until: step.until, reason: step.reason }
  }
}

export const phaseDocuments = (plan: Plan) =>
  plan.phases.map(({ title, steps, handlers }) => ({
    title,
    steps: steps.map(stepDocument),
    handlers: handlers.map(({ id, title, reason }) => ({ id, title, reason })),
  }))

interface Surveyed {
  readonly plan: Plan
  readonly machineId: string
  readonly stateHash: string
  readonly kept?: readonly string[]
}

/** The plan as one document; `version` changes when a program that reads it would have to. */
export const planDocument = (
  host: string,
  site: string,
  { plan, machineId, stateHash, kept = [] }: Surveyed,
  code?: Origin,
) => ({
  version: 1 as const,
  host,
  site,
  ...(code === undefined ? {} : { code }),
  machineId,
  stateHash,
  ...(kept.length === 0 ? {} : { kept }),
  phases: phaseDocuments(plan),
})
