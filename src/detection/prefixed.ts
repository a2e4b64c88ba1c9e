import type { Context } from './context.js'
import type { Node } from './python-tree.js'
import { lineWith } from './quote.js'
import type { Scope } from './scopes.js'
import { textOf } from './text.js'

export interface PrefixedRead {
  readonly name: string
  readonly scope: Scope
  readonly at: Node
}

/** Whether `app.config.from_prefixed_env()` is called, where, and with which prefix. */
export const prefixIn = ({ modules, values }: Context): (PrefixedRead & { readonly path: string }) | undefined => {
  for (const module of modules) {
    for (const { node, scope, statement } of values.expressionsIn(module)) {
      if (node.kind !== 'call' || node.callee.kind !== 'attribute' || node.callee.name !== 'from_prefixed_env') continue
      const [first] = node.positional
      const given = node.keywords.get('prefix') ?? first
      const name = given === undefined ? 'FLASK' : textOf(given, scope, values)
      if (name !== undefined) return { name, scope, at: lineWith(node, statement), path: module.path }
    }
  }
  return undefined
}

/** Each key of app.config can then be set: the one that every session needs, and those that the code asks for. */
export const prefixedReads = (context: Context): readonly PrefixedRead[] => {
  const prefix = prefixIn(context)
  if (prefix === undefined) return []
  const { modules, values } = context
  const asked = modules.flatMap((module) =>
    values.expressionsIn(module).flatMap(({ node, scope, statement }) => {
      const isConfig = node.kind === 'subscript' && node.of.kind === 'attribute' && node.of.name === 'config'
      const key = isConfig && node.index.kind === 'string' ? node.index.value : ''
      return /^[A-Z][A-Z0-9_]*$/.test(key)
        ? [{ name: `${prefix.name}_${key}`, scope, at: lineWith(node, statement) }]
        : []
    }),
  )
  return [{ ...prefix, name: `${prefix.name}_SECRET_KEY` }, ...asked]
}
