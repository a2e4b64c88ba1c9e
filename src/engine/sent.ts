import type { Answer, Command } from '../core/command.js'
import type { RunOptions } from '../transport/transport.js'
import { isLoss } from './over-loss.js'

/** One of several commands that are sent at once; `note`: lines of the journal that are on disk before it begins. */
export interface Sent {
  readonly command: Command
  readonly options?: RunOptions
  /** Missing: it changes nothing. */
  readonly note?: string
}

/** The answer to what was sent together with something else, which is heard of once: after a loss it is asked for again. */
export class First<T> {
  constructor(
    private answer: Promise<T> | undefined,
    /** Whether the line that it was sent over is known to be gone. */
    private readonly isGone: () => boolean = () => false,
  ) {
    // whoever stops before it does not wait for it
    answer?.catch(() => undefined)
  }

  async take(): Promise<T | undefined> {
    const { answer } = this
    this.answer = undefined
    try {
      return await answer
    } catch (error) {
      if (isLoss(error) && this.isGone()) return undefined
      throw error
    }
  }
}

/** The work, when what comes before it has ended well. Whoever stops there does not wait for it. */
export const after = <T>(
  before: Promise<Answer> | undefined,
  first: First<T>,
  work: (first: First<T>) => Promise<T>,
): Promise<T> => {
  const done = Promise.resolve(before).then(async (answer) => {
    if (answer !== undefined && answer.exitCode !== 0) throw new Error('what came before it has failed')
    return work(first)
  })
  done.catch(() => undefined)
  return done
}
