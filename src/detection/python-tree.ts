/** As much of a Python file as tells what an application needs: what is not looked at is `other`, with what is in it. */
export interface Node {
  /** From 1. */
  readonly line: number
  readonly text: string
}

export interface Call extends Node {
  readonly kind: 'call'
  readonly callee: Expression
  readonly positional: readonly Expression[]
  readonly keywords: ReadonlyMap<string, Expression>
  /** What `*` and `**` stand before. */
  readonly spread: readonly Expression[]
}

interface Operation extends Node {
  readonly kind: 'operation'
  /** `or`, `not in`, `+` */
  readonly operator: string
  /** Missing where the operator stands before its one operand. */
  readonly left?: Expression
  readonly right: Expression
}

export type Expression =
  | (Node & { readonly kind: 'name'; readonly name: string })
  | (Node & { readonly kind: 'attribute'; readonly of: Expression; readonly name: string })
  | (Node & { readonly kind: 'subscript'; readonly of: Expression; readonly index: Expression })
  | Call
  | (Node & { readonly kind: 'string'; readonly value: string })
  /** An f-string. */
  | (Node & { readonly kind: 'format'; readonly pieces: readonly Expression[] })
  /** A number, True, False or None, as it is written. */
  | (Node & { readonly kind: 'constant' })
  | (Node & { readonly kind: 'list'; readonly items: readonly Expression[] })
  | (Node & { readonly kind: 'mapping'; readonly entries: readonly (readonly [Expression, Expression])[] })
  | Operation
  | (Node & {
      readonly kind: 'choice'
      readonly test: Expression
      readonly then: Expression
      readonly otherwise: Expression
    })
  | (Node & { readonly kind: 'other'; readonly parts: readonly Expression[] })

export interface Parameter {
  readonly name: string
  readonly star: '' | '*' | '**'
  readonly default?: Expression
}

export interface FunctionStatement extends Node {
  readonly kind: 'function'
  readonly name: string
  readonly isAsync: boolean
  readonly parameters: readonly Parameter[]
  readonly decorators: readonly Expression[]
  readonly body: readonly Statement[]
}

export interface ClassStatement extends Node {
  readonly kind: 'class'
  readonly name: string
  readonly bases: readonly Expression[]
  readonly decorators: readonly Expression[]
  readonly body: readonly Statement[]
}

export interface Imported {
  /** The whole dotted name after `import`, one name after `from`; `*` for all. */
  readonly name: string
  readonly as?: string
}

export interface ImportStatement extends Node {
  readonly kind: 'import'
  /** After `from`; missing in `import a.b`. */
  readonly from?: string
  /** How many dots stand before it. */
  readonly level: number
  readonly names: readonly Imported[]
}

interface AssignStatement extends Node {
  readonly kind: 'assign'
  readonly targets: readonly Expression[]
  readonly value: Expression
}

export interface IfStatement extends Node {
  readonly kind: 'if'
  readonly test: Expression
  readonly body: readonly Statement[]
  readonly otherwise: readonly Statement[]
}

export type Statement =
  | AssignStatement
  | ImportStatement
  | FunctionStatement
  | ClassStatement
  | IfStatement
  | (Node & { readonly kind: 'return'; readonly value?: Expression })
  | (Node & { readonly kind: 'raise'; readonly value?: Expression })
  | (Node & {
      readonly kind: 'try'
      readonly body: readonly Statement[]
      readonly handlers: readonly (readonly Statement[])[]
      readonly rest: readonly Statement[]
    })
  /** Loops, `with`, `match`, and whatever is no compound statement. */
  | (Node & { readonly kind: 'other'; readonly parts: readonly Expression[]; readonly body: readonly Statement[] })

const isMainName = (node: Expression | undefined): boolean => node?.kind === 'name' && node.name === '__name__'
const isMainText = (node: Expression | undefined): boolean => node?.kind === 'string' && node.value === '__main__'

/** `if __name__ == '__main__':`, whose block is for whoever starts the file by hand. */
const isMainBlock = ({ test }: IfStatement): boolean => {
  if (test.kind !== 'operation' || test.operator !== '==') return false
  const { left, right } = test
  return (isMainName(left) && isMainText(right)) || (isMainText(left) && isMainName(right))
}

export const mainBlocks = (body: readonly Statement[]): readonly IfStatement[] =>
  body.flatMap((statement) => (statement.kind === 'if' && isMainBlock(statement) ? [statement] : []))

/** Blocks that belong to the same scope: not those of functions and classes, and not what only `python FILE` runs. */
export const blocksOf = (statement: Statement): readonly Statement[] => {
  switch (statement.kind) {
    case 'if':
      return isMainBlock(statement) ? statement.otherwise : [...statement.body, ...statement.otherwise]
    case 'try':
      return [...statement.body, ...statement.handlers.flat(), ...statement.rest]
    case 'other':
      return statement.body
    case 'assign':
    case 'import':
    case 'function':
    case 'class':
    case 'return':
    case 'raise':
      return []
  }
}

/** The statements of one scope, in the order of the text. */
export function* scopeStatements(body: readonly Statement[]): Generator<Statement> {
  for (const statement of body) {
    yield statement
    yield* scopeStatements(blocksOf(statement))
  }
}

/** All statements, those of functions and classes too. */
export function* everyStatement(body: readonly Statement[]): Generator<Statement> {
  for (const statement of body) {
    yield statement
    yield* everyStatement(
      statement.kind === 'function' || statement.kind === 'class' ? statement.body : blocksOf(statement),
    )
  }
}

/** What stands in the statement itself, not in its blocks; what is assigned to is not among it. */
export const valuesIn = (statement: Statement): readonly Expression[] => {
  switch (statement.kind) {
    case 'assign':
      return [statement.value]
    case 'function':
      return [...statement.decorators, ...statement.parameters.flatMap((one) => one.default ?? [])]
    case 'class':
      return [...statement.decorators, ...statement.bases]
    case 'if':
      return [statement.test]
    case 'return':
    case 'raise':
      return statement.value === undefined ? [] : [statement.value]
    case 'other':
      return statement.parts
    case 'import':
    case 'try':
      return []
  }
}

export const partsOf = (node: Expression): readonly Expression[] => {
  switch (node.kind) {
    case 'attribute':
      return [node.of]
    case 'subscript':
      return [node.of, node.index]
    case 'call':
      return [node.callee, ...node.positional, ...node.keywords.values(), ...node.spread]
    case 'format':
      return node.pieces
    case 'list':
      return node.items
    case 'mapping':
      return node.entries.flat()
    case 'operation':
      return node.left === undefined ? [node.right] : [node.left, node.right]
    case 'choice':
      return [node.test, node.then, node.otherwise]
    case 'other':
      return node.parts
    case 'name':
    case 'string':
    case 'constant':
      return []
  }
}

/** An expression with all that it is made of. */
export const everyPart = (node: Expression, into: Expression[] = []): readonly Expression[] => {
  into.push(node)
  for (const part of partsOf(node)) everyPart(part, into)
  return into
}
