import type { Answer } from '../core/command.js'
import type { ShellQuestion } from '../transport/transport.js'
import type { HeldHost } from './held-host.js'
import type { Sent } from './sent.js'
import { tellOf, type Teller } from './tell.js'

/** Commands that were sent at once, of which each is told when its answer is waited for: in their order. */
export interface ToldSequence {
  answer(index: number): Promise<Answer>
  /** Of the questions that follow, where all commands have ended with 0. */
  readonly looked: Promise<readonly Answer[]>
}

export const sendTold = async (
  host: HeldHost,
  sent: readonly Sent[],
  teller: Teller,
  questions: readonly ShellQuestion[] = [],
): Promise<ToldSequence> => {
  const told = sent.map(({ command }) => tellOf(command, teller))
  const runs = sent.map((one, index) => ({ ...one, options: { ...told[index]?.options } }))
  const { answers, looked } = await host.sequence(runs, questions)
  return {
    async answer(index) {
      const [one, answered] = [told[index], answers[index]]
      if (one === undefined || answered === undefined) throw new RangeError(`${index} commands were not sent`)
      one.begin()
      try {
        return one.end(await answered)
      } finally {
        one.close()
      }
    },
    looked,
  }
}
