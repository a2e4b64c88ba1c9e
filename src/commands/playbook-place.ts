import { readFileSync } from 'node:fs'

/** The text that each file of a playbook was made into to be run: line by line the same, but for types and blanks. */
export type Transformed = ReadonlyMap<string, string>

export interface Place {
  readonly file: string
  readonly line: number
  readonly column: number
}

const frame = /^\s+at (?:.* \()?(.+?):(\d+):(\d+)\)?$/

const lineOf = (text: string, line: number): string => text.split('\n')[line - 1] ?? ''

const sourceOf = (file: string): string => {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}

/** Words of a line with the sign in front of each, which tells a property from a word of a type. */
const wordsOf = (line: string) =>
  [...line.matchAll(/([^\s\w$]?)\s*([\w$]+)/g)].map(({ 0: whole, 1: sign, 2: word = '', index }) => ({
    sign,
    word,
    column: index + whole.length - word.length + 1,
  }))

/** Where the word that stands at this column of the one line stands in the other. */
const sameWord = (transformed: string, column: number, written: string): number => {
  const words = wordsOf(transformed)
  const meant = words.find((one) => one.column === column)
  if (meant === undefined) return column
  const isSame = ({ sign, word }: (typeof words)[number]): boolean => word === meant.word && sign === meant.sign
  const candidates = wordsOf(written).filter(isSame)
  return (candidates[words.filter(isSame).indexOf(meant)] ?? candidates[0])?.column ?? column
}

/** The innermost place in a file of the playbook that an error came through. */
export const placeOf = (error: unknown, transformed: Transformed): Place | undefined => {
  const stack = error instanceof Error ? (error.stack ?? '') : ''
  for (const text of stack.split('\n')) {
    const [, file = '', line = '', column = ''] = frame.exec(text) ?? []
    const code = transformed.get(file)
    if (code === undefined) continue
    const number = Number(line)
    const written = lineOf(sourceOf(file), number)
    return { file, line: number, column: sameWord(lineOf(code, number), Number(column), written) }
  }
  return undefined
}

export const shownPlace = ({ file, line, column }: Place): string => `${file}:${line}:${column}`

/** `FILE:LINE:COLUMN: message`, and the line with a mark under the place. */
export const excerpt = (place: Place, message: string): string => {
  const line = lineOf(sourceOf(place.file), place.line).replaceAll('\t', ' ')
  const number = `${place.line} | `
  return [
    `${shownPlace(place)}: ${message}`,
    `${number}${line}`,
    `${' '.repeat(number.length - 2)}| ${' '.repeat(Math.max(0, place.column - 1))}^`,
  ].join('\n')
}
