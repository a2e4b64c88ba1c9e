import { DeployError } from '../errors.js'

export type Path = readonly (string | number)[]

/** Both count from 1. */
export interface Position {
  readonly line: number
  readonly column: number
}

/** One mistake in the flags file, before it is known where in the text it stands. */
export interface Finding {
  readonly path: Path
  readonly message: string
  /** The key itself is wrong, not what it holds. */
  readonly at?: 'key'
}

export interface Mistake extends Finding, Position {
  /** The option or the environment variable that says it, when it is not the file. */
  readonly origin?: string
}

/** What somebody wrote, made safe to show: a key or a file name may hold anything that a terminal would obey. */
export const printable = (text: string, max = 80): string => {
  const short = text.length > max ? `${text.slice(0, max)}...` : text
  return short.replace(
    /[\p{C}\p{Zl}\p{Zp}]/gu,
    (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}}`,
  )
}

export const dotted = (path: Path): string => path.map((segment) => printable(String(segment))).join('.')

export const counted = (count: number, one: string): string => `${count} ${one}${count === 1 ? '' : 's'}`

/** The first of many. */
export const listed = (names: readonly string[]): string => {
  const first = names.slice(0, 3).map((name) => printable(name))
  return `${first.join(', ')}${names.length > 3 ? ` and ${names.length - 3} more` : ''}`
}

const describeMistake = (file: string, { line, column, path, message, origin }: Mistake): string =>
  `${origin ?? `${file}:${line}:${column}`}: ${path.length === 0 ? '' : `${dotted(path)}: `}${message}`

/** In the order of the text; at most one a place, the first of which knows best. */
const inOrder = (mistakes: readonly Mistake[]): readonly Mistake[] => {
  const places = new Map<string, Mistake>()
  for (const mistake of mistakes) {
    const place = JSON.stringify([mistake.line, mistake.column, mistake.path, mistake.origin])
    if (!places.has(place)) places.set(place, mistake)
  }
  return [...places.values()].sort((one, other) => one.line - other.line || one.column - other.column)
}

/** A line each, and how many they are. */
export const mistakesText = (
  file: string,
  mistakes: readonly Mistake[],
): { readonly count: string; readonly lines: string } => {
  const all = inOrder(mistakes)
  return {
    count: counted(all.length, 'mistake'),
    lines: all.map((mistake) => describeMistake(file, mistake)).join('\n'),
  }
}

/** All mistakes at once. */
export const configInvalid = (file: string, mistakes: readonly Mistake[]): DeployError => {
  const { count, lines } = mistakesText(file, mistakes)
  const isFileOnly = mistakes.every(({ origin }) => origin === undefined)
  const subject = isFileOnly ? 'the flags file has' : 'the settings have'
  return new DeployError('CONFIG_INVALID', {
    what: `${subject} ${count}`,
    where: file,
    evidence: lines,
    remedy: isFileOnly
      ? 'correct the flags file at the places named above; nothing was done on the host'
      : 'correct what is named above; nothing was done on the host',
  })
}
