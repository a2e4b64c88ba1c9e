import type { SyntaxNode } from '@lezer/common'
import type { Expression, Node } from './python-tree.js'

export interface Source {
  readonly text: string
  /** From 1. */
  readonly lineAt: (offset: number) => number
}

/** Deeper than any sane file nests; whoever walks the tree may therefore recurse. */
export const deepest = 150

export const childrenOf = (node: SyntaxNode): readonly SyntaxNode[] => {
  const children: SyntaxNode[] = []
  for (let child = node.firstChild; child !== null; child = child.nextSibling) {
    if (child.name !== 'Comment' && !child.type.isError) children.push(child)
  }
  return children
}

export const nodeOf = ({ from, to }: { from: number; to: number }, { text, lineAt }: Source): Node => ({
  line: lineAt(from),
  text: text.slice(from, to),
})

const punctuation = new Set(['(', ')', '[', ']', '{', '}', ',', ':', '.', '*', '**', 'AssignOp', 'TypeDef'])

/** Everything but punctuation and the words of the language. */
const isValue = ({ name }: SyntaxNode): boolean => !punctuation.has(name) && /^[A-Z]/.test(name)

/** Lists of nodes between commas. */
export const betweenCommas = (nodes: readonly SyntaxNode[]): readonly (readonly SyntaxNode[])[] => {
  const groups: SyntaxNode[][] = [[]]
  for (const node of nodes) {
    if (node.name === ',') groups.push([])
    else groups.at(-1)?.push(node)
  }
  return groups.filter((group) => group.length > 0)
}

const escapes: Readonly<Record<string, string>> = {
  '\\\n': '',
  "\\'": "'",
  '\\"': '"',
  '\\\\': '\\',
  '\\n': '\n',
  '\\t': '\t',
  '\\r': '\r',
}

/** What a string literal holds; bytes count as text, for names are all that is looked for. */
const stringValue = (literal: string): string => {
  const quoted = literal.replace(/^[A-Za-z]*/, '')
  const isRaw = /^[A-Za-z]*r/i.test(literal)
  const quotes = /^('''|""")/.test(quoted) ? 3 : 1
  const inner = quoted.slice(quotes, Math.max(quotes, quoted.length - quotes))
  return isRaw ? inner : inner.replace(/\\[\s\S]/g, (pair) => escapes[pair] ?? pair)
}

export type Convert = (node: SyntaxNode) => Expression

const manyOf = (nodes: readonly SyntaxNode[], convert: Convert): readonly Expression[] =>
  nodes.filter(isValue).map(convert)

export const argumentsOf = (list: SyntaxNode | undefined, source: Source, convert: Convert) => {
  const positional: Expression[] = []
  const keywords = new Map<string, Expression>()
  const spread: Expression[] = []
  const inside = list === undefined ? [] : childrenOf(list).filter(({ name }) => name !== '(' && name !== ')')
  for (const [first, second, third] of betweenCommas(inside)) {
    if (first === undefined) continue
    if (second === undefined) positional.push(convert(first))
    else if (first.name === '*' || first.name === '**') spread.push(convert(second))
    else if (second.name === 'AssignOp' && third !== undefined) {
      keywords.set(source.text.slice(first.from, first.to), convert(third))
    } else spread.push(convert(first))
  }
  return { positional, keywords, spread }
}

const entriesOf = (nodes: readonly SyntaxNode[], convert: Convert): readonly (readonly [Expression, Expression])[] =>
  betweenCommas(nodes.filter(({ name }) => name !== '{' && name !== '}')).flatMap(([key, colon, value]) =>
    key === undefined || value === undefined || colon?.name !== ':' ? [] : [[convert(key), convert(value)] as const],
  )

/** What stands between the literal texts of an f-string, with them. */
const piecesOf = (node: SyntaxNode, source: Source, convert: Convert): readonly Expression[] => {
  const pieces: Expression[] = []
  const prefix = /^[A-Za-z]*('''|"""|'|")/.exec(source.text.slice(node.from, node.to))?.[0] ?? ''
  const quotes = prefix.replace(/^[A-Za-z]*/, '').length
  let from = node.from + prefix.length
  const literal = (to: number): void => {
    if (to > from) pieces.push({ kind: 'string', value: source.text.slice(from, to), ...nodeOf({ from, to }, source) })
  }
  for (const child of childrenOf(node).filter(({ name }) => name === 'FormatReplacement')) {
    literal(child.from)
    const inner = childrenOf(child).find(isValue)
    if (inner !== undefined) pieces.push(convert(inner))
    from = child.to
  }
  literal(node.to - quotes)
  return pieces
}

export const expression = (node: SyntaxNode, source: Source, depth = 0): Expression => {
  const at = nodeOf(node, source)
  if (depth > deepest) return { kind: 'other', parts: [], ...at }
  const convert: Convert = (child) => expression(child, source, depth + 1)
  const children = childrenOf(node)
  const [first, second] = children
  const other = (): Expression => ({ kind: 'other', parts: manyOf(children, convert), ...at })
  switch (node.name) {
    case 'VariableName':
      return { kind: 'name', name: at.text, ...at }
    case 'String':
      return { kind: 'string', value: stringValue(at.text), ...at }
    case 'FormatString':
      return { kind: 'format', pieces: piecesOf(node, source, convert), ...at }
    case 'ContinuedString':
      return { kind: 'format', pieces: children.map(convert), ...at }
    case 'Number':
    case 'None':
    case 'Boolean':
      return { kind: 'constant', ...at }
    case 'ParenthesizedExpression': {
      const [inner, ...more] = children.filter(isValue)
      return inner === undefined || more.length > 0 ? other() : convert(inner)
    }
    case 'TupleExpression':
    case 'ArrayExpression':
    case 'SetExpression':
      return { kind: 'list', items: manyOf(children, convert), ...at }
    case 'DictionaryExpression':
      return { kind: 'mapping', entries: entriesOf(children, convert), ...at }
    case 'CallExpression':
      if (first === undefined) return other()
      return { kind: 'call', callee: convert(first), ...argumentsOf(second, source, convert), ...at }
    case 'MemberExpression': {
      const last = children.at(-1)
      if (first === undefined || last === undefined) return other()
      if (last.name === 'PropertyName') {
        const name = source.text.slice(last.from, last.to)
        return { kind: 'attribute', of: convert(first), name, ...at }
      }
      const [index, ...more] = manyOf(children.slice(1), convert)
      return index === undefined || more.length > 0 ? other() : { kind: 'subscript', of: convert(first), index, ...at }
    }
    case 'BinaryExpression': {
      const last = children.at(-1)
      if (first === undefined || last === undefined || children.length < 3) return other()
      const operator = children.slice(1, -1).map((child) => source.text.slice(child.from, child.to))
      return { kind: 'operation', operator: operator.join(' '), left: convert(first), right: convert(last), ...at }
    }
    case 'UnaryExpression':
      if (first === undefined || second === undefined) return other()
      return { kind: 'operation', operator: source.text.slice(first.from, first.to), right: convert(second), ...at }
    case 'ConditionalExpression': {
      const [then, test, otherwise] = children.filter(isValue)
      if (then === undefined || test === undefined || otherwise === undefined) return other()
      return { kind: 'choice', test: convert(test), then: convert(then), otherwise: convert(otherwise), ...at }
    }
    default:
      return other()
  }
}

/** `a, b` without brackets is a tuple. */
export const tupleOf = (nodes: readonly SyntaxNode[], source: Source): Expression | undefined => {
  const values = nodes.filter(isValue)
  const [first] = values
  const last = nodes.at(-1)
  if (first === undefined || last === undefined) return undefined
  if (values.length === 1 && last === first) return expression(first, source)
  const at = nodeOf({ from: first.from, to: last.to }, source)
  return { kind: 'list', items: values.map((node) => expression(node, source)), ...at }
}
