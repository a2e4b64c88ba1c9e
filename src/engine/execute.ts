import type { Answer, Command } from '../core/command.js'
import type { Change } from '../core/step.js'
import { DeployError } from '../errors.js'
import type { ShellQuestion } from '../transport/transport.js'
import { failureOf } from './command-failure.js'
import type { HeldHost } from './held-host.js'
import { isLoss } from './over-loss.js'
import type { Sent } from './sent.js'
import { runTold, type Teller } from './tell.js'
import { sendTold } from './told-sequence.js'

/** A change that is to be made. */
export interface Making {
  readonly change: Change
  /** Goes into the journal before the first of its commands begins. */
  readonly note: string
  /** Called when it is its turn: nothing of it has happened before. */
  begins(): void
  /** Called when it is made. */
  ends?(): void
}

/** There is no host any more to try it on. */
const isOver = (error: unknown): boolean =>
  isLoss(error) || (error instanceof DeployError && error.code === 'LOCK_LOST')

/** Of a change that may have failed of what is over by now: taken back, and made once more. */
const makeAgain = async (host: HeldHost, { run, undo = [], explain }: Change, teller: Teller, failure: unknown) => {
  const doNow = async (command: Command): Promise<Answer> =>
    runTold(async (...given) => host.change(...given), command, teller)
  for (const command of undo) {
    // the phase is taken back, and tells what is left
    if ((await doNow(command)).exitCode !== 0) throw failure
  }
  for (const command of run) {
    const answer = await doNow(command)
    if (answer.exitCode !== 0) throw failureOf(command, answer, explain)
  }
}

/**
 * Makes changes, one after the other, and asks how the host is then: in one round trip. The first command that fails ends
 * it, unless that may come of a connection that was lost meanwhile, or there is a second try: `secondTry` waits for it.
 */
export const execute = async (
  host: HeldHost,
  making: readonly Making[],
  teller: Teller,
  questions: readonly ShellQuestion[],
  secondTry: (failure: unknown) => Promise<boolean> = () => Promise.resolve(false),
): Promise<readonly Answer[]> => {
  const { losses } = host
  const sent = making.flatMap(({ change, note }): readonly Sent[] =>
    change.run.map((command, place) => ({ command, note: place === 0 ? note : '' })),
  )
  const sequence = await sendTold(host, sent, teller, questions)
  let index = 0
  for (const [place, one] of making.entries()) {
    const { change } = one
    one.begins()
    try {
      for (const command of change.run) {
        const answer = await sequence.answer(index++)
        if (answer.exitCode !== 0) throw failureOf(command, answer, change.explain)
      }
    } catch (error) {
      const mayBeLoss = host.losses !== losses && change.undo !== undefined
      if (isOver(error) || !(mayBeLoss || (await secondTry(error)))) throw error
      await makeAgain(host, change, teller, error)
      one.ends?.()
      return execute(host, making.slice(place + 1), teller, questions)
    }
    one.ends?.()
  }
  return sequence.looked
}
