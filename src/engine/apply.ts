import type { Emit } from '../core/event.js'
import type { Phase } from '../core/playbook.js'
import type { State } from './ask.js'
import { checked } from './checked.js'
import { Gate } from './gate.js'
import type { HeldHost } from './held-host.js'
import type { Begun } from './journal.js'
import { pipeline } from './pipeline.js'
import { Run } from './run.js'
import { surveyBy, surveyHost, type Survey } from './survey.js'
import { notConverged } from './failure.js'
import { isEmpty } from '../core/plan.js'

export interface Application {
  readonly host: HeldHost
  readonly phases: readonly Phase[]
  readonly survey: Survey
  readonly emit: Emit
  /** What a run that was cut off has begun, and this one goes on with. */
  readonly adopted?: readonly Begun[]
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
  /** How the host is now; missing where nothing was changed. */
  readonly state: State | undefined
}

/** What a gate would refuse at the beginning of its phase is refused before the first change of the run. */
const refuseBroken = async (run: Run, { host, phases, survey, emit }: Application): Promise<void> => {
  const planned = new Set(survey.plan.phases.flatMap(({ handlers }) => handlers.map(({ id }) => id)))
  const handlers = phases.flatMap((phase) => phase.handlers ?? []).filter(({ id }) => planned.has(id))
  const asking = handlers.find(({ before }) => before !== undefined)
  if (asking?.before === undefined) return
  const { id: step, before } = asking
  await checked(emit, before.title, async () =>
    new Gate(host, 'before the first change', run).remember(handlers, { emit, step }),
  )
}

/** The last phase may have looked already, at what is judged here. */
const lookAgain = async (run: Run, { host, phases, emit }: Application): Promise<Survey> =>
  checked(emit, 'Look at the whole host again', async () => {
    if (run.whole === undefined) return surveyHost(host, phases)
    await host.forgetNow()
    return surveyBy(run.whole, phases, 0)
  })

/** Does the plan, phase by phase, and then looks at the whole host again: nothing may be left to do. */
export const applyPlan = async (application: Application): Promise<Outcome> => {
  const { phases, emit } = application
  const started = performance.now()
  const run = new Run(application)
  await refuseBroken(run, application)
  await pipeline(run, phases)
  const after = run.changes === 0 ? undefined : await lookAgain(run, application)
  if (after !== undefined && !isEmpty(after.plan)) throw notConverged(after.plan)
  const milliseconds = performance.now() - started
  emit({ type: 'run.done', changes: run.changes, milliseconds })
  return { changes: run.changes, milliseconds, proof: run.proof, state: after?.state }
}
