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

/** Lines of at most so many characters, broken between words; a longer word stands alone. */
export const wrapped = (text: string, width: number): readonly string[] => {
  const lines: string[] = []
  for (const word of text.split(' ')) {
    const line = lines.at(-1)
    if (line === undefined || line.length + 1 + word.length > width) lines.push(word)
    else lines[lines.length - 1] = `${line} ${word}`
  }
  return lines
}
