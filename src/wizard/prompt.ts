import inquirer from 'inquirer'
import { whileListening } from './listening.js'

// on stderr: stdout is for results, and may be a file
const promptFor = (signal: AbortSignal) => inquirer.createPromptModule({ output: process.stderr, signal })

/** Default no: Enter alone changes nothing, and Esc neither. */
export const confirm = async (message: string): Promise<boolean> => {
  const question = { type: 'confirm', name: 'answer', message, default: false } as const
  const answer = await whileListening((signal) => promptFor(signal)<{ answer: boolean }>([question]))
  return typeof answer === 'object' && answer.answer
}

type Line = { readonly type: 'input' } | { readonly type: 'password'; readonly mask: false }

/** Esc is no answer. */
const line = async (kind: Line, message: string): Promise<string> => {
  const question = { ...kind, name: 'answer', message } as const
  const answer = await whileListening((signal) => promptFor(signal)<{ answer: string }>([question]))
  return typeof answer === 'object' ? answer.answer : ''
}

export const askText = (message: string): Promise<string> => line({ type: 'input' }, message)

/** What is typed is not shown, not even how long it is. */
export const askSecret = (message: string): Promise<string> => line({ type: 'password', mask: false }, message)
