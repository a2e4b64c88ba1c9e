import { distance } from '../config/near.js'
import { visible } from '../core/sanitise.js'
import { exitCodes, type ErrorCode } from '../errors.js'
import { coloursFor } from '../render/colour.js'
import { explanationText } from '../render/explanation.js'
import type { Io } from '../render/out.js'
import type { ExplainOptions } from './options.js'
import { usage } from './usage.js'

const codes = Object.keys(exitCodes)

const isCode = (word: string): word is ErrorCode => codes.includes(word)

/** As people type it: `name-taken`, `Name taken`, `error NAME_TAKEN:`. */
const asCode = (typed: string): string =>
  typed
    .toUpperCase()
    .replace(/^ERROR /, '')
    .replace(/[^A-Z0-9]+/g, '_')
    .replace(/^_|_$/g, '')

/** Codes that differ by a few letters; otherwise those that have a word of it. */
const nearCodes = (word: string): readonly string[] => {
  const ranked = codes
    .map((code) => ({ code, away: distance(word.slice(0, 64), code) }))
    .filter(({ code, away }) => away <= Math.max(2, Math.floor(code.length / 4)))
    .sort((one, other) => one.away - other.away)
  if (ranked.length > 0) return ranked.map(({ code }) => code)
  const parts = word.split('_').filter((part) => part.length > 2)
  return codes.filter((code) => parts.some((part) => code.split('_').some((one) => one.startsWith(part))))
}

/** Prints what a code means and what to do about it. */
export const explainCode = async (io: Io, typed: string, options: ExplainOptions): Promise<number> => {
  if (options.vhost === true || options.file !== undefined) {
    throw usage('a code and a flags file are explained one at a time', 'leave out either the code, or --vhost and -f')
  }
  const code = asCode(typed)
  if (!isCode(code)) {
    const near = nearCodes(code).slice(0, 3)
    throw usage(
      `there is no error ${visible(typed)}`,
      `${near.length === 0 ? '' : `did you mean ${near.join(' or ')}? `}docs/errors.md lists all of them`,
    )
  }
  const { explanations } = await import('../explanations/index.js')
  io.stdout.write(explanationText(code, explanations[code], coloursFor(io.stdout, io, options.color)))
  return 0
}
