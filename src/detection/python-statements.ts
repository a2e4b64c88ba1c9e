import type { SyntaxNode } from '@lezer/common'
import {
  argumentsOf,
  betweenCommas,
  childrenOf,
  deepest,
  expression,
  nodeOf,
  tupleOf,
  type Source,
} from './python-expressions.js'
import type { Expression, Imported, Node, Parameter, Statement } from './python-tree.js'

const textOf = ({ from, to }: SyntaxNode, { text }: Source): string => text.slice(from, to)

const compound = new Set(['FunctionDefinition', 'ClassDefinition', 'DecoratedStatement'])
const isStatement = ({ name }: SyntaxNode): boolean => name.endsWith('Statement') || compound.has(name)

/** The statements of a block, or of the file. */
export const statementsIn = (block: SyntaxNode | undefined, source: Source, depth: number): readonly Statement[] =>
  block === undefined || depth > deepest
    ? []
    : childrenOf(block)
        .flatMap((node) => (node.name === 'StatementGroup' ? childrenOf(node) : [node]))
        .filter(isStatement)
        .map((node) => statement(node, source, depth))

const statement = (node: SyntaxNode, source: Source, depth: number): Statement => {
  const at = nodeOf(node, source)
  const children = childrenOf(node)
  const bodies = children.filter(({ name }) => name === 'Body')
  const inside = (body: SyntaxNode | undefined) => statementsIn(body, source, depth + 1)
  switch (node.name) {
    case 'ImportStatement':
      return { kind: 'import', ...imported(children, source), ...at }
    case 'AssignStatement': {
      const sides = split(children, 'AssignOp').flatMap((side) => tupleOf(side, source) ?? [])
      const value = sides.at(-1)
      if (value === undefined || sides.length < 2) return { kind: 'other', parts: [], body: [], ...at }
      return { kind: 'assign', targets: sides.slice(0, -1), value, ...at }
    }
    case 'ReturnStatement':
    case 'RaiseStatement': {
      const value = tupleOf(children.slice(1), source)
      const kind = node.name === 'ReturnStatement' ? 'return' : 'raise'
      return { kind, ...(value === undefined ? {} : { value }), ...at }
    }
    case 'DecoratedStatement': {
      const [last] = children.slice(-1)
      const decorators = children.filter(({ name }) => name === 'Decorator').map((one) => decorator(one, source))
      return last === undefined || last.name === 'Decorator'
        ? { kind: 'other', parts: decorators, body: [], ...at }
        : defined(last, decorators, source, depth)
    }
    case 'FunctionDefinition':
    case 'ClassDefinition':
      return defined(node, [], source, depth)
    case 'IfStatement':
      return condition(children, at, source, depth)
    case 'TryStatement': {
      const word = (body: SyntaxNode): string => {
        const before = children.slice(0, children.indexOf(body)).reverse()
        return before.find(({ name }) => /^(try|except|else|finally)$/.test(name))?.name ?? ''
      }
      return {
        kind: 'try',
        body: inside(bodies[0]),
        handlers: bodies.filter((body) => word(body) === 'except').map(inside),
        rest: bodies.filter((body) => /^(else|finally)$/.test(word(body))).flatMap(inside),
        ...at,
      }
    }
    default: {
      const parts = children.flatMap((child) => (/^[A-Z].*(Expression|Name|String)$/.test(child.name) ? child : []))
      return {
        kind: 'other',
        parts: parts.map((part) => expression(part, source)),
        body: bodies.flatMap(inside),
        ...at,
      }
    }
  }
}

const split = (nodes: readonly SyntaxNode[], at: string): readonly (readonly SyntaxNode[])[] => {
  const groups: SyntaxNode[][] = [[]]
  for (const node of nodes) {
    if (node.name === at) groups.push([])
    else if (node.name !== 'TypeDef') groups.at(-1)?.push(node)
  }
  return groups
}

const imported = (children: readonly SyntaxNode[], source: Source) => {
  const at = children.findIndex(({ name }) => name === 'import')
  const before = children.slice(0, at)
  const dotted = (nodes: readonly SyntaxNode[]): string => nodes.map((node) => textOf(node, source)).join('')
  const names = betweenCommas(children.slice(at + 1).filter(({ name }) => name !== '(' && name !== ')')).map(
    (group): Imported => {
      const [name = [], as = []] = split(group, 'as')
      return as.length === 0 ? { name: dotted(name) } : { name: dotted(name), as: dotted(as) }
    },
  )
  if (before.length === 0) return { level: 0, names }
  const [, dots = '', from = ''] = /^(\.*)(.*)$/.exec(dotted(before.slice(1))) ?? []
  return { from, level: dots.length, names }
}

/** `@app.route('/')`: its parts lie side by side in the tree of the grammar. */
const decorator = (node: SyntaxNode, source: Source): Expression => {
  let built: Expression | undefined
  for (const child of childrenOf(node)) {
    const at = nodeOf({ from: node.from + 1, to: child.to }, source)
    if (child.name === 'VariableName') {
      const name = textOf(child, source)
      built = built === undefined ? { kind: 'name', name, ...at } : { kind: 'attribute', of: built, name, ...at }
    } else if (child.name === 'ArgList' && built !== undefined) {
      built = { kind: 'call', callee: built, ...argumentsOf(child, source, (one) => expression(one, source)), ...at }
    }
  }
  return built ?? { kind: 'other', parts: [], ...nodeOf(node, source) }
}

/** A function or a class. */
const defined = (node: SyntaxNode, decorators: readonly Expression[], source: Source, depth: number): Statement => {
  const at = nodeOf(node, source)
  const children = childrenOf(node)
  const child = (name: string) => children.find((one) => one.name === name)
  const named = child('VariableName')
  const name = named === undefined ? '' : textOf(named, source)
  const body = statementsIn(child('Body'), source, depth + 1)
  if (node.name === 'ClassDefinition') {
    const list = child('ArgList')
    const { positional } = argumentsOf(list, source, (one) => expression(one, source))
    return { kind: 'class', name, bases: positional, decorators, body, ...at }
  }
  const isAsync = children[0]?.name === 'async'
  return {
    kind: 'function',
    name,
    isAsync,
    parameters: parameters(child('ParamList'), source),
    decorators,
    body,
    ...at,
  }
}

/** What comes after a lone star must be given by name, and is a parameter all the same. */
const parameters = (list: SyntaxNode | undefined, source: Source): readonly Parameter[] =>
  betweenCommas(list === undefined ? [] : childrenOf(list).filter(({ name }) => name !== '(' && name !== ')')).flatMap(
    (group) => {
      const named = group.find(({ name }) => name === 'VariableName')
      if (named === undefined) return []
      const [first] = group
      const star = first?.name === '*' || first?.name === '**' ? first.name : ''
      const equals = group.findIndex(({ name }) => name === 'AssignOp')
      const usual = equals === -1 ? undefined : group[equals + 1]
      const name = textOf(named, source)
      return [{ name, star, ...(usual === undefined ? {} : { default: expression(usual, source) }) }]
    },
  )

/** `elif` is an `if` in the `else` of the one before. */
const condition = (children: readonly SyntaxNode[], at: Node, source: Source, depth: number): Statement => {
  const [, test, body, ...rest] = children
  const [word] = rest
  const inside = (block: SyntaxNode | undefined) => statementsIn(block, source, depth + 1)
  const otherwise =
    depth > deepest || word === undefined
      ? []
      : word.name === 'elif'
        ? [condition(rest, nodeOf({ from: word.from, to: rest.at(-1)?.to ?? word.to }, source), source, depth + 1)]
        : inside(rest[1])
  if (test === undefined || test.name === 'Body') return { kind: 'other', parts: [], body: inside(test), ...at }
  return { kind: 'if', test: expression(test, source), body: inside(body), otherwise, ...at }
}
