import { everyHost, type GatheredGroup, type Gathering } from './gathering.js'

/** The groups as a graph without loops, and how deep each lies below `all`. */
export interface GroupOrder {
  /** Group -> groups that it is a member of. */
  readonly parents: ReadonlyMap<string, readonly string[]>
  /** Group -> longest way from `all`: of two that say the same, the deeper one is believed. */
  readonly depth: ReadonlyMap<string, number>
}

/** Children before their parents have all been seen are left waiting; those that wait for ever are in a loop. */
export const groupOrder = (gathering: Gathering): GroupOrder => {
  const { groups } = gathering
  const parents = new Map<string, string[]>()
  const waitsFor = new Map<string, number>()
  for (const group of groups.values()) {
    for (const { name } of childGroups(group, gathering)) {
      const of = parents.get(name)
      if (of === undefined) parents.set(name, [group.name])
      else of.push(group.name)
      waitsFor.set(name, (waitsFor.get(name) ?? 0) + 1)
    }
  }
  const depth = new Map<string, number>()
  const ready = [...groups.keys()].filter((name) => !waitsFor.has(name))
  for (const name of ready) depth.set(name, name === everyHost ? 0 : 1)
  // the list grows while it is gone through
  for (const name of ready) {
    const group = groups.get(name)
    for (const child of group === undefined ? [] : childGroups(group, gathering)) {
      depth.set(child.name, Math.max(depth.get(child.name) ?? 0, (depth.get(name) ?? 0) + 1))
      const left = (waitsFor.get(child.name) ?? 0) - 1
      waitsFor.set(child.name, left)
      if (left === 0) ready.push(child.name)
    }
  }
  if (ready.length < groups.size) tellLoops(gathering, new Set(ready))
  return { parents, depth }
}

const childGroups = ({ children }: GatheredGroup, { groups }: Gathering) =>
  children.filter(({ name }) => groups.has(name))

/** Each loop once, at the place where a member closes it. */
const tellLoops = (gathering: Gathering, free: ReadonlySet<string>): void => {
  const { groups } = gathering
  const seen = new Set(free)
  for (const start of groups.keys()) {
    const way: string[] = []
    let group = groups.get(start)
    while (group !== undefined && !seen.has(group.name)) {
      seen.add(group.name)
      way.push(group.name)
      const next = childGroups(group, gathering).find(({ name }) => !free.has(name))
      const begin = next === undefined ? -1 : way.indexOf(next.name)
      if (next !== undefined && begin !== -1) {
        const loop = [...way.slice(begin), next.name].join(' > ')
        gathering.mistake(next.at, [], `the group ${next.name} would be a member of itself: ${loop}`)
      }
      group = next === undefined ? undefined : groups.get(next.name)
    }
  }
}
