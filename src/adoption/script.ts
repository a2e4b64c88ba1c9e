import { parsePython } from '../detection/python-parse.js'
import type { Expression, ImportStatement, Statement } from '../detection/python-tree.js'

/** What a WSGI script that was made by hand says, as far as it is only paths, settings and an import. */
export interface ReadScript {
  /** Missing: it does something else, too, and `left` says where. */
  readonly wsgi?: string
  /** The folder that is put first into sys.path. */
  readonly code?: string
  readonly codeLine?: number
  readonly venv?: string
  readonly settings: readonly { readonly name: string; readonly value: string; readonly line: number }[]
  /** The first statement that is more than that: its line, and never its text, which may hold a secret. */
  readonly left?: { readonly line: number; readonly why: string }
}

interface Reading {
  code: string[]
  codeLine?: number
  venv?: string
  settings: { name: string; value: string; line: number }[]
  /** Name here -> `module:object`. */
  names: Map<string, string>
  modules: Map<string, string>
  strings: Map<string, string>
  application?: string
}

/** Modules that a script needs for what is understood here. */
const helpers = new Set(['sys', 'os', 'os.path', 'site', 'json', 'io'])

const dotted = (node: Expression): string => {
  if (node.kind === 'name') return node.name
  return node.kind === 'attribute' ? `${dotted(node.of)}.${node.name}` : '?'
}

const textOf = (node: Expression | undefined, { strings }: Reading): string | undefined => {
  if (node?.kind === 'string') return node.value
  return node?.kind === 'name' ? strings.get(node.name) : undefined
}

const withoutSlash = (path: string): string => (path.length > 1 ? path.replace(/\/+$/, '') : path)

const takeImport = ({ from, level, names }: ImportStatement, reading: Reading): boolean => {
  if (level > 0) return false
  for (const { name, as = name } of names) {
    if (name === '*') return false
    if (from === undefined) reading.modules.set(as, name)
    else reading.names.set(as, `${from}:${name}`)
  }
  return true
}

/** `/srv/venv/bin/activate_this.py`, and `/srv/venv/lib/python3.6/site-packages`. */
const venvIn = (path: string): string | undefined =>
  /^(\/.+)\/(?:bin\/activate_this\.py|lib\/python3[.\d]*\/site-packages\/?)$/.exec(path)?.[1]

const takePath = (path: string, first: boolean, line: number, reading: Reading): void => {
  const venv = venvIn(path)
  if (venv !== undefined) {
    reading.venv = venv
    return
  }
  if (first) reading.code.unshift(withoutSlash(path))
  else reading.code.push(withoutSlash(path))
  reading.codeLine ??= line
}

/** What virtualenv has for scripts of another Python: `exec(open('/srv/venv/bin/activate_this.py').read())`. */
const takeActivation = (text: string, reading: Reading): boolean => {
  if (!/activate_this/.test(text)) return false
  const [, written] = /["'](\/[^"'\n]+\/activate_this\.py)["']/.exec(text) ?? []
  const venv = venvIn(written ?? [...reading.strings.values()].find((one) => one.endsWith('/activate_this.py')) ?? '')
  if (venv === undefined) return false
  reading.venv = venv
  return true
}

const environ = /^os\.environ$/

const takeCall = (node: Expression, line: number, reading: Reading): boolean => {
  if (node.kind !== 'call' || node.spread.length > 0) return false
  const [one, two] = node.positional
  switch (dotted(node.callee)) {
    case 'sys.path.insert': {
      const path = textOf(two, reading)
      if (path?.startsWith('/') !== true || node.positional.length !== 2) return false
      takePath(path, one?.text === '0', line, reading)
      return true
    }
    case 'sys.path.append':
    case 'site.addsitedir': {
      const path = textOf(one, reading)
      if (path?.startsWith('/') !== true || node.positional.length !== 1) return false
      takePath(path, false, line, reading)
      return true
    }
    case 'os.environ.setdefault': {
      const [name, value] = [textOf(one, reading), textOf(two, reading)]
      if (name === undefined || value === undefined) return false
      reading.settings.push({ name, value, line })
      return true
    }
    case 'execfile':
    case 'exec': {
      return takeActivation(node.text, reading)
    }
    default:
      return false
  }
}

const objectOf = (node: Expression, reading: Reading): string | undefined => {
  if (node.kind === 'name') return reading.names.get(node.name)
  if (node.kind === 'attribute') {
    const module = reading.modules.get(dotted(node.of))
    return module === undefined ? undefined : `${module}:${node.name}`
  }
  if (node.kind !== 'call' || node.positional.length + node.keywords.size + node.spread.length > 0) return undefined
  const factory = objectOf(node.callee, reading)
  return factory === undefined || factory.endsWith(')') ? undefined : `${factory}()`
}

const takeAssignment = (statement: Statement & { kind: 'assign' }, reading: Reading): boolean => {
  const { targets, value, line } = statement
  const [target] = targets
  if (target === undefined || targets.length > 1) return false
  const text = textOf(value, reading)
  if (target.kind === 'subscript' && environ.test(dotted(target.of))) {
    const name = textOf(target.index, reading)
    if (name === undefined || text === undefined) return false
    reading.settings.push({ name, value: text, line })
    return true
  }
  if (target.kind !== 'name') return false
  if (target.name === 'application') {
    const object = objectOf(value, reading)
    if (object === undefined) return false
    reading.application = object
    return true
  }
  if (text === undefined) return false
  reading.strings.set(target.name, text)
  return true
}

/** `with open(activate_this) as opened: exec(opened.read(), ...)` */
const takeBlock = (statement: Statement & { kind: 'other' }, reading: Reading): boolean => {
  const [call] = statement.parts
  if (statement.body.length === 0 && statement.parts.length === 1 && call !== undefined) {
    return call.kind === 'string' || takeCall(call, statement.line, reading)
  }
  const isOneCall = statement.body.length === 1 && /^\s*exec\(/.test(statement.body[0]?.text ?? '')
  return /^with\s+open\(/.test(statement.text) && isOneCall && takeActivation(statement.text, reading)
}

/** `if '/srv/shop' not in sys.path:` before the line that puts it there. */
const isPathTest = (test: Expression): boolean =>
  test.kind === 'operation' && test.operator === 'not in' && dotted(test.right) === 'sys.path'

const take = (statement: Statement, reading: Reading): boolean => {
  switch (statement.kind) {
    case 'import':
      return takeImport(statement, reading)
    case 'assign':
      return takeAssignment(statement, reading)
    case 'other':
      return takeBlock(statement, reading)
    case 'if':
      return (
        isPathTest(statement.test) &&
        statement.otherwise.length === 0 &&
        statement.body.every((inner) => take(inner, reading))
      )
    case 'class':
    case 'function':
    case 'raise':
    case 'return':
    case 'try':
      return false
  }
}

/** What was imported and is neither the application nor needed for what is understood: it may matter. */
const strayImport = (body: readonly Statement[], application: string): Statement | undefined =>
  body.find((statement) => {
    if (statement.kind !== 'import') return false
    const { from, names } = statement
    const [module] = application.split(':')
    return from === undefined
      ? names.some(({ name }) => !helpers.has(name) && name !== module)
      : from !== module && !helpers.has(from)
  })

const known = (reading: Reading): Pick<ReadScript, 'code' | 'codeLine' | 'venv' | 'settings'> => {
  const [code] = reading.code
  return {
    ...(code === undefined ? {} : { code }),
    ...(reading.codeLine === undefined ? {} : { codeLine: reading.codeLine }),
    ...(reading.venv === undefined ? {} : { venv: reading.venv }),
    settings: reading.settings,
  }
}

/**
 * Reads a WSGI script without running it.
 *
 * @param text of the script
 * @param callable the name that mod_wsgi looks for in it
 */
export const readScript = (text: string, callable = 'application'): ReadScript => {
  const file = parsePython(text)
  const broken = file?.remarks.find(({ kind }) => kind === 'not python')
  if (file === undefined || broken !== undefined) {
    return { settings: [], left: { line: broken?.line ?? 1, why: 'it cannot be read as Python 3' } }
  }
  const reading: Reading = { code: [], settings: [], names: new Map(), modules: new Map(), strings: new Map() }
  const strange = file.body.filter((statement) => !take(statement, reading))
  const application = reading.application ?? reading.names.get(callable)
  const stray = application === undefined ? undefined : strayImport(file.body, application)
  const found = known(reading)
  const [first = stray] = strange
  if (first !== undefined) return { ...found, left: { line: first.line, why: 'it does more than paths and an import' } }
  if (application === undefined || reading.code.length > 1 || callable !== 'application') {
    const why =
      application === undefined
        ? `it does not name "${callable}" in a way that is understood`
        : callable === 'application'
          ? 'it puts more than one folder into sys.path'
          : `its application is called ${callable}`
    return { ...found, left: { line: 1, why } }
  }
  if (found.code === undefined) return { ...found, left: { line: 1, why: 'it puts no folder into sys.path' } }
  return { ...found, wsgi: application }
}
