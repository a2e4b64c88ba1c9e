import wrapAnsi from 'wrap-ansi'
import { exitCodes, type ErrorCode } from '../errors.js'
import type { Explanation } from '../explanations/explanation.js'
import type { Colours } from './colour.js'

const width = 80
const indent = '  '

const paragraph = (text: string): string =>
  wrapAnsi(text, width - indent.length)
    .split('\n')
    .map((line) => `${indent}${line}\n`)
    .join('')

const commands = (name: string, list: readonly string[] | undefined, { bold }: Colours): string =>
  list === undefined ? '' : `\n${bold(name)}\n${list.map((command) => `${indent}${command}\n`).join('')}`

/** A code, what it means and what to do, for a person. */
export const explanationText = (code: ErrorCode, { cause, remedy, look }: Explanation, colours: Colours): string =>
  [
    `${colours.red(code)} (exit code ${exitCodes[code]})\n`,
    `\n${colours.bold('what it means')}\n${paragraph(cause)}`,
    `\n${colours.bold('what to do')}\n${paragraph(remedy)}`,
    commands('to look at it, on this computer', look?.here, colours),
    commands('to look at it, on the host as root', look?.onHost, colours),
  ].join('')
