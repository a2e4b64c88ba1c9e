import { isAlias, isMap, isNode, isScalar, isSeq, LineCounter, parseDocument, type Pair, type ParsedNode } from 'yaml'
import type { Finding, Mistake, Path, Position } from './mistake.js'

/** The text of a flags file taken apart: its value, and where in the text each part of it stands. */
export interface Parsed {
  readonly value: unknown
  readonly mistakes: readonly Mistake[]
  /** Whether the tree can be trusted enough to look for further mistakes in it. */
  readonly whole: boolean
  /** A value stands where it begins, a missing one where its parent does; `key` asks for the key itself. */
  readonly place: (path: Path, what?: 'key') => Position
  /** A number or boolean as it was written: `3.10`. */
  readonly written: (path: Path) => string | undefined
}

/** Such as `!vault`. */
export const noTag = 'tags such as !name are not supported'

/** The words of the YAML library quote the text around a mistake, and that text may be a secret. */
const words: Readonly<Record<string, string>> = {
  BAD_DQ_ESCAPE: 'holds an escape sequence that does not exist',
  BAD_INDENT: 'is indented in another way than its neighbours',
  BAD_SCALAR_START: 'begins with a character that YAML keeps for itself: write the value in quotes',
  BLOCK_AS_IMPLICIT_KEY: 'there are two keys on one line: begin a new line, or write the value in quotes',
  MISSING_CHAR: 'a closing quote or bracket, a colon or a comma is missing',
  MULTILINE_IMPLICIT_KEY: 'a key goes over several lines: is there a colon missing?',
  MULTIPLE_DOCS: 'a second document begins here: a flags file holds one',
  NON_STRING_KEY: 'keys must be plain text',
  TAB_AS_INDENT: 'is indented with a tab: use blanks',
  TAG_RESOLVE_FAILED: noTag,
}

/** `isOurs`: whether the value there is one that we read; how others are written is nobody's concern here. */
export const parseYaml = (text: string, isOurs: (path: Path) => boolean = () => true): Parsed => {
  const lines = new LineCounter()
  const document = parseDocument(text, {
    lineCounter: lines,
    prettyErrors: false,
    schema: 'core',
    stringKeys: true,
    uniqueKeys: false,
    // `silent` would also keep quiet about a second document
    logLevel: 'error',
  })
  const position = (offset: number): Position => {
    const { line, col } = lines.linePos(offset)
    return { line, column: col }
  }
  const syntax = [...document.errors, ...document.warnings].map(({ code, pos }) => ({
    path: [],
    message: words[code] ?? `is not YAML (${code.toLowerCase().replaceAll('_', ' ')})`,
    ...position(pos[0]),
  }))
  if (document.directives.yaml.explicit === true) {
    syntax.push({ path: [], message: 'a %YAML line is not supported: YAML 1.2 is what is read', line: 1, column: 1 })
  }
  const found: Mistake[] = []
  const root = document.contents
  if (root !== null)
    walk(root, [], { isOurs, report: (finding, offset) => found.push({ ...finding, ...position(offset) }) })
  const whole =
    document.errors.length === 0 && !found.some(({ message }) => message === noAlias || message === noComment)
  return {
    value: whole ? document.toJS() : undefined,
    mistakes: [...syntax, ...found],
    whole,
    place: (path, what) => position(offsetOf(root, path, what)),
    written: (path) => {
      const node = nodeAt(root, path)
      return isScalar(node) && typeof node.value !== 'string' ? node.source : undefined
    },
  }
}

/** JSON has none, and YAML takes what it does not know for a part of the key. */
const foreignComment = /^\s*(\/\/|\/\*)/

const noComment = 'comments begin with #, in JSON too: // and /* are read as a part of the key'

const noAlias = 'aliases are not supported: write the value out'

interface Walk {
  readonly isOurs: (path: Path) => boolean
  readonly report: (finding: Finding, offset: number) => void
}

const walk = (node: ParsedNode, path: Path, on: Walk): void => {
  const start = node.range[0]
  if (isAlias(node)) on.report({ path, message: noAlias }, start)
  else if (isScalar(node)) {
    if (on.isOurs(path)) judgeScalar(node.value, node.source, path, (message) => on.report({ path, message }, start))
  } else if (isSeq(node)) node.items.forEach((item, index) => isNode(item) && walk(item, [...path, index], on))
  else if (isMap(node)) {
    const seen = new Set<string>()
    for (const { key, value } of node.items) {
      const name = keyName(key)
      if (isScalar(key) && key.type === 'PLAIN' && foreignComment.test(name))
        on.report({ path: [], message: noComment }, key.range[0])
      if (name === '__proto__') on.report({ path: [...path, name], message: 'must not be a key' }, key.range[0])
      if (seen.has(name)) on.report({ path: [...path, name], message: 'is written twice' }, key.range[0])
      seen.add(name)
      if (value !== null) walk(value, [...path, name], on)
    }
  }
}

/**
 * `3.10` is the number 3.1 to YAML, and `080` is 80: whoever wrote it would find something else on the host. Values of
 * settings are not repeated in the message, because a PIN may be among them.
 */
const judgeScalar = (value: unknown, source: string, path: Path, report: (message: string) => void): void => {
  // of the site, or of one host or group of a fleet
  const isSetting = path[0] === 'settings' || path.at(-2) === 'settings'
  if (typeof value === 'number' && String(value) !== source) {
    report(
      isSetting
        ? 'is read as a number and would come out differently: write it in quotes'
        : `is read as the number ${value}: write ${value}, or "${source}" in quotes where text is meant`,
    )
  } else if (typeof value === 'boolean' && isSetting && String(value) !== source) {
    report(`is read as ${value}: write ${value}, or "${source}" in quotes`)
  }
}

const keyName = (key: ParsedNode): string => (isScalar(key) ? String(key.value) : '?')

/** Each mapping by its keys: looking through all of them for each of ten thousand hosts would take for ever. */
const indexes = new WeakMap<ParsedNode, ReadonlyMap<string, Pair<ParsedNode, ParsedNode | null>>>()

const pairAt = (node: ParsedNode | null, segment: string | number) => {
  if (!isMap(node)) return undefined
  const known = indexes.get(node)
  if (known !== undefined) return known.get(String(segment))
  // of a key that is written twice, the first
  const index = new Map(node.items.map((pair) => [keyName(pair.key), pair] as const).reverse())
  indexes.set(node, index)
  return index.get(String(segment))
}

const childAt = (node: ParsedNode | null, segment: string | number): ParsedNode | null => {
  if (isMap(node)) return pairAt(node, segment)?.value ?? null
  return isSeq(node) && typeof segment === 'number' ? (node.items[segment] ?? null) : null
}

const nodeAt = (root: ParsedNode | null, path: Path): ParsedNode | null => path.reduce<ParsedNode | null>(childAt, root)

const offsetOf = (root: ParsedNode | null, path: Path, what?: 'key'): number => {
  let node = root
  // a mapping that spans lines is named by its key, a value by itself
  let at = root === null || isMap(root) ? 0 : root.range[0]
  for (const [index, segment] of path.entries()) {
    const key = pairAt(node, segment)?.key
    node = childAt(node, segment)
    if (key === undefined && node === null) return at
    const wantsKey = what === 'key' && index === path.length - 1
    at = key !== undefined && (wantsKey || !isScalar(node)) ? key.range[0] : (node?.range[0] ?? at)
  }
  return at
}
