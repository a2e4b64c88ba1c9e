import type { Command } from '../core/command.js'
import type { Emit } from '../core/event.js'
import { DeployError } from '../errors.js'
import { commandText } from '../core/command-text.js'
import { undoFolder } from '../core/host-paths.js'
import type { HeldHost } from './held-host.js'
import type { Begun } from './journal.js'
import { runTold, type Teller } from './tell.js'

/** Why it failed; undefined when it did not. Where another run has the lock by now, that run takes back the rest. */
const attempt = async (host: HeldHost, command: Command, teller: Teller): Promise<string | undefined> => {
  try {
    const { exitCode, stderr } = await runTold(async (...given) => host.change(...given), command, teller)
    return exitCode === 0 ? undefined : stderr.trim()
  } catch (cause) {
    if (cause instanceof DeployError && cause.code === 'LOCK_LOST') throw cause
    return cause instanceof Error ? cause.message : String(cause)
  }
}

/** Goes on where a command fails: what is taken back is less to do for a person. Answers with what is left to do. */
const takeBackOne = async (
  host: HeldHost,
  commands: readonly Command[],
  teller: Teller,
): Promise<readonly string[]> => {
  const left: string[] = []
  for (const command of commands) {
    const said = await attempt(host, command, teller)
    if (said !== undefined) left.push(`${commandText(command)}\n  ${said}`)
  }
  return left
}

/** Takes changes back, the newest first. Answers with the commands that failed, each with what it said. */
export const takeBack = async (host: HeldHost, begun: readonly Begun[], emit: Emit): Promise<readonly string[]> => {
  const failed: string[] = []
  for (const { phase, step, subject, undo } of begun.toReversed()) {
    if (undo.length === 0) continue
    const started = performance.now()
    emit({ type: 'step.undo', phase, step, subject })
    const left = await takeBackOne(host, undo, { step, emit })
    failed.push(...left)
    const milliseconds = performance.now() - started
    emit({ type: 'step.undone', step, subject, milliseconds, complete: left.length === 0 })
  }
  return failed
}

/** The error of a run that could not take everything back: a person is needed. */
export const undoIncomplete = (because: DeployError, failed: readonly string[]): DeployError =>
  new DeployError(
    'UNDO_INCOMPLETE',
    {
      what: `${because.fault.what}; and not everything could be taken back`,
      ...(because.fault.where === undefined ? {} : { where: because.fault.where }),
      evidence: `${because.fault.evidence ?? ''}\n\nnot taken back:\n${failed.join('\n')}`.trim(),
      remedy:
        'repair what these commands complain about; then "deploy-flask recover" tries them again, in this order. ' +
        `Replaced files lie in ${undoFolder} of the host`,
    },
    { cause: because },
  )
