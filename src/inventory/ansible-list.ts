import { z } from 'zod'
import type { Whereabouts } from '../config/given.js'
import type { Path, Position } from '../config/mistake.js'
import type { Parsed } from '../config/yaml.js'
import { AnsibleVariables, type Variable } from './ansible-variables.js'
import { everyHost, type Gathering } from './gathering.js'
import { groupName, hostName, mistakeIn } from './names.js'
import { isMapping } from './said.js'

const variables = z.record(z.string(), z.unknown())

const group = z.looseObject({
  hosts: z.array(z.string()).default([]),
  children: z.array(z.string()).default([]),
  vars: variables.default({}),
})

/** What `ansible-inventory --list` prints: groups, and beside them the variables of all hosts. */
const list = z
  .looseObject({ _meta: z.looseObject({ hostvars: z.record(z.string(), variables).default({}) }).optional() })
  .catchall(group)

const withLists = z.union([z.object({ hosts: z.array(z.string()) }), z.object({ children: z.array(z.string()) })])

/** Whether a document is of this form, and not the YAML of Ansible written as JSON. */
export const isAnsibleList = (value: unknown): boolean =>
  isMapping(value) && ('_meta' in value || Object.values(value).some((one) => withLists.safeParse(one).success))

/** Ranges are names here already, and the variables of groups are among those of each host. */
export const readAnsibleList = (value: unknown, place: Parsed['place'], home: Whereabouts, into: Gathering): void => {
  const at = (...path: Path): Position => lazily(() => place(path, 'key'))
  const result = list.safeParse(value)
  if (!result.success) {
    for (const { path, message } of result.error.issues) {
      const where = path.map((segment) => (typeof segment === 'number' ? segment : String(segment)))
      into.mistake(place(where), where, message)
    }
    return
  }
  const { _meta: meta, ...groups } = result.data
  const reader = new AnsibleVariables(into, home, false)
  const variablesOf = (values: Readonly<Record<string, unknown>>, ...path: Path): readonly Variable[] =>
    Object.entries(values).map(([name, inner]) => ({ name, value: inner, at: at(...path, name) }))

  const addHost = (name: string, where: Position, of: string | undefined): void => {
    const mistake = into.room > 0 ? mistakeIn(hostName, name) : 'is one host more than an inventory may hold'
    if (mistake !== undefined) return into.mistake(where, [name], mistake)
    const host = into.host(name, where)
    if (of !== undefined) host.groups.push(of)
  }
  for (const [name, body] of Object.entries(groups)) {
    const isUngrouped = name === 'ungrouped'
    const mistake = isUngrouped ? undefined : mistakeIn(groupName, name)
    if (mistake !== undefined) {
      into.mistake(at(name), [name], mistake)
      continue
    }
    if (!isUngrouped) {
      const made = into.group(name, at(name))
      const children = body.children.filter((child) => child !== 'ungrouped')
      children.forEach((child, index) => made.children.push({ name: child, at: at(name, 'children', index) }))
      // a group that holds nothing is named by its parents only
      for (const child of children) if (mistakeIn(groupName, child) === undefined) into.group(child, at(name))
      reader.read(variablesOf(body.vars, name, 'vars'), made)
    }
    const of = isUngrouped || name === everyHost ? undefined : name
    body.hosts.forEach((host, index) => addHost(host, at(name, 'hosts', index), of))
  }
  for (const [name, values] of Object.entries(meta?.hostvars ?? {})) {
    const where = at('_meta', 'hostvars', name)
    addHost(name, where, undefined)
    const host = into.hosts.get(name)
    if (host !== undefined) reader.read(variablesOf(values, '_meta', 'hostvars', name), host)
  }
  reader.tellUnused()
}

/** Where something stands is looked for when something is wrong with it: what a program has written is large. */
const lazily = (find: () => Position): Position => ({
  get line() {
    return find().line
  },
  get column() {
    return find().column
  },
})
