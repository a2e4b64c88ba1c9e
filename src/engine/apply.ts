import type { Emit } from '../core/event.js'
import type { Phase } from '../core/playbook.js'
import type { Transport } from '../transport/transport.js'
import { Gate } from './gate.js'
import { pipeline, type LiveRenderer } from './pipeline.js'
import { Run } from './run.js'
import { surveyHost, type Survey } from './survey.js'
import { notConverged } from './failure.js'
import { isEmpty } from '../core/plan.js'

export interface Application {
  readonly transport: Transport
  readonly phases: readonly Phase[]
  readonly survey: Survey
  readonly emit: Emit
  /** `default`: live on a terminal; `silent`: only events. */
  readonly renderer: LiveRenderer
  /** False: the run stops when a step turns out to need something else than the plan that was shown. */
  readonly confirmed: boolean
  /** Stops the run between two steps; what its phase has done is undone. */
  readonly signal?: AbortSignal
}

export interface Outcome {
  readonly changes: number
  readonly milliseconds: number
  /** What the last proof of a handler answered, for the report. */
  readonly proof: string | undefined
}

/** What a gate would refuse at the beginning of its phase is refused before the first change of the run. */
const refuseBroken = async (transport: Transport, phases: readonly Phase[], { plan }: Survey): Promise<void> => {
  const planned = new Set(plan.phases.flatMap(({ handlers }) => handlers.map(({ id }) => id)))
  const handlers = phases.flatMap((phase) => phase.handlers ?? []).filter(({ id }) => planned.has(id))
  await new Gate(transport, 'before the first change').remember(handlers)
}

/** Does the plan, phase by phase, and then looks at the whole host again: nothing may be left to do. */
export const applyPlan = async (application: Application): Promise<Outcome> => {
  const { transport, phases, survey, emit } = application
  const started = performance.now()
  await refuseBroken(transport, phases, survey)
  const run = new Run(application)
  await pipeline(run, phases, application.renderer)
  if (run.changes > 0) {
    const after = await surveyHost(transport, phases)
    if (!isEmpty(after.plan)) throw notConverged(after.plan)
  }
  const milliseconds = performance.now() - started
  emit({ type: 'run.done', changes: run.changes, milliseconds })
  return { changes: run.changes, milliseconds, proof: run.proof }
}
