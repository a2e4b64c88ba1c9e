import type { Change } from '../core/step.js'
import { DeployError } from '../errors.js'
import type { Transport } from '../transport/transport.js'
import { commandText } from '../core/command-text.js'
import { undoFolder } from '../core/undo-folder.js'

/** What was changed in the running phase, newest last, with how each is taken back. */
export class Undo {
  readonly #transport: Transport
  readonly #changes: Change[] = []

  constructor(transport: Transport) {
    this.#transport = transport
  }

  /** Called before the change is made: a change that fails half-way is taken back too. */
  register(change: Change): void {
    this.#changes.push(change)
  }

  get empty(): boolean {
    return this.#changes.length === 0
  }

  get subjects(): readonly string[] {
    return this.#changes.filter(({ undo }) => undo !== undefined).map(({ subject }) => subject)
  }

  /** Takes everything back, newest first; answers with an error when a command of it failed. */
  async run(because: DeployError): Promise<DeployError | undefined> {
    const failed: string[] = []
    for (const change of this.#changes.toReversed()) {
      for (const command of change.undo ?? []) {
        try {
          const answer = await this.#transport.run(command)
          if (answer.exitCode !== 0) failed.push(`${commandText(command)}\n  ${answer.stderr.trim()}`)
        } catch (cause) {
          failed.push(`${commandText(command)}\n  ${cause instanceof Error ? cause.message : String(cause)}`)
        }
      }
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
}

/** What was kept for an undo goes: the phases that it was for have passed, or were taken back. */
export const forgetUndo = async (transport: Transport): Promise<void> => {
  await transport.run({ argv: ['rm', '-rf', undoFolder], as: 'root' })
}
