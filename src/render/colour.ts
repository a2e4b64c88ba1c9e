import { styleText } from 'node:util'
import type { Io, Output } from './out.js'

type Style = (text: string) => string

/** Styles by name; all of them leave the text alone where colour is not wanted. */
export interface Colours {
  readonly red: Style
  readonly green: Style
  readonly yellow: Style
  readonly cyan: Style
  readonly magenta: Style
  readonly dim: Style
  readonly bold: Style
}

const style =
  (format: keyof Colours, wanted: boolean): Style =>
  (text) =>
    // our own decision is final: Node would otherwise look at stdout, also for what goes to stderr
    wanted ? styleText(format, text, { validateStream: false }) : text

export const colours = (wanted: boolean): Colours => ({
  red: style('red', wanted),
  green: style('green', wanted),
  yellow: style('yellow', wanted),
  cyan: style('cyan', wanted),
  magenta: style('magenta', wanted),
  dim: style('dim', wanted),
  bold: style('bold', wanted),
})

export const plainText = colours(false)

/** https://no-color.org: any value but the empty one turns colour off. */
export const coloursFor = (output: Output, io: Io, allowed = true): Colours =>
  colours(allowed && output.isTTY && !io.env['NO_COLOR'] && io.env['TERM'] !== 'dumb')
