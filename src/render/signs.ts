import type { Io } from './out.js'

/** Whether a terminal shows more than ASCII: by its locale, as other programs decide it. */
const isUnicode = (env: Io['env']): boolean => {
  const locale = [env['LC_ALL'], env['LC_CTYPE'], env['LANG']].find((value) => value !== undefined && value !== '')
  return /utf-?8/i.test(locale ?? '')
}

/** What stands in front of a line of the live view. */
export interface Signs {
  readonly ascii: boolean
  readonly done: string
  /** As in a plan: nothing is changed. */
  readonly same: string
  readonly failed: string
  /** One after the other, while time passes. */
  readonly running: readonly string[]
  /** Of something that has parts, one of which is running. */
  readonly open: string
  readonly waiting: string
  /** Of the last line that was heard. */
  readonly heard: string
  readonly ellipsis: string
}

const unicode: Signs = {
  ascii: false,
  done: '✔',
  same: '=',
  failed: '✖',
  running: [...'⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏'],
  open: '❯',
  waiting: '·',
  heard: '›',
  ellipsis: '…',
}

const ascii: Signs = {
  ascii: true,
  done: '+',
  same: '=',
  failed: 'x',
  running: [...'-\\|/'],
  open: '>',
  waiting: '.',
  heard: ':',
  ellipsis: '...',
}

export const signsFor = (env: Io['env']): Signs => (isUnicode(env) ? unicode : ascii)
