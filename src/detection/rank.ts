import { posix } from 'node:path'
import type { Candidate } from './applications.js'
import { depthOf } from './bases.js'
import type { Offer } from './choose.js'
import type { Module } from './modules.js'

export interface Ranked extends Offer {
  readonly rank: readonly number[]
}

/** Started by something else than a web server. */
const isHelper = (path: string): boolean =>
  /(^|_)(celery|worker|manage|cli|tasks?|seed|shell|dev|debug|local|example)s?(_|\.|$)/.test(
    posix.basename(path, '.py'),
  )

export const isEntry = (path: string): boolean => /wsgi/i.test(posix.basename(path))

const moduleNames = ['app', 'application', 'main', 'run', 'server', 'web']
const objectNames = ['application', 'app', 'create_app', 'make_app']

const placeIn = (list: readonly string[], name: string): number => {
  const index = list.indexOf(name)
  return index === -1 ? list.length : index
}

export const rankOf = ({ module, name, isFactory }: Candidate, base: string, from: Module, isNamed: boolean) => [
  isNamed ? 0 : 1,
  depthOf(base),
  isEntry(from.path) ? 0 : 1,
  isHelper(module.path) ? 1 : 0,
  depthOf(posix.dirname(module.path)),
  placeIn(moduleNames, posix.basename(module.path, '.py')),
  isFactory ? 1 : 0,
  placeIn(objectNames, name),
]

export const byRank = (one: Ranked, other: Ranked): number => {
  const at = one.rank.findIndex((part, index) => part !== other.rank[index])
  return at === -1 ? 0 : (one.rank[at] ?? 0) - (other.rank[at] ?? 0)
}
