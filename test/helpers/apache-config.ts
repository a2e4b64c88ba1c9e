/**
 * Reads Apache's configuration as Apache 2.4 does (server/config.c, server/util.c, mod_rewrite.c), so that tests can ask
 * what a text means. It knows nothing of who wrote the text.
 */
export interface ParsedDirective {
  readonly name: string
  readonly args: readonly string[]
  /** What stands in a section; undefined for a plain directive. */
  readonly inside?: readonly ParsedDirective[]
}

export interface ParseOptions {
  /** What ${NAME} stands for; Apache leaves names alone that it does not know. */
  readonly variables?: Readonly<Record<string, string>>
}

const isBlank = (character: string | undefined): boolean => character !== undefined && /[ \t\n\v\f\r]/.test(character)

/** ap_cfg_getline: a backslash right before the line end goes away with it, whatever stands before the backslash. */
const logicalLines = (text: string): readonly string[] => {
  const lines: string[] = []
  let open: string | undefined
  for (const raw of text.split('\n')) {
    const line = raw.replace(/\r$/, '')
    const whole: string = (open ?? '') + line
    open = line.endsWith('\\') ? whole.slice(0, -1) : undefined
    if (open === undefined) lines.push(whole)
  }
  if (open !== undefined) lines.push(open)
  return lines.map((line) => line.replace(/^[ \t\n\v\f\r]+|[ \t\n\v\f\r]+$/g, ''))
}

/** ap_resolve_env: over the whole line, before it is taken apart. */
const resolved = (line: string, variables: Readonly<Record<string, string>>): string =>
  line.replace(/\$\{([^}]*)\}/g, (found, name: string) =>
    Object.hasOwn(variables, name) ? (variables[name] ?? '') : found,
  )

interface Word {
  readonly word: string
  readonly rest: string
}

const withoutBlanks = (text: string): string => text.replace(/^[ \t\n\v\f\r]+/, '')

/** substring_conf */
const unescaped = (text: string, quote: string): string => {
  if (!text.includes('\\')) return text
  let result = ''
  for (let index = 0; index < text.length; index++) {
    const next = text[index + 1]
    if (text[index] === '\\' && next !== undefined && (next === '\\' || (quote !== '' && next === quote))) index++
    result += text[index] ?? ''
  }
  return result
}

/** ap_getword_conf */
const confWord = (line: string): Word => {
  const text = withoutBlanks(line)
  const quote = text.startsWith('"') ? '"' : text.startsWith("'") ? "'" : ''
  let end = quote.length
  while (end < text.length) {
    const [here, next] = [text[end], text[end + 1]]
    if (quote === '' ? isBlank(here) : here === quote) break
    end += quote !== '' && here === '\\' && (next === '\\' || next === quote) ? 2 : 1
  }
  return {
    word: unescaped(text.slice(quote.length, end), quote),
    rest: withoutBlanks(text.slice(end + quote.length)),
  }
}

/** mod_rewrite's parseargline: a backslash counts before a blank only, and stays; in quotes it never counts. */
const rewriteWord = (line: string): Word => {
  const text = withoutBlanks(line)
  const quote = text.startsWith('"') ? '"' : text.startsWith("'") ? "'" : ''
  let end = quote.length
  while (end < text.length) {
    if (quote === '' ? isBlank(text[end]) : text[end] === quote) break
    end += text[end] === '\\' && isBlank(text[end + 1]) ? 2 : 1
  }
  return { word: text.slice(quote.length, end), rest: withoutBlanks(text.slice(end + 1)) }
}

const wordsOf = (name: string, args: string): readonly string[] => {
  const next = /^rewrite(cond|rule)$/i.test(name) ? rewriteWord : confWord
  const words: string[] = []
  for (let rest = withoutBlanks(args); rest !== '';) {
    const { word, rest: after } = next(rest)
    words.push(word)
    rest = after
  }
  return words
}

interface OpenSection {
  readonly name: string
  readonly args: readonly string[]
  readonly inside: ParsedDirective[]
}

/** The configuration as a tree; throws where Apache would refuse to start. */
export const parseApacheConfig = (text: string, { variables = {} }: ParseOptions = {}): readonly ParsedDirective[] => {
  if (text.includes('\0')) throw new SyntaxError('a NUL ends the file')
  const top: ParsedDirective[] = []
  const open: OpenSection[] = []
  for (const line of logicalLines(text)) {
    if (line === '' || line.startsWith('#')) continue
    const { word, rest } = confWord(resolved(line, variables))
    const place = open.at(-1)?.inside ?? top
    if (word.startsWith('</')) {
      const section = open.pop()
      const name = word.slice(2).replace(/>$/, '')
      if (section === undefined || section.name.toLowerCase() !== name.toLowerCase()) {
        throw new SyntaxError(`${word} closes nothing`)
      }
      ;(open.at(-1)?.inside ?? top).push(section)
    } else if (word.startsWith('<')) {
      // without arguments the bracket closes right behind the name
      const whole =
        word.endsWith('>') && rest === '' ? { name: word.slice(1, -1), args: '>' } : { name: word.slice(1), args: rest }
      const end = whole.args.lastIndexOf('>')
      if (end === -1) throw new SyntaxError(`${word}> directive missing closing '>'`)
      open.push({ name: whole.name, args: wordsOf(whole.name, whole.args.slice(0, end)), inside: [] })
    } else {
      place.push({ name: word, args: wordsOf(word, rest) })
    }
  }
  const left = open.at(-1)
  if (left !== undefined) throw new SyntaxError(`<${left.name}> was not closed`)
  return top
}

/** Every directive and section of a tree, whatever it stands in. */
export const allOf = (tree: readonly ParsedDirective[]): readonly ParsedDirective[] =>
  tree.flatMap((one) => [one, ...allOf(one.inside ?? [])])

export const named = (tree: readonly ParsedDirective[], name: string): readonly ParsedDirective[] =>
  allOf(tree).filter((one) => one.name === name)
