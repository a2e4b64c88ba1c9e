import type { Binding, Module } from './modules.js'
import type { Expression, FunctionStatement, Node } from './python-tree.js'
import { scopeStatements } from './python-tree.js'
import type { Value, Values } from './values.js'

type Kind = 'flask' | 'other-wsgi' | 'asgi'

/** What the usual libraries make, under its full name. */
const made: Readonly<Record<string, Kind>> = {
  'flask.Flask()': 'flask',
  'flask.app.Flask()': 'flask',
  'apiflask.APIFlask()': 'flask',
  'flask_openapi3.OpenAPI()': 'flask',
  'eve.Eve()': 'flask',
  'dash.Dash().server': 'flask',
  'connexion.App().app': 'flask',
  'connexion.FlaskApp().app': 'flask',
  'django.core.wsgi.get_wsgi_application()': 'other-wsgi',
  'bottle.Bottle()': 'other-wsgi',
  'bottle.app()': 'other-wsgi',
  'bottle.default_app()': 'other-wsgi',
  'falcon.API()': 'other-wsgi',
  'falcon.App()': 'other-wsgi',
  'pyramid.config.Configurator().make_wsgi_app()': 'other-wsgi',
  'web.application().wsgifunc()': 'other-wsgi',
  'webapp2.WSGIApplication()': 'other-wsgi',
  'project.wsgi()': 'other-wsgi',
  'fastapi.FastAPI()': 'asgi',
  'starlette.applications.Starlette()': 'asgi',
  'quart.Quart()': 'asgi',
  'sanic.Sanic()': 'asgi',
}

export const kindOf = (value: Value | undefined): Kind | undefined => {
  if (value?.kind === 'function') return isWsgiFunction(value.function) ? 'other-wsgi' : undefined
  return value?.kind === 'external' ? made[value.name] : undefined
}

/** `def application(environ, start_response)` */
const isWsgiFunction = ({ parameters, isAsync }: FunctionStatement): boolean =>
  !isAsync && parameters.length === 2 && parameters[1]?.name === 'start_response'

/** Something that mod_wsgi could run, or would have to be told more to run. */
export interface Candidate {
  readonly module: Module
  readonly name: string
  readonly kind: Kind
  readonly isFactory: boolean
  /** Parameters of a factory that have no default. */
  readonly missing: readonly string[]
  /** Only named there, and defined elsewhere. */
  readonly isImported: boolean
  readonly at: Node
}

export const candidatesIn = (module: Module, values: Values): readonly Candidate[] => {
  const scope = values.scopeOf(module)
  const found: Candidate[] = []
  for (const [name, bindings] of module.names) {
    if (name.startsWith('_') || name === '*') continue
    for (const binding of [...bindings].reverse()) {
      const candidate = candidateFrom(name, binding, module, values, values.ofBinding(binding, scope))
      if (candidate === undefined) continue
      found.push(candidate)
      break
    }
  }
  return found
}

/** Those that Flask looks for itself. */
const factoryNames = ['create_app', 'make_app']

const candidateFrom = (
  name: string,
  binding: Binding,
  module: Module,
  values: Values,
  value: Value | undefined,
): Candidate | undefined => {
  const isImported = binding.kind === 'import'
  const found = { module, name, isImported, isFactory: false, missing: [], at: binding }
  const kind = kindOf(value) ?? wrappedKind(name, binding, module, values)
  if (kind !== undefined) return { ...found, kind }
  if (value?.kind !== 'function' || value.function.isAsync) return undefined
  const { function: factory } = value
  const returned = kindOf(values.returned(factory, value.module))
  if (returned === undefined && !(factoryNames.includes(name) && returnsUnknown(factory))) return undefined
  return { ...found, kind: returned ?? 'flask', isFactory: true, missing: requiredOf(factory) }
}

/** `application = Something(app)`: the name says that it is one, too. */
const wrappedKind = (name: string, binding: Binding, module: Module, values: Values): Kind | undefined => {
  if (!['app', 'application'].includes(name) || binding.kind !== 'value' || binding.value.kind !== 'call')
    return undefined
  const [first] = binding.value.positional
  return first === undefined ? undefined : kindOf(values.of(first, values.scopeOf(module)))
}

export const requiredOf = ({ parameters }: FunctionStatement): readonly string[] =>
  parameters.filter((one) => one.star === '' && one.default === undefined).map((one) => one.name)

/** Neither nothing nor several things at once. */
const returnsUnknown = ({ body }: FunctionStatement): boolean =>
  [...scopeStatements(body)].some((one) => one.kind === 'return' && one.value !== undefined && isOne(one.value))

const isOne = ({ kind }: Expression): boolean => ['name', 'attribute', 'call'].includes(kind)

export const objectOf = ({ name, isFactory }: Candidate): string => (isFactory ? `${name}()` : name)
