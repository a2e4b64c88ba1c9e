import { nearest } from '../config/near.js'
import { everyHost, type GatheredGroup, type GatheredHost, type Gathering, type Said } from './gathering.js'
import { groupOrder, type GroupOrder } from './group-order.js'

/** A host with everything that is said of it, the strongest last. */
export interface ComposedHost {
  readonly name: string
  readonly groups: readonly string[]
  readonly said: readonly Said[]
}

/** What hosts that are in the same groups share. */
interface Shared {
  readonly groups: readonly string[]
  readonly said: readonly Said[]
}

/** Who is in which group, and what that means for its settings. Mistakes are added to those that were found before. */
export const compose = (gathering: Gathering): readonly ComposedHost[] => {
  const direct = memberships(gathering)
  const order = groupOrder(gathering)
  const shared = new Map<string, Shared>()
  return [...gathering.hosts.values()].map((host): ComposedHost => {
    const groups = [...new Set([...host.groups, ...(direct.get(host.name) ?? [])])]
    const key = groups.sort().join(' ')
    let base = shared.get(key)
    if (base === undefined) shared.set(key, (base = sharedBy(groups, order, gathering)))
    return { name: host.name, groups: base.groups, said: withOwn(base.said, host, gathering) }
  })
}

/** Host -> groups that name it; what is neither host nor group is a mistake. */
const memberships = (gathering: Gathering): ReadonlyMap<string, readonly string[]> => {
  const { hosts, groups } = gathering
  const found = new Map<string, string[]>()
  for (const group of groups.values()) {
    if (hosts.has(group.name)) {
      gathering.mistake(group.at, [group.name], 'is a host and a group: nobody could say which one is meant')
    }
    for (const { name, at } of group.children) {
      if (name === everyHost) gathering.mistake(at, [group.name], 'all holds every group, and is a member of none')
      if (groups.has(name) || name === everyHost) continue
      if (!hosts.has(name)) gathering.mistake(at, [group.name, name], unknownMember(name, gathering))
      else if (found.get(name) === undefined) found.set(name, [group.name])
      else found.get(name)?.push(group.name)
    }
  }
  return found
}

/** Looking for what is near compares with every name, so that is done for the first few mistakes only. */
const mostLookedFor = 20

const unknownMember = (name: string, { hosts, groups, mistakes }: Gathering): string => {
  const near = mistakes.length < mostLookedFor ? nearest(name, [...hosts.keys(), ...groups.keys()]) : undefined
  return `is neither a host nor a group${near === undefined ? '' : `; did you mean ${near}?`}`
}

/** `all` first, then from the outermost group inwards; of those that are equally deep, by priority and then by name. */
const sharedBy = (direct: readonly string[], { parents, depth }: GroupOrder, { groups }: Gathering): Shared => {
  const names = new Set(direct)
  // a set that grows while it is gone through
  for (const name of names) for (const parent of parents.get(name) ?? []) names.add(parent)
  names.delete(everyHost)
  const found = [...names].flatMap((name) => groups.get(name) ?? [])
  const deep = ({ name }: GatheredGroup): number => depth.get(name) ?? 0
  const weakestFirst = [...found].sort(
    (one, other) => deep(one) - deep(other) || one.priority - other.priority || (one.name < other.name ? -1 : 1),
  )
  const all = groups.get(everyHost)
  return {
    groups: found.sort((one, other) => one.order - other.order).map(({ name }) => name),
    said: strongest([...(all?.said ?? []), ...weakestFirst.flatMap(({ said }) => said)]),
  }
}

/** A host that names its account in its address does not mean the one of its group. */
const withOwn = (base: readonly Said[], { name, at, said }: GatheredHost, into: Gathering): readonly Said[] => {
  const hasAddress = said.some(({ path }) => path[0] === 'host')
  const address: Said = { path: ['host'], value: name, origin: into.origin(at, name), place: () => at }
  const own = hasAddress ? said : [address, ...said]
  const isSaid = (key: string): boolean => own.some(({ path }) => path.join('.') === key)
  const namesUser = own.some(({ path, value }) => path.join('.') === 'host' && String(value).includes('@'))
  const left = namesUser && !isSaid('ssh.user') ? base.filter(({ path }) => path.join('.') !== 'ssh.user') : base
  return left.length === 0 ? own : strongest([...left, ...own])
}

/** Of what is said twice the last, and in its place: it may be stronger than what lies between. */
const strongest = (said: readonly Said[]): readonly Said[] => {
  const found = new Map<string, Said>()
  for (const one of said) {
    const key = one.path.join('\0')
    found.delete(key)
    found.set(key, one)
  }
  return [...found.values()]
}
