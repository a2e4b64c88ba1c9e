import type { Progress, Waiting } from '../core/progress.js'
import type { Change } from '../core/step.js'
import type { Colours } from './colour.js'

export type Kind = Change['kind']
export type Sign = '=' | '+' | '~' | '-' | '>' | '?'

export const kinds: readonly Kind[] = ['create', 'update', 'remove', 'run']

export const signOf: Readonly<Record<Kind, Sign>> = { create: '+', update: '~', remove: '-', run: '>' }

export const paintSign = (sign: Sign, colours: Colours): string => {
  const styles: Readonly<Record<Sign, (text: string) => string>> = {
    '=': colours.dim,
    '+': colours.green,
    '~': colours.yellow,
    '-': colours.red,
    '>': colours.cyan,
    '?': colours.magenta,
  }
  return styles[sign](sign)
}

export const plural = (count: number, one: string): string => `${count} ${one}${count === 1 ? '' : 's'}`

export const duration = (milliseconds: number): string => {
  if (milliseconds < 59_950) return `${(milliseconds / 1000).toFixed(1)} s`
  const seconds = Math.round(milliseconds / 1000)
  return `${Math.floor(seconds / 60)} min ${seconds % 60} s`
}

/** `950 kB`, `1.2 MB`: as pip and apt count them, by the thousand. */
const size = (bytes: number): string =>
  bytes < 1_000_000 ? `${Math.ceil(bytes / 1000)} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`

const sizes = (bytes: number, total: number | undefined): string =>
  total === undefined ? size(bytes) : `${size(bytes)} of ${size(total)}`

/** `Collecting click (5 known)`; `sending the code, 1.2 MB of 5.0 MB`. How many percent it is stands beside the time. */
export const progressWords = ({ what, count, bytes, total }: Progress): string =>
  [count === undefined ? what : `${what} (${count} known)`, ...(bytes === undefined ? [] : [sizes(bytes, total)])].join(
    ', ',
  )

export const waitingWords = ({ for: what, holder, seconds }: Waiting): string =>
  `waiting for ${what}${holder === '' ? '' : `, held by ${holder}`}, ${wholeSeconds(seconds)}`

/** Of something that goes on: `12 s`, `1 min 30 s`. */
export const wholeSeconds = (seconds: number): string =>
  seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`

/** Of something that has gone on for seconds, hours or months: `12 s`, `3 h`, `41 d`. */
export const age = (seconds: number): string => {
  if (seconds < 120) return `${Math.max(0, Math.round(seconds))} s`
  if (seconds < 7_200) return `${Math.round(seconds / 60)} min`
  return seconds < 172_800 ? `${Math.round(seconds / 3_600)} h` : `${Math.round(seconds / 86_400)} d`
}

/** `45 MB`, `12.3 GB`. */
export const megabytes = (bytes: number): string =>
  bytes < 10_000_000_000 ? `${Math.round(bytes / 1_000_000)} MB` : `${(bytes / 1_000_000_000).toFixed(1)} GB`

/** Milliseconds: a check that took no longer leaves no line of its own. */
export const worthTelling = 1000
