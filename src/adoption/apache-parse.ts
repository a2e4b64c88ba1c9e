/** A directive as it is written, or a section with what is in it. */
export interface Written {
  readonly name: string
  readonly args: readonly string[]
  /** From 1. */
  readonly line: number
  /** The line itself, without what is around it; of a section only the line that opens it. */
  readonly text: string
  /** Of a section alone. */
  readonly inside?: readonly Written[]
}

/** A text that Apache would refuse, or that nobody has written by hand. */
export class NotApache extends Error {
  constructor(
    readonly line: number,
    readonly why: string,
  ) {
    super(why)
  }
}

const mostLines = 20_000
const deepest = 16

interface Line {
  readonly line: number
  readonly text: string
}

/** A backslash at its end joins a line with the next one, in comments too (httpd: Syntax of the Configuration Files). */
const linesOf = (text: string): readonly Line[] => {
  const lines: Line[] = []
  let begun: Line | undefined
  for (const [index, raw] of text.split(/\r?\n/).entries()) {
    const isOpen = raw.endsWith('\\')
    const piece = isOpen ? raw.slice(0, -1) : raw
    const whole = begun === undefined ? { line: index + 1, text: piece } : { ...begun, text: begun.text + piece }
    if (isOpen) begun = whole
    else {
      begun = undefined
      lines.push({ ...whole, text: whole.text.trim() })
    }
  }
  if (begun !== undefined) lines.push({ ...begun, text: begun.text.trim() })
  return lines.filter((one) => one.text !== '' && !one.text.startsWith('#'))
}

/** As ap_getword_conf: blanks end a word unless it begins with a quote, in which a backslash hides the quote. */
const wordsOf = (text: string): readonly string[] =>
  [...text.matchAll(/"((?:\\.|[^"\\])*)"?|'((?:\\.|[^'\\])*)'?|(\S+)/g)].map(
    ([, double, single, plain]) => plain ?? (double ?? single ?? '').replace(/\\(["'\\])/g, '$1'),
  )

interface Open extends Omit<Written, 'inside'> {
  readonly inside: Written[]
}

/**
 * The directives of a configuration file, as a tree. Nothing is looked up: includes, macros and conditions stand there as
 * they are written.
 *
 * @param text of the file
 * Throws NotApache where sections do not end as they began, or there is more of it than any honest file has.
 */
export const parseApache = (text: string): readonly Written[] => {
  const top: Open = { name: '', args: [], line: 0, text: '', inside: [] }
  const open: Open[] = [top]
  const lines = linesOf(text)
  if (lines.length > mostLines) throw new NotApache(mostLines, `it has more than ${mostLines} lines`)
  for (const { line, text: written } of lines) {
    const around = open.at(-1) ?? top
    const [, closes] = /^<\/\s*([^\s>]+)\s*>/.exec(written) ?? []
    if (closes !== undefined) {
      if (open.length === 1 || around.name.toLowerCase() !== closes.toLowerCase()) {
        throw new NotApache(line, `</${closes}> ends what did not begin`)
      }
      open.pop()
      continue
    }
    const [, opens, rest = ''] = /^<\s*([^\s>]+)\s*(.*?)\s*>$/.exec(written) ?? []
    if (opens !== undefined) {
      if (open.length > deepest) throw new NotApache(line, `sections lie in each other more than ${deepest} deep`)
      const section: Open = { name: opens, args: wordsOf(rest), line, text: written, inside: [] }
      around.inside.push(section)
      open.push(section)
      continue
    }
    const [name = '', ...args] = wordsOf(written)
    around.inside.push({ name, args, line, text: written })
  }
  const last = open.at(-1) ?? top
  if (last !== top) throw new NotApache(last.line, `<${last.name}> does not end`)
  return top.inside
}

/** All directives, those in sections too. */
export function* everyWritten(nodes: readonly Written[]): Generator<Written> {
  for (const node of nodes) {
    yield node
    if (node.inside !== undefined) yield* everyWritten(node.inside)
  }
}

/** Directives and sections have the same name in capitals. */
export const isNamed = ({ name }: Written, ...names: readonly string[]): boolean => names.includes(name.toLowerCase())
