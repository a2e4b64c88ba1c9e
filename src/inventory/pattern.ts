/** A part of a pattern between commas or colons. */
export interface Piece {
  readonly kind: 'also' | 'only' | 'not'
  /** Name or wildcard, without the slice behind it. */
  readonly name: string
  /** Which of them, as positions from the first (0) or, below 0, from the last; both ends belong to it. */
  readonly slice: { readonly from: number; readonly to: number } | undefined
  /** As it was written. */
  readonly text: string
  /** Who wrote it: `--limit`, or a line of a file. */
  readonly origin: string
}

/** Text of a pattern, and who wrote it. */
export interface Written {
  readonly text: string
  readonly origin: string
}

type Read = { readonly pieces: readonly Piece[] } | { readonly mistake: string }

/** `isHost` keeps whole what is the name of a host, for the address `2001:db8::1` is no union. */
export const readPattern = ({ text, origin }: Written, isHost: (name: string) => boolean): Read => {
  const pieces: Piece[] = []
  for (const part of text.split(',').flatMap((one) => (isHost(bare(one.trim())) ? [one] : betweenColons(one)))) {
    const trimmed = part.trim()
    if (trimmed === '') continue
    const piece = readPiece(trimmed, origin)
    if (typeof piece === 'string') return { mistake: piece }
    pieces.push(piece)
  }
  return pieces.length === 0 ? { mistake: 'is empty' } : { pieces }
}

const bare = (text: string): string => text.replace(/^[!&]/, '')

/** Colons in brackets belong to a slice. */
const betweenColons = (text: string): readonly string[] => {
  const parts: string[] = []
  let begin = 0
  let isInside = false
  for (let at = 0; at <= text.length; at++) {
    if (text[at] === '[') isInside = true
    else if (text[at] === ']') isInside = false
    else if (at === text.length || (text[at] === ':' && !isInside)) {
      parts.push(text.slice(begin, at))
      begin = at + 1
    }
  }
  return parts
}

const kinds = { '!': 'not', '&': 'only' } as const

const readPiece = (text: string, origin: string): Piece | string => {
  const kind = text.startsWith('!') ? kinds['!'] : text.startsWith('&') ? kinds['&'] : 'also'
  const whole = kind === 'also' ? text : text.slice(1).trim()
  if (whole.startsWith('~')) return 'is a regular expression, which is not read: use * and ? and names'
  const [, name = whole, inside] = /^(.+)\[([^[\]]*)\]$/s.exec(whole) ?? []
  const slice = inside === undefined ? undefined : sliceOf(inside)
  if (inside !== undefined && slice === undefined) return `[${inside}] must be a position: [0], [-1], [0:2] or [3:]`
  if (!/^[A-Za-z0-9_.:%*?-]+$/.test(name) || name.startsWith('-')) {
    return 'must be names of hosts and groups, with * and ? where need be'
  }
  return { kind, name, slice, text, origin }
}

const sliceOf = (text: string): Piece['slice'] => {
  const [, one, from, to] = /^(?:(-?[0-9]{1,9})|([0-9]{1,9}):([0-9]{0,9}))$/.exec(text) ?? []
  if (one !== undefined) return { from: Number(one), to: Number(one) }
  if (from === undefined) return undefined
  return { from: Number(from), to: to === undefined || to === '' ? -1 : Number(to) }
}
