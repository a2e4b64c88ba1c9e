import inquirer from 'inquirer'
import { back, type Back } from './back.js'
import { fieldPrompt, type FieldQuestion } from './field-prompt.js'
import { help, whileListening } from './listening.js'
import { toWidth } from './width.js'

export interface Choice<T> {
  readonly name: string
  readonly value: T
  /** Shown while it is chosen. */
  readonly description?: string
}

export interface ChoiceQuestion<T> {
  readonly message: string
  /** More than the one line, shown when `?` is typed. */
  readonly help: string
  readonly choices: readonly Choice<T>[]
}

/** A person at a terminal. What the wizard says and asks goes through here, so that tests can be that person. */
export interface Terminal {
  say(text: string): void
  field(question: FieldQuestion): Promise<string | Back>
  choose<T>(question: ChoiceQuestion<T>): Promise<T | Back>
}

/** On stderr: stdout is for results, and may be a file. */
export const processTerminal = (): Terminal => ({
  say: (text) => void process.stderr.write(toWidth(text)),
  field: async (question) => {
    // `?` is for the prompt itself here: it may be a part of what is typed
    const answer = await whileListening((signal) => fieldPrompt(question, { output: process.stderr, signal }))
    return answer === help ? back : answer
  },
  choose: async <T>({ message, help: more, choices }: ChoiceQuestion<T>): Promise<T | Back> => {
    const numbered = choices.map(({ name, description }, value) => ({
      name,
      value,
      ...(description === undefined ? {} : { description }),
    }))
    const select = async (signal: AbortSignal): Promise<number> => {
      const prompt = inquirer.createPromptModule({ output: process.stderr, signal })
      const question = { type: 'select', name: 'answer', message, choices: numbered, loop: false } as const
      return (await prompt<{ answer: number }>([question])).answer
    }
    for (;;) {
      const answer = await whileListening(select, { explains: true })
      if (answer === back) return back
      if (answer === help) {
        process.stderr.write(toWidth(`${more}\n`))
        continue
      }
      const chosen = choices[answer]
      if (chosen === undefined) throw new Error('something was chosen that was not offered')
      return chosen.value
    }
  },
})
