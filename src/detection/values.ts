import { posix } from 'node:path'
import type { Binding, ImportedFrom, Module, Modules } from './modules.js'
import { scopeStatements } from './python-tree.js'
import type { ClassStatement, Expression, FunctionStatement } from './python-tree.js'
import { Scopes, type Scope } from './scopes.js'

/** How many names lead to each other. */
const deepest = 50

/**
 * What an expression stands for, as far as names tell: something outside of the project under its full name
 * (`flask.Flask` is the class, `flask.Flask()` one made of it, `flask.Flask().cli.command` a method of that), or
 * something that the project defines.
 */
export type Value =
  | { readonly kind: 'external'; readonly name: string }
  | { readonly kind: 'function'; readonly function: FunctionStatement; readonly module: Module }
  | { readonly kind: 'module'; readonly module: Module }

export interface Bound {
  readonly binding: Binding
  readonly scope: Scope
}

/** Nobody writes longer ones. */
const longest = 200

const external = (name: string): Value | undefined => (name.length > longest ? undefined : { kind: 'external', name })

/** Middleware: what it makes is the application that it is given. */
const wraps = (name: string): boolean =>
  /^(werkzeug\.(middleware|contrib|wsgi)\.|whitenoise\.WhiteNoise$|dispatcher\.|paste\.)/.test(name) ||
  /(^|\.)(ProxyFix|Dispatcher|DispatcherMiddleware|SharedDataMiddleware|ProfilerMiddleware|[A-Za-z]*Middleware)$/.test(
    name,
  )

/** The class of a project whose objects are WSGI applications. */
const ownWsgi = 'project.wsgi'

export class Values extends Scopes {
  readonly #bindings = new Map<Binding, Value | undefined>()
  readonly #returns = new Map<FunctionStatement, Value | undefined>()
  readonly #stars = new Map<string, Value | undefined>()
  #depth = 0

  constructor(readonly modules: Modules) {
    super()
  }

  /** Where a name gets its value, the last place first. */
  bound(name: string, scope: Scope): readonly Bound[] {
    const bindings = scope.names.get(name)
    if (bindings !== undefined) return [...bindings].reverse().map((binding) => ({ binding, scope }))
    return scope.outer === undefined ? [] : this.bound(name, scope.outer)
  }

  of(node: Expression, scope: Scope): Value | undefined {
    switch (node.kind) {
      case 'name':
        return this.ofName(node.name, scope)
      case 'attribute': {
        const of = this.of(node.of, scope)
        if (of?.kind === 'external') return external(`${of.name}.${node.name}`)
        return of?.kind === 'module' ? this.inModule(of.module, node.name) : undefined
      }
      case 'call': {
        const callee = this.of(node.callee, scope)
        if (callee?.kind === 'function') return this.returned(callee.function, callee.module)
        const [first] = node.positional
        const wrapped =
          this.#isMiddleware(node.callee, callee) && first !== undefined ? this.of(first, scope) : undefined
        return wrapped ?? (callee?.kind === 'external' ? external(`${callee.name}()`) : undefined)
      }
      case 'choice':
        return this.of(node.then, scope) ?? this.of(node.otherwise, scope)
      case 'operation':
        if (node.operator !== 'or' || node.left === undefined) return undefined
        return this.of(node.left, scope) ?? this.of(node.right, scope)
      case 'subscript':
      case 'string':
      case 'format':
      case 'constant':
      case 'list':
      case 'mapping':
      case 'other':
        return undefined
    }
  }

  #isMiddleware(callee: Expression, value: Value | undefined): boolean {
    const name = callee.kind === 'name' || callee.kind === 'attribute' ? callee.name : ''
    return value?.kind === 'external' ? value.name === ownWsgi || wraps(value.name) : wraps(name)
  }

  ofName(name: string, scope: Scope): Value | undefined {
    for (const { binding, scope: its } of this.bound(name, scope)) {
      const value = this.ofBinding(binding, its)
      if (value !== undefined) return value
    }
    return this.bound(name, scope).length > 0 ? undefined : this.#fromStar(name, scope)
  }

  #fromStar(name: string, scope: Scope): Value | undefined {
    if (scope.names.has(name)) return undefined
    return this.#once(`${scope.module.path} ${name}`, this.#stars, () => {
      for (const { binding, scope: its } of this.bound('*', scope)) {
        if (binding.kind !== 'import') continue
        const value = this.#followed({ ...binding.from, name }, its.module)
        // whether a name of a package elsewhere is in its star, nobody knows here
        if (value !== undefined && (value.kind !== 'external' || /^(flask|os)\./.test(value.name))) return value
      }
      return undefined
    })
  }

  ofBinding(binding: Binding, scope: Scope): Value | undefined {
    return this.#once(binding, this.#bindings, () => this.#unknown(binding, scope))
  }

  /** Names that are defined by each other, and chains that no person writes, have no value. */
  #once<Key>(key: Key, known: Map<Key, Value | undefined>, find: () => Value | undefined): Value | undefined {
    if (known.has(key)) return known.get(key)
    if (this.#depth > deepest) return undefined
    known.set(key, undefined)
    this.#depth++
    const value = find()
    this.#depth--
    known.set(key, value)
    return value
  }

  #unknown(binding: Binding, scope: Scope): Value | undefined {
    switch (binding.kind) {
      case 'value':
        return this.of(binding.value, scope)
      case 'function':
        return { kind: 'function', function: binding, module: scope.module }
      case 'class':
        return this.#ofClass(binding, scope)
      case 'import':
        return this.#followed(binding.from, scope.module)
    }
  }

  /** A class stands for the one outside of the project that it is made from. */
  #ofClass({ bases, body }: ClassStatement, scope: Scope): Value | undefined {
    for (const base of bases) {
      const value = this.of(base, scope)
      if (value?.kind === 'external') return value
    }
    const called = body.find((one) => one.kind === 'function' && one.name === '__call__')
    return called?.kind === 'function' && called.parameters.length === 3 ? external(ownWsgi) : undefined
  }

  #followed(from: ImportedFrom, module: Module): Value | undefined {
    const { module: dotted, name } = from
    const within = this.modules.folderOf(module, from)
    if (within === undefined) return external(name === undefined ? dotted : `${dotted}.${name}`)
    const target = this.modules.within(within, dotted)
    if (name === undefined) return target === undefined ? undefined : { kind: 'module', module: target }
    const own = target === undefined ? undefined : this.inModule(target, name)
    if (own !== undefined) return own
    const below = this.modules.within(within, dotted === '' ? name : `${dotted}.${name}`)
    return below === undefined || below === module ? undefined : { kind: 'module', module: below }
  }

  inModule(module: Module, name: string): Value | undefined {
    const own = this.ofName(name, this.scopeOf(module))
    if (own !== undefined || !module.path.endsWith('__init__.py')) return own
    const below = this.modules.within(posix.dirname(module.path), name)
    return below === undefined ? undefined : { kind: 'module', module: below }
  }

  /** What a function gives back; of several the first that is known. */
  returned(definition: FunctionStatement, module: Module): Value | undefined {
    return this.#once(definition, this.#returns, () => {
      const scope = this.scopeOf(module, definition)
      for (const statement of scopeStatements(definition.body)) {
        if (statement.kind !== 'return' || statement.value === undefined) continue
        const value = this.of(statement.value, scope)
        if (value !== undefined) return value
      }
      return undefined
    })
  }

  /** Where a name, or a name of a module, gets its value: imports are followed. */
  definitions(node: Expression, scope: Scope): readonly Bound[] {
    if (node.kind === 'name') return this.#definitions(node.name, scope, new Set())
    const of = node.kind === 'attribute' ? this.of(node.of, scope) : undefined
    return node.kind === 'attribute' && of?.kind === 'module'
      ? this.#definitions(node.name, this.scopeOf(of.module), new Set())
      : []
  }

  #definitions(name: string, scope: Scope, seen: Set<Binding>): readonly Bound[] {
    return this.bound(name, scope).flatMap((bound) => {
      const { binding } = bound
      if (binding.kind !== 'import') return [bound]
      const { module: dotted, name: wanted } = binding.from
      if (wanted === undefined || seen.has(binding)) return []
      seen.add(binding)
      const folder = this.modules.folderOf(bound.scope.module, binding.from)
      const target = folder === undefined ? undefined : this.modules.within(folder, dotted)
      return target === undefined ? [] : this.#definitions(wanted, this.scopeOf(target), seen)
    })
  }
}
