import { posix } from 'node:path'
import type { Expression } from './python-tree.js'
import type { Scope } from './scopes.js'
import type { Values } from './values.js'

/** In the place of what is not known here: the folder of the project, its instance folder, anything else. */
export const projectFolder = '\u0001'
export const instanceFolder = '\u0002'
const anything = '\u0003'

const joined = (parts: readonly string[]): string =>
  parts.reduce((path, part) => (part.startsWith('/') || isMarked(part) ? part : posix.join(path, part)), '')

const isMarked = (text: string): boolean => text.startsWith(projectFolder) || text.startsWith(instanceFolder)

/** Functions and methods that give back the path that they are given. */
const same =
  /^(os\.path\.(abspath|realpath|normpath|expanduser|expandvars)|os\.fspath|pathlib\.(Path|PurePath|PosixPath))$/

/** What a text or path will be, with marks in it; undefined where it is neither. */
export const textOf = (node: Expression, scope: Scope, values: Values, depth = 0): string | undefined => {
  if (depth > 20) return undefined
  const text = (one: Expression): string | undefined => textOf(one, scope, values, depth + 1)
  const known = (one: Expression): string => text(one) ?? anything
  switch (node.kind) {
    case 'string':
      return node.value
    case 'format':
      return node.pieces.map(known).join('')
    case 'name': {
      if (node.name === '__file__') return `${projectFolder}/${scope.module.path}`
      return defined(node, scope, values, depth)
    }
    case 'attribute':
      if (node.name === 'instance_path') return instanceFolder
      if (node.name === 'root_path') return posix.join(projectFolder, posix.dirname(scope.module.path))
      if (node.name === 'parent') return posix.dirname(known(node.of))
      return defined(node, scope, values, depth)
    case 'subscript':
      return ancestor(node, known)
    case 'choice':
      return text(node.then) ?? text(node.otherwise)
    case 'operation': {
      const { operator, left, right } = node
      if (left === undefined) return undefined
      if (operator === 'or') return text(left) ?? text(right)
      if (operator === '+') return known(left) + known(right)
      if (operator === '/') return joined([known(left), known(right)])
      return operator === '%' ? text(left)?.replace(/%s/g, () => filling(right, known)) : undefined
    }
    case 'call':
      return called(node, scope, values, known, text)
    case 'constant':
    case 'list':
    case 'mapping':
    case 'other':
      return undefined
  }
}

const filling = (right: Expression, known: (one: Expression) => string): string =>
  right.kind === 'list' || right.kind === 'mapping' ? anything : known(right)

/** What was found out about the values of names, for they are asked for again and again. */
const known = new WeakMap<Expression, string | undefined>()
const longest = 4096

const defined = (node: Expression, scope: Scope, values: Values, depth: number): string | undefined => {
  for (const { binding, scope: its } of values.definitions(node, scope)) {
    if (binding.kind !== 'value') continue
    if (!known.has(binding.value)) {
      // also while it is being found out: names that are defined by each other have no text
      known.set(binding.value, undefined)
      const text = textOf(binding.value, its, values, depth + 1)
      known.set(binding.value, text === undefined || text.length > longest ? undefined : text)
    }
    const text = known.get(binding.value)
    if (text !== undefined) return text
  }
  return undefined
}

/** `Path(__file__).parents[1]` */
const ancestor = (
  { of, index }: Extract<Expression, { kind: 'subscript' }>,
  known: (one: Expression) => string,
): string | undefined => {
  if (of.kind !== 'attribute' || of.name !== 'parents' || !/^[0-9]$/.test(index.text)) return undefined
  return Array.from({ length: Number(index.text) + 1 }).reduce<string>((path) => posix.dirname(path), known(of.of))
}

const called = (
  { callee, positional }: Extract<Expression, { kind: 'call' }>,
  scope: Scope,
  values: Values,
  known: (one: Expression) => string,
  text: (one: Expression) => string | undefined,
): string | undefined => {
  const [first, second] = positional
  const value = values.of(callee, scope)
  const name = value?.kind === 'external' ? value.name : callee.kind === 'name' ? callee.name : ''
  if (name === 'os.getcwd') return projectFolder
  if (name === 'os.path.join') return joined(positional.map(known))
  if (name === 'os.path.dirname' && first !== undefined) return posix.dirname(known(first))
  if (name === 'os.environ.get' || name === 'os.getenv') return second === undefined ? undefined : text(second)
  if (same.test(name)) return joined(positional.map(known))
  if (name === 'str' && first !== undefined) return text(first)
  if (callee.kind !== 'attribute') return undefined
  switch (callee.name) {
    case 'format': {
      const rest = [...positional]
      return text(callee.of)?.replace(/\{[^{}]*\}/g, () => {
        const next = rest.shift()
        return next === undefined ? anything : known(next)
      })
    }
    case 'joinpath':
      return joined([callee.of, ...positional].map(known))
    case 'absolute':
    case 'resolve':
    case 'as_posix':
    case 'expanduser':
      return text(callee.of)
    default:
      return undefined
  }
}

/** Nothing in it is unknown. */
export const isPlain = (text: string): boolean => !/[\u0001-\u0003]/.test(text)
