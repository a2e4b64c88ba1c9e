import type { SyntaxNodeRef, Tree } from '@lezer/common'
import { parser } from '@lezer/python'
import type { Source } from './python-expressions.js'
import { statementsIn } from './python-statements.js'
import type { Node, Statement } from './python-tree.js'

/** Something about the language itself. */
export interface Remark extends Node {
  readonly kind: 'not python' | 'python 2' | 'newer'
  /** `newer`: the first version that has it. */
  readonly since?: string
}

export interface PythonFile {
  readonly body: readonly Statement[]
  /** The first of each kind, in the order of the text. */
  readonly remarks: readonly Remark[]
}

const lineCounter = (text: string): ((offset: number) => number) => {
  const starts = [0]
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) starts.push(at + 1)
  return (offset) => {
    let low = 0
    let high = starts.length
    while (high - low > 1) {
      const middle = (low + high) >> 1
      if ((starts[middle] ?? 0) <= offset) low = middle
      else high = middle
    }
    return low + 1
  }
}

/** Undefined: it nests deeper than anything that Python itself would read. */
export const parsePython = (written: string): PythonFile | undefined => {
  // Python skips form feeds, the grammar does not know them
  const text = written
    .replace(/^\ufeff/, '')
    .replaceAll('\f', '')
    .replace(/\r\n?/g, '\n')
  const source: Source = { text, lineAt: lineCounter(text) }
  try {
    const tree = parser.parse(text)
    return { body: statementsIn(tree.topNode, source, 0), remarks: remarksOn(tree, source) }
  } catch (error) {
    if (error instanceof RangeError) return undefined
    throw error
  }
}

const newer = (node: SyntaxNodeRef, text: () => string): string | undefined => {
  switch (node.name) {
    case 'NamedExpression':
    case 'FormatSelfDoc':
      return '3.8'
    case 'MatchStatement':
      return '3.10'
    case 'TypeParamList':
    case 'TypeDefinition':
      return '3.12'
    case 'ParamList':
      return hasSlash(node, text()) ? '3.8' : undefined
    case 'ImportStatement':
      return /^from\s+__future__\s+import\b.*\bannotations\b/.test(text()) ? '3.7' : undefined
    default:
      return undefined
  }
}

/** `def f(a, /)`: the slash has no node of its own. */
const hasSlash = ({ from, node }: SyntaxNodeRef, text: string): boolean =>
  node.getChildren(',').some((comma) => {
    const next = comma.nextSibling
    return next !== null && text.slice(comma.to - from, next.from - from).includes('/')
  })

/** Where it is Python 2. */
const python2 = (node: SyntaxNodeRef, text: () => string): number | undefined => {
  const isOld = node.name === 'PrintStatement' || (node.name === 'CompareOp' && text() === '<>')
  if (isOld) return node.from
  // raise A, b and except A, b
  return node.name === 'RaiseStatement' || node.name === 'TryStatement' ? node.node.getChild(',')?.from : undefined
}

/**
 * What the grammar does not know although it is Python: `yield` alone, `24.`, targets in brackets after `as` and several
 * in brackets, a star in the target of `for`, and some patterns of `match`. It stumbles over the next lines, too.
 */
const isGap = (line: string): boolean =>
  /\byield\s*([)\]},#]|$)|[0-9]\.([^0-9A-Za-z_.]|$)|\bas\s*(\(|\w+\s*[,)])|\*\w+\s+in\b|^\s*(case|match)\b/.test(line)

const remarksOn = (tree: Tree, source: Source): readonly Remark[] => {
  const remarks = new Map<string, Remark>()
  let gap = Number.NEGATIVE_INFINITY
  tree.iterate({
    enter: (node) => {
      const remark = remarkOn(node, source)
      const key = `${remark?.kind} ${remark?.since}`
      if (remark === undefined || remarks.has(key)) return
      const from = remark.at ?? node.from
      const text = lineOf(source, from)
      const line = source.lineAt(from)
      if (remark.kind === 'not python' && isGap(text)) gap = line
      if (remark.kind !== 'not python' || line > gap + 3) remarks.set(key, { ...remark, line, text: text.trim() })
    },
  })
  return [...remarks.values()]
}

interface Noticed extends Pick<Remark, 'kind' | 'since'> {
  /** Where it is not at the beginning of the node. */
  readonly at?: number
}

const remarkOn = (node: SyntaxNodeRef, source: Source): Noticed | undefined => {
  if (node.type.isError) return { kind: 'not python' }
  const text = () => source.text.slice(node.from, node.to)
  const at = python2(node, text)
  if (at !== undefined) return { kind: 'python 2', at }
  const since = newer(node, text)
  return since === undefined ? undefined : { kind: 'newer', since }
}

const longest = 300

/** The line that something stands in, as far as a person would read it. */
const lineOf = ({ text }: Source, offset: number): string => {
  const before = text.slice(Math.max(0, offset - longest), offset)
  const after = text.slice(offset, offset + longest)
  return before.slice(before.lastIndexOf('\n') + 1) + (after.split('\n', 1)[0] ?? '')
}
