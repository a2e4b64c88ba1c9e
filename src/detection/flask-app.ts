import { posix } from 'node:path'
import { candidatesIn, requiredOf, type Candidate } from './applications.js'
import { dotenvLines } from './dotenv.js'
import { readInside } from './folder.js'
import type { Module, Modules } from './modules.js'
import { parsePython } from './python-parse.js'
import type { Finding } from './project.js'
import { foundAt } from './quote.js'
import type { Values } from './values.js'

/** What FLASK_APP says, and where. */
export interface FlaskApp {
  readonly written: string
  readonly file: string
  readonly line: number
}

/** Flask reads both, and what stands in .env counts. */
export const readFlaskApp = async (top: string): Promise<FlaskApp | undefined> => {
  for (const file of ['.env', '.flaskenv']) {
    const text = (await readInside(top, file))?.text
    const found = text === undefined ? undefined : dotenvLines(text).get('FLASK_APP')
    if (found !== undefined && found.value !== '') return { written: found.value, file, line: found.line }
  }
  return undefined
}

export const flaskAppAt = <T>(value: T, { file, line }: FlaskApp): Finding<T> =>
  foundAt(value, file, { line, text: `FLASK_APP in ${file}` })

/** `shop`, `shop.web`, `shop.py`, `src/shop` */
const moduleOf = (path: string, modules: Modules): Module | undefined => {
  const plain = posix.normalize(path.trim())
  return (
    modules.at(plain) ??
    modules.at(`${plain}.py`) ??
    modules.at(posix.join(plain, '__init__.py')) ??
    modules.within('.', plain) ??
    modules.within('src', plain)
  )
}

/** `create_app`, `create_app()`, and of `create_app("dev")` that it is given something. */
const calledIn = (object: string): { readonly name: string; readonly isGiven: boolean } | undefined => {
  const [statement, ...more] = parsePython(object)?.body ?? []
  if (statement?.kind !== 'other' || more.length > 0) return undefined
  const [written] = statement.parts
  if (written?.kind === 'name') return { name: written.name, isGiven: false }
  if (written?.kind !== 'call' || written.callee.kind !== 'name') return undefined
  const isGiven = written.positional.length + written.keywords.size + written.spread.length > 0
  return { name: written.callee.name, isGiven }
}

/** What Flask would take from a module that is named without an object. */
const usual = ['app', 'application']

export const candidateOf = (flaskApp: FlaskApp, modules: Modules, values: Values): Candidate | string => {
  const [path = '', object] = flaskApp.written.split(/:(?![\\/])(.*)/s)
  const module = moduleOf(path, modules)
  if (module === undefined) return 'FLASK_APP names no module of this folder'
  const all = candidatesIn(module, values)
  if (object === undefined) {
    const objects = all.filter(({ isFactory }) => !isFactory)
    return (
      objects.find(({ name }) => usual.includes(name)) ??
      objects[0] ??
      all[0] ??
      'no application is found in what FLASK_APP names'
    )
  }
  const called = calledIn(object.trim())
  if (called === undefined) return 'FLASK_APP is not understood: module:object and module:factory() are'
  const { name, isGiven } = called
  if (isGiven) {
    return (
      `FLASK_APP gives ${name} arguments, which a flags file cannot: write a wsgi.py with app = ${object.trim()}, ` +
      'and take wsgi:app'
    )
  }
  const known = all.find((one) => one.name === name)
  if (known !== undefined) return known
  const binding = module.names.get(name)?.at(-1)
  if (binding === undefined) return 'what FLASK_APP names is not in that module'
  // whoever wrote it there knows what it is
  const isFactory = values.ofBinding(binding, values.scopeOf(module))?.kind === 'function'
  const missing = binding.kind === 'function' ? requiredOf(binding) : []
  return { module, name, kind: 'flask', isFactory, missing, isImported: binding.kind === 'import', at: binding }
}
