import { posix } from 'node:path'
import { wsgiObject } from '../config/fields.js'
import { candidatesIn, objectOf, requiredOf, type Candidate } from './applications.js'
import { depthOf, dottedName } from './bases.js'
import { candidateOf, flaskAppAt, type FlaskApp } from './flask-app.js'
import type { Module, Modules } from './modules.js'
import type { Finding, Framework } from './project.js'
import { scopeStatements, type Expression, type Node } from './python-tree.js'
import { foundAt } from './quote.js'
import type { Values } from './values.js'

/** An application that can be named in a flags file, and the folder of the code that it can be named from. */
export interface Offer {
  readonly base: string
  readonly wsgi: Finding<string>
  readonly module: Module
  readonly framework: Framework
}

export interface Offers {
  /** Best first. */
  readonly all: readonly Offer[]
  readonly notes: readonly Finding<string>[]
}

interface Ranked extends Offer {
  readonly rank: readonly number[]
}

/** Started by something else than a web server. */
const isHelper = (path: string): boolean =>
  /(^|_)(celery|worker|manage|cli|tasks?|seed|shell|dev|debug|local|example)s?(_|\.|$)/.test(
    posix.basename(path, '.py'),
  )

const isEntry = (path: string): boolean => /wsgi/i.test(posix.basename(path))

const moduleNames = ['app', 'application', 'main', 'run', 'server', 'web']
const objectNames = ['application', 'app', 'create_app', 'make_app']

const placeIn = (list: readonly string[], name: string): number => {
  const index = list.indexOf(name)
  return index === -1 ? list.length : index
}

const rankOf = ({ module, name, isFactory }: Candidate, base: string, from: Module, isNamed: boolean) => [
  isNamed ? 0 : 1,
  depthOf(base),
  isEntry(from.path) ? 0 : 1,
  isHelper(module.path) ? 1 : 0,
  depthOf(posix.dirname(module.path)),
  placeIn(moduleNames, posix.basename(module.path, '.py')),
  isFactory ? 1 : 0,
  placeIn(objectNames, name),
]

const byRank = (one: Ranked, other: Ranked): number => {
  const at = one.rank.findIndex((part, index) => part !== other.rank[index])
  return at === -1 ? 0 : (one.rank[at] ?? 0) - (other.rank[at] ?? 0)
}

/** What can be deployed, of everything that the modules hold. */
export const offersIn = (
  modules: Modules,
  candidates: readonly Module[],
  bases: ReadonlyMap<Module, string>,
  values: Values,
  flaskApp: FlaskApp | undefined,
): Offers => {
  const ranked: Ranked[] = []
  const notes: Finding<string>[] = []

  const offer = (candidate: Candidate, from: Module, found: <T>(value: T) => Finding<T>, isNamed: boolean): void => {
    const { module, name, kind, missing } = candidate
    const base = bases.get(module) ?? '.'
    const dotted = dottedName(module, base)
    const elsewhere = dotted === undefined ? definedIn(candidate, values) : undefined
    if (elsewhere !== undefined) {
      offer(elsewhere, from, found, isNamed)
    } else if (module.path === '__init__.py' || isPackageMember(module, base)) {
      notes.push(found('the folder itself is a package: begin in the folder above it'))
    } else if (dotted === undefined) {
      notes.push(found(`${name} cannot be imported from here: "script" in "applications" names a script`))
    } else if (kind === 'asgi') {
      notes.push(found(`${name} is an ASGI application, which mod_wsgi cannot run`))
    } else if (missing.length > 0) {
      // middleware is given an application and makes another one of it
      if (kind !== 'flask') return
      const written = `${name}(${missing.join(', ')})`
      notes.push(found(`${written} needs arguments: write a wsgi.py with app = ${name}(...), and take wsgi:app`))
    } else if (!wsgiObject.safeParse(`${dotted}:${objectOf(candidate)}`).success) {
      notes.push(found(`${dotted} cannot be imported under this name: rename the file, or write a wsgi.py`))
    } else {
      const wsgi = found(`${dotted}:${objectOf(candidate)}`)
      ranked.push({ base, wsgi, module, framework: kind, rank: rankOf(candidate, base, from, isNamed) })
    }
  }

  if (flaskApp !== undefined) {
    const named = candidateOf(flaskApp, modules, values)
    const found = <T>(value: T) => flaskAppAt(value, flaskApp)
    if (typeof named === 'string') notes.push(found(named))
    else offer(named, named.module, found, true)
  }
  for (const module of candidates) {
    for (const candidate of candidatesIn(module, values)) {
      if (candidate.isImported && !isEntry(module.path)) continue
      offer(candidate, module, (value) => foundAt(value, module.path, headOf(candidate.at)), false)
    }
  }
  const all = ranked.sort(byRank)
  const isFirst = ({ base, wsgi }: Ranked, index: number) =>
    all.findIndex((one) => one.base === base && one.wsgi.value === wsgi.value) === index
  const isNew = ({ value }: Finding<string>, index: number) => notes.findIndex((one) => one.value === value) === index
  return { all: all.filter(isFirst), notes: notes.filter(isNew) }
}

/** Of a function the line that begins it. */
const headOf = (at: Candidate['at']): Node => ('body' in at ? { ...at, text: at.text.split('\n', 1)[0] ?? '' } : at)

/** `from . import models` needs a package around it. */
const isPackageMember = (module: Module, base: string): boolean =>
  posix.dirname(module.path) === base &&
  [...scopeStatements(module.body)].some((one) => one.kind === 'import' && one.level > 0)

/** What a script names or calls is offered itself where the script cannot be imported. */
const definedIn = ({ module, name, kind }: Candidate, values: Values): Candidate | undefined => {
  const scope = values.scopeOf(module)
  for (const { binding } of values.bound(name, scope)) {
    const value = binding.kind === 'value' ? binding.value : nameNode(name)
    const factory = value.kind === 'call' ? value.callee : undefined
    if (value.kind === 'call' && value.positional.length + value.keywords.size + value.spread.length > 0) continue
    for (const { binding: its, scope: there } of values.definitions(factory ?? value, scope)) {
      if (there.module === module || (factory !== undefined && its.kind !== 'function')) continue
      const [own = ''] = [...there.module.names].find(([, bindings]) => bindings.includes(its)) ?? []
      const missing = its.kind === 'function' && factory !== undefined ? requiredOf(its) : []
      const isFactory = factory !== undefined
      return { module: there.module, name: own, kind, isFactory, missing, isImported: false, at: its }
    }
  }
  return undefined
}

const nameNode = (name: string): Expression => ({ kind: 'name', name, line: 0, text: name })
