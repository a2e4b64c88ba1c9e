import inquirer from 'inquirer'
import { declined } from '../commands/declined.js'

// on stderr: stdout is for results, and may be a file
const prompt = inquirer.createPromptModule({ output: process.stderr })

/** Ctrl-C at a question is an answer too: no. */
const orDeclined = async <T>(answer: Promise<T>): Promise<T> => {
  try {
    return await answer
  } catch (error) {
    if (error instanceof Error && error.name === 'ExitPromptError') throw declined(error)
    throw error
  }
}

/** Default no: Enter alone changes nothing. */
export const confirm = async (message: string): Promise<boolean> => {
  const question = { type: 'confirm', name: 'answer', message, default: false } as const
  return (await orDeclined(prompt<{ answer: boolean }>([question]))).answer
}

export const askText = async (message: string): Promise<string> => {
  const question = { type: 'input', name: 'answer', message } as const
  return (await orDeclined(prompt<{ answer: string }>([question]))).answer
}

/** What is typed is not shown, not even how long it is. */
export const askSecret = async (message: string): Promise<string> => {
  const question = { type: 'password', name: 'answer', message, mask: false } as const
  return (await orDeclined(prompt<{ answer: string }>([question]))).answer
}
