import type { Context } from './context.js'
import type { Binding } from './modules.js'
import type { Call, Expression } from './python-tree.js'
import { textOf } from './text.js'
import type { Scope } from './scopes.js'
import type { Values } from './values.js'

/** A call that makes something outside of the project, with the scope that it stands in. */
export interface Made {
  readonly call: Call
  readonly scope: Scope
}

/** `undefined` where the argument is not given or not understood. */
export const argumentText = (
  { call, scope }: Made,
  name: string,
  position: number,
  values: Values,
): string | undefined => {
  const node = argumentOf(call, name, position)
  return node === undefined ? undefined : textOf(node, scope, values)
}

export const argumentOf = ({ positional, keywords }: Call, name: string, position: number): Expression | undefined =>
  keywords.get(name) ?? positional[position]

interface Registration {
  readonly blueprint: Binding
  /** The blueprint that it is registered with, where it is one. */
  readonly parent: Binding | undefined
  readonly prefix: string | undefined
}

/** The URLs below which blueprints are registered. */
export class Prefixes {
  readonly #registrations: readonly Registration[]

  constructor(private readonly context: Context) {
    this.#registrations = context.modules.flatMap((module) =>
      context.values
        .expressionsIn(module)
        .flatMap(({ node, scope }) => (node.kind === 'call' ? this.#registration({ call: node, scope }) : [])),
    )
  }

  #registration({ call, scope }: Made): readonly Registration[] {
    const { values } = this.context
    const { callee } = call
    const node = argumentOf(call, 'blueprint', 0)
    if (callee.kind !== 'attribute' || callee.name !== 'register_blueprint' || node === undefined) return []
    const [defined] = values.definitions(node, scope)
    const [parent] = values.definitions(callee.of, scope)
    const isBelow = parent !== undefined && isBlueprint(values.ofBinding(parent.binding, parent.scope))
    const prefix = argumentText({ call, scope }, 'url_prefix', 1, values)
    return defined === undefined
      ? []
      : [{ blueprint: defined.binding, parent: isBelow ? parent.binding : undefined, prefix }]
  }

  /** What stands before the URLs of a blueprint, once for each time that it is registered. */
  of(binding: Binding | undefined, own: string, depth = 0): readonly string[] {
    const registered = this.#registrations.filter(({ blueprint }) => blueprint === binding)
    if (binding === undefined || registered.length === 0 || depth > 3) return [own]
    return registered.slice(0, 10).flatMap(({ parent, prefix }) => {
      const rest = prefix ?? own
      if (parent === undefined) return [rest]
      return this.of(parent, this.#ownPrefix(parent), depth + 1).map((before) => before + rest)
    })
  }

  #ownPrefix(binding: Binding): string {
    if (binding.kind !== 'value' || binding.value.kind !== 'call') return ''
    const prefix = binding.value.keywords.get('url_prefix')
    return prefix?.kind === 'string' ? prefix.value : ''
  }
}

const isBlueprint = (value: ReturnType<Values['of']>): boolean =>
  value?.kind === 'external' && /\.(API)?Blueprint\(\)$/.test(value.name)
