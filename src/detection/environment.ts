import type { Call, Expression, FunctionStatement } from './python-tree.js'
import { everyPart, everyStatement, valuesIn } from './python-tree.js'
import { textOf } from './text.js'
import type { Scope } from './scopes.js'
import type { Values } from './values.js'

/** A place that asks the environment for something. */
export interface EnvironmentRead {
  readonly name: string
  /** It fails when it is not set. */
  readonly fails: boolean
  /** What is taken instead. */
  readonly fallback?: Expression
}

const methodsOfEnv =
  /^(environs\.(Env|FileAwareEnv|FlaskEnv|EnvValidator)|environ\.(Env|FileAwareEnv))\(\)(\.(?!read_env|prefixed|seal|dump|register|parser_for)[a-z_]+)?$/
const decouple = /^decouple\.(config|Config\(\)|AutoConfig\(\)|AutoConfig\(\)\.get|config\.get)$/

export const readOf = (node: Expression, scope: Scope, values: Values): EnvironmentRead | undefined => {
  if (node.kind === 'subscript') {
    const of = values.of(node.of, scope)
    return isEnviron(of) ? named(node.index, scope, values, { fails: true }) : undefined
  }
  if (node.kind !== 'call') return undefined
  const callee = values.of(node.callee, scope)
  const [first, second] = node.positional
  if (callee === undefined || first === undefined) return undefined
  const fallback = node.keywords.get('default') ?? second
  if (callee.kind === 'function') return wrapped(node, callee.function, scope, values)
  if (callee.kind !== 'external') return undefined
  const given = fallback === undefined ? {} : { fallback }
  if (callee.name === 'os.environ.get' || callee.name === 'os.getenv') {
    return named(first, scope, values, { fails: false, ...given })
  }
  return methodsOfEnv.test(callee.name) || decouple.test(callee.name)
    ? named(first, scope, values, { fails: fallback === undefined, ...given })
    : undefined
}

export const isEnviron = (value: ReturnType<Values['of']>): boolean =>
  value?.kind === 'external' && value.name === 'os.environ'

const named = (
  node: Expression,
  scope: Scope,
  values: Values,
  rest: Omit<EnvironmentRead, 'name'>,
): EnvironmentRead | undefined => {
  const name = textOf(node, scope, values)
  return name === undefined || /\p{Cc}/u.test(name) ? undefined : { name, ...rest }
}

/** A function of the project that asks for what its first parameter names: `env('SECRET_KEY', 'none')`. */
const wrapped = (
  call: Call,
  definition: FunctionStatement,
  scope: Scope,
  values: Values,
): EnvironmentRead | undefined => {
  const [parameter, otherwise] = definition.parameters
  const [first, second] = call.positional
  if (parameter === undefined || first === undefined || !asksFor(parameter.name, definition)) return undefined
  const fallback = otherwise === undefined ? undefined : (call.keywords.get(otherwise.name) ?? second)
  return named(first, scope, values, {
    fails: fallback === undefined && otherwise?.default === undefined,
    ...(fallback === undefined ? {} : { fallback }),
  })
}

const known = new WeakMap<FunctionStatement, boolean>()

const asksFor = (parameter: string, definition: FunctionStatement): boolean => {
  const before = known.get(definition)
  if (before !== undefined) return before
  const asks = [...everyStatement(definition.body)].some((statement) =>
    valuesIn(statement).some((value) => everyPart(value).some((node) => isKeyed(node, parameter))),
  )
  known.set(definition, asks)
  return asks
}

/** `os.environ[name]`, `os.environ.get(name)`, `os.getenv(name)` */
const isKeyed = (node: Expression, parameter: string): boolean => {
  const isGet = node.kind === 'call' && /(^|\.)(environ\.get|getenv)$/.test(node.callee.text)
  const asked = node.kind === 'subscript' && /(^|\.)environ$/.test(node.of.text) ? node.index : undefined
  const key = isGet ? node.positional[0] : asked
  return key?.kind === 'name' && key.name === parameter
}
