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
  task: async () =>
    unlessFailed(run, async () => {
      if (step.after !== undefined) {
        await run.waitFor(step.after)
        if (run.failed) return
        if (run.planned(step.after.step)?.state !== 'ok') phase.lookAgain()
      }
      await phase.step(step)
    }),
})

/** What a step could begin with is not enough for what is tried at the end of the phase. */
const gateTask = (run: Run, phase: PhaseRun): ListrTask => ({
  task: async () =>
    unlessFailed(run, async () => {
      for (const { after } of phase.steps) {
        if (after !== undefined) await run.waitFor({ step: after.step, until: 'done' })
      }
      if (!run.failed) await phase.handlers()
    }),
})

/** Said for each list: what a list does not say, it takes over from the one around it. */
const inOrder = { concurrent: false, exitOnError: true } as const

const phaseTask = (run: Run, phase: Phase): ListrTask => ({
  task: (_context, task) => {
    if (run.failed) return
    const begun = run.begin(phase)
    const steps = begun.steps.map((step) => stepTask(run, begun, step))
    return task.newListr([...steps, ...(begun.hasHandlers ? [gateTask(run, begun)] : [])], inOrder)
  },
})

/** Phases of which each begins when the one before it has come to its end. */
type Lane = readonly Phase[]

const laneTask = (run: Run, lane: Lane): ListrTask => ({
  task: (_context, task) =>
    task.newListr(
      lane.map((phase) => phaseTask(run, phase)),
      inOrder,
    ),
})

const groupTask = (run: Run, lanes: readonly Lane[]): ListrTask => ({
  task: async (_context, task) => {
    await run.end()
    // each goes to its end, so that nothing runs any more when the undo begins
    return task.newListr(
      lanes.map((lane) => laneTask(run, lane)),
      { concurrent: true, exitOnError: false },
    )
  },
})

/** What runs together, in the order of the playbook. */
const groupsOf = (phases: readonly Phase[]): readonly (readonly Lane[])[] => {
  let groups: (readonly Lane[])[] = []
  for (const phase of phases) {
    const { togetherFrom: from } = phase
    if (from === undefined) {
      groups.push([[phase]])
      continue
    }
    const first = groups.findIndex((lanes) => lanes.flat().some(({ title }) => title === from))
    if (first < 0) throw runsWithNothing(phase, from)
    const [beside = [], ...further] = groups.slice(first)
    const [main = [], ...others] = beside
    groups = [...groups.slice(0, first), [[...main, ...further.flat(2)], ...others, [phase]]]
  }
  return groups
}

const runsWithNothing = ({ title }: Phase, from: string): DeployError =>
  new DeployError('PLAYBOOK_INVALID', {
    what: `the phase ${title} runs together with ${from}, which does not come before it`,
    remedy: 'name in "togetherFrom" the title of a phase that comes earlier',
  })

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
