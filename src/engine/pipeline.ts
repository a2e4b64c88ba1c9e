import { Listr, ListrLogger, ProcessOutput, type ListrTask } from 'listr2'
import type { Phase } from '../core/playbook.js'
import type { Step } from '../core/step.js'
import { sanitise } from '../core/sanitise.js'
import { DeployError } from '../errors.js'
import type { PhaseRun } from './phase-run.js'
import type { Run } from './run.js'

export type LiveRenderer = 'default' | 'silent'

const lastLine = (text: string): string => sanitise(text).trimEnd().split('\n').at(-1)?.trim() ?? ''

/** Where phases run together, the failure of one leaves the others to end their step; no further one is begun. */
const orStop = async (run: Run, work: () => Promise<void>, skip: (message: string) => void): Promise<void> => {
  if (run.failed) {
    skip('not begun')
    return
  }
  try {
    await work()
  } catch (error) {
    run.fail(error instanceof Error ? error : new Error(String(error)))
    throw error
  }
}

const stepTask = (run: Run, phase: PhaseRun, step: Step): ListrTask => ({
  title: step.title,
  task: async (_context, task) => {
    const onOutput = (text: string): void => {
      task.output = lastLine(text)
    }
    const work = async (): Promise<void> => {
      if (!(await phase.step(step, onOutput))) task.skip(`${step.title}: already so`)
    }
    await orStop(run, work, (message) => task.skip(`${step.title}: ${message}`))
  },
})

const gateTask = (run: Run, phase: PhaseRun): ListrTask => ({
  title: 'Gate',
  task: async (_context, task) => {
    const work = async (): Promise<void> => {
      const handled = await phase.handlers()
      if (handled === undefined) task.skip('Gate: nothing to do')
      else task.title = handled
    }
    await orStop(run, work, (message) => task.skip(`Gate: ${message}`))
  },
})

/** Said for each list: what a list does not say, it takes over from the one around it. */
const inOrder = { concurrent: false, exitOnError: true } as const

const tasksOf = (run: Run, phase: PhaseRun): ListrTask[] => [
  ...phase.steps.map((step) => stepTask(run, phase, step)),
  ...(phase.hasHandlers ? [gateTask(run, phase)] : []),
]

const phaseTask = (run: Run, phase: PhaseRun): ListrTask => ({
  title: phase.title,
  task: (_context, task) => task.newListr(tasksOf(run, phase), inOrder),
})

const groupTask = (run: Run, phases: readonly Phase[]): ListrTask => ({
  title: phases.map(({ title }) => title).join(' and '),
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
 * The pipeline: a phase is a task, a step its subtask, "already so" is a skip. Signals are ours: listr2 would end the
 * process before anything is undone.
 */
export const pipeline = async (run: Run, phases: readonly Phase[], renderer: LiveRenderer): Promise<void> => {
  // stdout is for results; what moves on the screen is progress.
  const processOutput = new ProcessOutput(process.stderr, process.stderr)
  const logger = new ListrLogger({ useIcons: true, toStderr: [], processOutput })
  const options = {
    renderer,
    fallbackRenderer: 'silent',
    registerSignalListeners: false,
    concurrent: false,
    exitOnError: true,
    rendererOptions: { logger, collapseSubtasks: false, collapseSkips: true, showErrorMessage: false },
  } as const
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
