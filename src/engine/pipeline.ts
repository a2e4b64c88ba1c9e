import { Listr, ListrLogger, ProcessOutput, type ListrTask } from 'listr2'
import type { Phase } from '../core/playbook.js'
import type { Step } from '../core/step.js'
import { sanitise } from '../core/sanitise.js'
import { DeployError } from '../errors.js'
import type { PhaseRun, Run } from './run.js'

export type LiveRenderer = 'default' | 'silent'

const lastLine = (text: string): string => sanitise(text).trimEnd().split('\n').at(-1)?.trim() ?? ''

const stepTask = (phase: PhaseRun, step: Step): ListrTask => ({
  title: step.title,
  task: async (_context, task) => {
    const changed = await phase.step(step, (text) => {
      task.output = lastLine(text)
    })
    if (!changed) task.skip(`${step.title}: already so`)
  },
})

const gateTask = (phase: PhaseRun): ListrTask => ({
  title: 'Gate',
  task: async (_context, task) => {
    const handled = await phase.handlers()
    if (handled === undefined) task.skip('Gate: nothing to do')
    else task.title = handled
  },
})

const phaseTask = (run: Run, phase: Phase): ListrTask => ({
  title: phase.title,
  task: async (_context, task) => {
    const phaseRun = await run.begin(phase)
    const gate = phase.handlers === undefined ? [] : [gateTask(phaseRun)]
    return task.newListr([...phase.steps.map((step) => stepTask(phaseRun, step)), ...gate], { exitOnError: true })
  },
})

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
      phases.map((phase) => phaseTask(run, phase)),
      options,
    ).run()
    await run.end()
  } catch (cause) {
    const failure = cause instanceof DeployError ? cause : new Error('the pipeline failed', { cause })
    throw await run.undo(failure)
  }
}
