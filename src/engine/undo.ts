import type { Command } from '../core/command.js'
import type { Emit } from '../core/event.js'
import type { Change, StepId } from '../core/step.js'
import { DeployError } from '../errors.js'
import type { Transport } from '../transport/transport.js'
import { commandText } from '../core/command-text.js'
import { undoFolder } from '../core/undo-folder.js'
import { runTold, type Teller } from './tell.js'

interface Made {
  readonly step: StepId
  readonly change: Change
}

/** What was changed in the running phase, newest last, with how each is taken back. */
export class Undo {
  readonly #transport: Transport
  readonly #made: Made[] = []

  constructor(transport: Transport) {
    this.#transport = transport
  }

  /** Called before the change is made: a change that fails half-way is taken back too. */
  register(step: StepId, change: Change): void {
    this.#made.push({ step, change })
  }

  get empty(): boolean {
    return this.#made.length === 0
  }

  get subjects(): readonly string[] {
    return this.#made.filter(({ change }) => change.undo !== undefined).map(({ change }) => change.subject)
  }

  /** Takes everything back, newest first; answers with an error when a command of it failed. */
  async run(phase: string, because: DeployError, emit: Emit): Promise<DeployError | undefined> {
    const failed: string[] = []
    for (const { step, change } of this.#made.toReversed()) {
      const { undo, subject } = change
      if (undo === undefined) continue
      const started = performance.now()
      emit({ type: 'step.undo', phase, step, subject })
      const left = await this.#takeBack(undo, { step, emit })
      failed.push(...left)
      const milliseconds = performance.now() - started
      emit({ type: 'step.undone', step, subject, milliseconds, complete: left.length === 0 })
    }
    if (failed.length === 0) return undefined
    return new DeployError(
      'UNDO_INCOMPLETE',
      {
        what: `${because.fault.what}; and not everything could be taken back`,
        ...(because.fault.where === undefined ? {} : { where: because.fault.where }),
        evidence: `${because.fault.evidence ?? ''}\n\nnot taken back:\n${failed.join('\n')}`.trim(),
        remedy: `run these commands on the host as root, in this order; replaced files lie in ${undoFolder}`,
      },
      { cause: because },
    )
  }

  /** Goes on where a command fails: what is taken back is less to do for a person. Answers with what is left to do. */
  async #takeBack(commands: readonly Command[], teller: Teller): Promise<readonly string[]> {
    const left: string[] = []
    for (const command of commands) {
      const said = await this.#run(command, teller)
      if (said !== undefined) left.push(`${commandText(command)}\n  ${said}`)
    }
    return left
  }

  /** Why it failed; undefined when it did not. */
  async #run(command: Command, teller: Teller): Promise<string | undefined> {
    try {
      const { exitCode, stderr } = await runTold(this.#transport, command, teller)
      return exitCode === 0 ? undefined : stderr.trim()
    } catch (cause) {
      return cause instanceof Error ? cause.message : String(cause)
    }
  }
}

/** What was kept for an undo goes: the phases that it was for have passed, or were taken back. */
export const forgetUndo = async (transport: Transport): Promise<void> => {
  await transport.run({ argv: ['rm', '-rf', undoFolder], as: 'root' })
}
