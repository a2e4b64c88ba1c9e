import { Listr, type ListrTask } from 'listr2'
import type { Phase } from '../core/playbook.js'
import type { Step } from '../core/step.js'
import { DeployError } from '../errors.js'
import type { PhaseRun } from './phase-run.js'
import type { Run } from './run.js'

/** Where phases run together, the failure of one leaves the others to end their step; no further one is begun. */
const unlessFailed = async (run: Run, work: () => Promise<void>): Promise<void> => {
  if (run.failed) return
  try {
    await work()
  } catch (error) {
    run.fail(error instanceof Error ? error : new Error(String(error)))
    throw error
  }
}

const stepTask = (run: Run, phase: PhaseRun, step: Step): ListrTask => ({
  task: async () => unlessFailed(run, async () => phase.step(step)),
})

const gateTask = (run: Run, phase: PhaseRun): ListrTask => ({
  task: async () => unlessFailed(run, async () => phase.handlers()),
})

/** Said for each list: what a list does not say, it takes over from the one around it. */
const inOrder = { concurrent: false, exitOnError: true } as const

const tasksOf = (run: Run, phase: PhaseRun): ListrTask[] => [
  ...phase.steps.map((step) => stepTask(run, phase, step)),
  ...(phase.hasHandlers ? [gateTask(run, phase)] : []),
]

const phaseTask = (run: Run, phase: PhaseRun): ListrTask => ({
  task: (_context, task) => task.newListr(tasksOf(run, phase), inOrder),
})

const groupTask = (run: Run, phases: readonly Phase[]): ListrTask => ({
  task: async (_context, task) => {
    const open = await run.begin(phases)
    const [only, second] = open
    if (only !== undefined && second === undefined) return task.newListr(tasksOf(run, only), inOrder)
    // each goes to its end, so that nothing runs any more when the undo begins
    return task.newListr(
      open.map((phase) => phaseTask(run, phase)),
      { concurrent: true, exitOnError: false },
    )
  },
})

/** Phases that run together, in the order of the playbook. */
const groupsOf = (phases: readonly Phase[]): readonly (readonly Phase[])[] => {
  const groups: Phase[][] = []
  for (const phase of phases) {
    const before = groups.at(-1)
    if (phase.together === true && before !== undefined) before.push(phase)
    else groups.push([phase])
  }
  return groups
}

/**
 * The pipeline: a phase is a task, a step its subtask. It shows nothing, for everything is told by events, on a terminal
 * as elsewhere. Signals are ours: listr2 would end the process before anything is undone.
 */
export const pipeline = async (run: Run, phases: readonly Phase[]): Promise<void> => {
  const options = { renderer: 'silent', registerSignalListeners: false, ...inOrder } as const
  try {
    await new Listr(
      groupsOf(phases).map((group) => groupTask(run, group)),
      options,
    ).run()
    await run.end()
  } catch (cause) {
    const failure = cause instanceof DeployError ? cause : new Error('the pipeline failed', { cause })
    throw await run.undo(failure)
  }
}
