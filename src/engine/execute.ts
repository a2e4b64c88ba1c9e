import type { Change } from '../core/step.js'
import { DeployError } from '../errors.js'
import { failureOf } from './command-failure.js'
import type { HeldHost } from './held-host.js'
import { isLoss } from './over-loss.js'
import { runTold, type Teller } from './tell.js'

/**
 * Runs the commands of a change, one after the other; the first that fails ends it. `note` goes into the journal before
 * the first of them begins.
 */
const runAll = async (host: HeldHost, change: Change, teller: Teller, note: string): Promise<void> => {
  let unwritten = note
  for (const command of change.run) {
    const answer = await runTold(async (...given) => host.change(...given, unwritten), command, teller)
    unwritten = ''
    if (answer.exitCode !== 0) throw failureOf(command, answer, change.explain)
  }
}

/** There is no host any more to try it on. */
const isOver = (error: unknown): boolean =>
  isLoss(error) || (error instanceof DeployError && error.code === 'LOCK_LOST')

/** A change that fails after its connection was lost may have failed of that: it is taken back, and made once more. */
export const execute = async (host: HeldHost, change: Change, teller: Teller, note = ''): Promise<void> => {
  const { losses } = host
  try {
    await runAll(host, change, teller, note)
  } catch (error) {
    if (host.losses === losses || change.undo === undefined || isOver(error)) throw error
    for (const command of change.undo) {
      const { exitCode } = await runTold(async (...given) => host.change(...given), command, teller)
      // the phase is taken back, and tells what is left
      if (exitCode !== 0) throw error
    }
    await runAll(host, change, teller, '')
  }
}
