import { namesIn, type Module, type Names } from './modules.js'
import { blocksOf, everyPart, valuesIn } from './python-tree.js'
import type { Expression, FunctionStatement, Statement } from './python-tree.js'

/** Names, and those of the scope around it. */
export interface Scope {
  readonly module: Module
  readonly names: Names
  readonly outer?: Scope
}

export interface Placed {
  readonly statement: Statement
  readonly scope: Scope
  /** The statements of that scope. */
  readonly all: readonly Statement[]
}

/** An expression, or a part of one, with the statement that it stands in. */
export interface Found {
  readonly node: Expression
  readonly scope: Scope
  readonly statement: Statement
}

/** The scopes of modules, functions and classes, and what stands in them. */
export class Scopes {
  readonly #scopes = new Map<FunctionStatement, Scope>()
  readonly #statements = new Map<Module, readonly Placed[]>()
  readonly #expressions = new Map<Module, readonly Found[]>()

  scopeOf(module: Module, inside?: FunctionStatement): Scope {
    if (inside === undefined) return { module, names: module.names }
    const known = this.#scopes.get(inside)
    if (known !== undefined) return known
    this.#enter(module, module.body, this.scopeOf(module))
    return this.#scopes.get(inside) ?? this.scopeOf(module)
  }

  #enter(module: Module, body: readonly Statement[], outer: Scope): void {
    for (const statement of body) {
      if (statement.kind === 'function') {
        // a parameter is anything, whatever is called by the same name outside
        const parameters = statement.parameters.map(({ name }) => [name, []] as const)
        const scope = { module, names: new Map([...parameters, ...namesIn(statement.body)]), outer }
        this.#scopes.set(statement, scope)
        this.#enter(module, statement.body, scope)
      } else this.#enter(module, statement.kind === 'class' ? statement.body : blocksOf(statement), outer)
    }
  }

  /** Every statement of a module, but what only whoever starts it by hand runs. */
  statementsIn(module: Module): readonly Placed[] {
    const known = this.#statements.get(module)
    if (known !== undefined) return known
    const found: Placed[] = []
    this.#place(module.body, this.scopeOf(module), module.body, found)
    this.#statements.set(module, found)
    return found
  }

  #place(body: readonly Statement[], scope: Scope, all: readonly Statement[], into: Placed[]): void {
    for (const statement of body) {
      // unit tests, and the configuration for them
      if (statement.kind === 'class' && statement.name.startsWith('Test')) continue
      into.push({ statement, scope, all })
      if (statement.kind === 'function') {
        this.#place(statement.body, this.scopeOf(scope.module, statement), statement.body, into)
      } else if (statement.kind === 'class') {
        const inner = { module: scope.module, names: namesIn(statement.body), outer: scope }
        this.#place(statement.body, inner, statement.body, into)
      } else this.#place(blocksOf(statement), scope, all, into)
    }
  }

  expressionsIn(module: Module): readonly Found[] {
    const known = this.#expressions.get(module)
    if (known !== undefined) return known
    const found = this.statementsIn(module).flatMap(({ statement, scope }) =>
      valuesIn(statement).flatMap((value) => everyPart(value).map((node) => ({ node, scope, statement }))),
    )
    this.#expressions.set(module, found)
    return found
  }
}
