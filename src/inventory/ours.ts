import { z } from 'zod'
import type { Path, Position } from '../config/mistake.js'
import { everyHost, type GatheredHost, type Gathering } from './gathering.js'
import { groupName, hostsWritten, mistakeIn } from './names.js'
import { expandRanges } from './ranges.js'
import { isMapping, saidIn, type Spot } from './said.js'

/** Where `hosts` and `groups` stand. */
export type Source = Pick<Spot, 'place' | 'home'>

const names = z.array(z.string(), { error: 'must be a list of names: [web1, web2]' })

/** Reads what a flags file, or an inventory of our own form, says under `hosts` and `groups`. */
export const readOurs = (
  { hosts, groups }: Readonly<Record<string, unknown>>,
  source: Source,
  into: Gathering,
): void => {
  if (Array.isArray(hosts)) {
    hosts.forEach((entry: unknown, index) => readListed(entry, ['hosts', index], source, into))
  } else if (isMapping(hosts)) {
    for (const [name, entry] of Object.entries(hosts)) readHost(name, entry ?? {}, ['hosts', name], source, into)
  } else into.mistake(source.place(['hosts']), ['hosts'], 'must be a list of hosts, or a mapping of names to settings')
  if (groups === undefined || groups === null) return
  if (!isMapping(groups)) {
    into.mistake(source.place(['groups']), ['groups'], 'must be a mapping of names to members')
    return
  }
  for (const [name, entry] of Object.entries(groups)) readGroup(name, entry ?? [], ['groups', name], source, into)
}

const readListed = (entry: unknown, path: Path, source: Source, into: Gathering): void => {
  if (typeof entry === 'string') return readHost(entry, {}, path, source, into)
  const at = source.place(path)
  if (!isMapping(entry)) return into.mistake(at, path, 'must be a host name, or a mapping with name')
  const { name, ...rest } = entry
  if (typeof name !== 'string') return into.mistake(at, [...path, 'name'], 'is missing: what the host is called')
  readHost(name, rest, path, source, into)
}

const readHost = (text: string, entry: unknown, path: Path, source: Source, into: Gathering): void => {
  const at = source.place(path, 'key')
  if (!isMapping(entry)) return into.mistake(at, path, 'must be a mapping of settings')
  const { groups, ...settings } = entry
  const written = hostsWritten(text, at, into)
  if (written.length > 1 && 'host' in settings) {
    into.mistake(source.place([...path, 'host']), [...path, 'host'], 'is one address, and there are several hosts')
  }
  const said = saidIn(settings, spotAt(path, text, source, into))
  for (const { name, address } of written) {
    if (into.hosts.has(name)) {
      into.mistake(at, path, `the host ${name} is written twice`)
      continue
    }
    const host = into.host(name, at)
    if (address !== name && !('host' in settings)) {
      host.said.push({ path: ['host'], value: address, origin: into.origin(at, name), place: () => at })
    }
    host.said.push(...said)
    joinGroups(host, groups, [...path, 'groups'], source, into)
  }
}

const joinGroups = (host: GatheredHost, groups: unknown, path: Path, source: Source, into: Gathering): void => {
  if (groups === undefined) return
  const result = names.safeParse(groups)
  if (!result.success) return into.mistake(source.place(path), path, 'must be a list of groups: [canary]')
  for (const [index, name] of result.data.entries()) {
    const at = source.place([...path, index])
    const mistake = name === everyHost ? 'holds every host anyway' : mistakeIn(groupName, name)
    if (mistake !== undefined) into.mistake(at, [...path, index], mistake)
    else host.groups.push(into.group(name, at).name)
  }
}

const readGroup = (name: string, entry: unknown, path: Path, source: Source, into: Gathering): void => {
  const at = source.place(path, 'key')
  const mistake = mistakeIn(groupName, name)
  if (mistake !== undefined) return into.mistake(at, path, mistake)
  const group = into.group(name, at)
  const isList = Array.isArray(entry)
  if (!isList && !isMapping(entry))
    return into.mistake(at, path, 'must be a list of members, or a mapping with members')
  const {
    members = [],
    host,
    hosts,
    children,
    ...settings
  }: Readonly<Record<string, unknown>> = isList ? { members: entry } : entry
  const membersPath = isList ? path : [...path, 'members']
  const result = names.safeParse(members)
  if (!result.success) into.mistake(source.place(membersPath), membersPath, 'must be a list of hosts and groups')
  else if (name === everyHost && result.data.length > 0) {
    into.mistake(source.place(membersPath), membersPath, 'all hosts are in it: it can only have settings')
  }
  for (const [index, text] of (result.data ?? []).entries()) {
    const place = source.place([...membersPath, index])
    const expanded = expandRanges(text, into.room)
    if ('mistake' in expanded) into.mistake(place, [...membersPath, index], expanded.mistake)
    else group.children.push(...expanded.names.map((member) => ({ name: member, at: place })))
  }
  if (host !== undefined) {
    into.mistake(source.place([...path, 'host']), [...path, 'host'], 'belongs to one host, and not to a group')
  }
  // as Ansible calls them
  for (const [key, said] of Object.entries({ hosts, children })) {
    if (said !== undefined) into.mistake(source.place([...path, key]), [...path, key], 'belongs under `members`')
  }
  group.said.push(...saidIn(settings, spotAt(path, name, source, into)))
}

const spotAt = (path: Path, owner: string, { place, home }: Source, into: Gathering): Spot => ({
  home,
  origin: (position: Position) => into.origin(position, owner),
  place: (inside, what) => place([...path, ...inside], what),
})
