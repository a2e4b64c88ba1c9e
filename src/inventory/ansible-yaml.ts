import type { Whereabouts } from '../config/given.js'
import type { Path } from '../config/mistake.js'
import type { Parsed } from '../config/yaml.js'
import { AnsibleVariables, isRead, type Variable } from './ansible-variables.js'
import { everyHost, type GatheredGroup, type Gathering } from './gathering.js'
import { groupName, hostsWritten, mistakeIn } from './names.js'
import { isMapping } from './said.js'

/** What the walk through the groups needs everywhere. */
interface Reading {
  readonly place: Parsed['place']
  readonly variables: AnsibleVariables
  readonly into: Gathering
}

/** Values of variables that we do not use may be written in any way. */
export const isOursInAnsible = (path: Path): boolean => typeof path.at(-1) !== 'string' || isRead(String(path.at(-1)))

/** The YAML of Ansible: groups with hosts, children and vars, at any depth. */
export const readAnsibleYaml = (value: unknown, place: Parsed['place'], home: Whereabouts, into: Gathering): void => {
  const variables = new AnsibleVariables(into, home, false)
  if (!isMapping(value)) return into.mistake(place([]), [], 'must be a mapping of groups')
  for (const [name, body] of Object.entries(value)) readGroup(name, body, [name], { place, variables, into })
  variables.tellUnused()
}

const readGroup = (name: string, body: unknown, path: Path, reading: Reading): void => {
  const { place, into } = reading
  const at = place(path, 'key')
  const isUngrouped = name === 'ungrouped'
  const mistake = isUngrouped ? undefined : mistakeIn(groupName, name)
  if (mistake !== undefined) return into.mistake(at, path, mistake)
  const group = isUngrouped ? undefined : into.group(name, at)
  if (body === null) return
  if (!isMapping(body)) return into.mistake(at, path, 'must be a mapping with hosts, children and vars')
  for (const [key, inner] of Object.entries(body)) {
    const inside = [...path, key]
    if (inner === null) continue
    if (key !== 'hosts' && key !== 'children' && key !== 'vars') {
      into.mistake(place(inside, 'key'), inside, 'is not known: a group has hosts, children and vars')
    } else if (!isMapping(inner)) into.mistake(place(inside), inside, 'must be a mapping')
    else if (key === 'hosts') readHosts(inner, group, inside, reading)
    else if (group === undefined) {
      into.mistake(place(inside), inside, 'ungrouped is not a group: it has hosts, and nothing else')
    } else if (key === 'vars') reading.variables.read(variablesIn(inner, inside, reading), group)
    else readChildren(inner, group, inside, reading)
  }
}

type Mapping = Readonly<Record<string, unknown>>

const readChildren = (children: Mapping, group: GatheredGroup, path: Path, reading: Reading): void => {
  for (const [name, body] of Object.entries(children)) {
    // what is wrong with a name is told where the group is read
    if (mistakeIn(groupName, name) === undefined)
      group.children.push({ name, at: reading.place([...path, name], 'key') })
    readGroup(name, body, [...path, name], reading)
  }
}

const readHosts = (hosts: Mapping, group: GatheredGroup | undefined, path: Path, reading: Reading): void => {
  const { place, variables, into } = reading
  for (const [pattern, body] of Object.entries(hosts)) {
    const inside = [...path, pattern]
    const at = place(inside, 'key')
    if (body !== null && !isMapping(body)) into.mistake(at, inside, 'must be a mapping of variables')
    const owner = { name: pattern, said: [] }
    variables.read(isMapping(body) ? variablesIn(body, inside, reading) : [], owner)
    for (const { name } of hostsWritten(pattern, at, into)) {
      const host = into.host(name, at)
      if (group !== undefined && group.name !== everyHost) host.groups.push(group.name)
      host.said.push(...owner.said)
    }
  }
}

const variablesIn = (values: Mapping, path: Path, { place }: Reading): readonly Variable[] =>
  Object.entries(values).map(([name, value]) => ({ name, value, at: place([...path, name], 'key') }))
