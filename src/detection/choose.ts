import { posix } from 'node:path'
import { wsgiObject } from '../config/fields.js'
import { printable } from '../config/mistake.js'
import { candidatesIn, objectOf, requiredOf, type Candidate } from './applications.js'
import { dottedName } from './bases.js'
import { candidateOf, flaskAppAt, type FlaskApp } from './flask-app.js'
import type { Module, Modules } from './modules.js'
import type { Finding, Framework } from './project.js'
import { scopeStatements, type Expression, type Node } from './python-tree.js'
import { foundAt } from './quote.js'
import { byRank, isEntry, rankOf, type Ranked } from './rank.js'
import type { Values } from './values.js'

/** An application that can be named in a flags file, and the folder of the code that it can be named from. */
export interface Offer {
  readonly base: string
  readonly wsgi: Finding<string>
  readonly module: Module
  readonly framework: Framework
  /** FLASK_APP says that it is this one. */
  readonly isNamed: boolean
}

export interface Offers {
  /** Best first. */
  readonly all: readonly Offer[]
  readonly notes: readonly Finding<string>[]
}

type Place = <T>(value: T) => Finding<T>

/** What can be deployed, of everything that the modules hold. */
export const offersIn = (
  modules: Modules,
  bases: ReadonlyMap<Module, string>,
  values: Values,
  flaskApp: FlaskApp | undefined,
): Offers => {
  const ranked: Ranked[] = []
  const faults: Finding<string>[] = []

  const offer = (candidate: Candidate, from: Module, found: Place, isNamed: boolean): void => {
    const base = bases.get(candidate.module) ?? '.'
    const dotted = dottedName(candidate.module, base)
    const elsewhere = dotted === undefined ? definedIn(candidate, values) : undefined
    if (elsewhere !== undefined) return offer(elsewhere, from, found, isNamed)
    const { module, kind } = candidate
    const wsgi = `${dotted ?? ''}:${objectOf(candidate)}`
    const fault = faultOf(candidate, base, wsgi)
    if (fault !== undefined) faults.push(found(printable(fault, 300)))
    else if (kind !== 'asgi' && candidate.missing.length === 0) {
      const rank = rankOf(candidate, base, from, isNamed)
      ranked.push({ base, wsgi: found(wsgi), module, framework: kind, isNamed, rank })
    }
  }

  const notes: Finding<string>[] = []
  if (flaskApp !== undefined) {
    const named = candidateOf(flaskApp, modules, values)
    if (typeof named === 'string') notes.push(flaskAppAt(printable(named, 300), flaskApp))
    else offer(named, named.module, (value) => flaskAppAt(value, flaskApp), true)
  }
  for (const module of modules.all) {
    for (const candidate of candidatesIn(module, values)) {
      if (candidate.isImported && (candidate.isFactory || !isEntry(module.path))) continue
      offer(candidate, module, (value) => foundAt(value, module.path, headOf(candidate.at)), false)
    }
  }
  const sorted = ranked.sort(byRank)
  const all = distinct(sorted, ({ base, wsgi }) => `${base} ${wsgi.value}`)
  // what cannot be deployed matters to whoever has nothing else
  return { all, notes: [...notes, ...(all.length > 0 ? [] : distinct(faults, ({ value }) => value))] }
}

const distinct = <T>(list: readonly T[], keyOf: (one: T) => string): readonly T[] => {
  const seen = new Set<string>()
  return list.filter((one) => {
    const key = keyOf(one)
    return !seen.has(key) && seen.add(key)
  })
}

const faultOf = (candidate: Candidate, base: string, wsgi: string): string | undefined => {
  const { module, name, kind, missing } = candidate
  if (module.path === '__init__.py' || isPackageMember(module, base)) {
    return 'the folder itself is a package: begin in the folder above it'
  }
  if (kind === 'asgi') return `${name} is an ASGI application, which mod_wsgi cannot run`
  if (wsgi.startsWith(':')) {
    return `${name} cannot be imported from here: "script" in "applications" takes ${posix.basename(module.path)} as it is`
  }
  // other functions with a parameter are middleware: they are given an application, and make another one of it
  if (missing.length > 0 && kind === 'flask') {
    return `${name}(${missing.join(', ')}) needs arguments: write a wsgi.py with app = ${name}(...), and take wsgi:app`
  }
  return missing.length > 0 || wsgiObject.safeParse(wsgi).success
    ? undefined
    : `${wsgi} cannot be imported under this name: rename the file, or write a wsgi.py`
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
