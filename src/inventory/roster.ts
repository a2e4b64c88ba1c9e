import { printable } from '../config/mistake.js'
import { nearest } from '../config/near.js'
import { DeployError } from '../errors.js'
import type { FleetHost } from '../fleet/host.js'
import { everyHost } from './gathering.js'
import { readPattern, type Piece, type Written } from './pattern.js'
import { fits } from './wildcard.js'

/** What patterns call the hosts that are in no group. */
const ungrouped = 'ungrouped'

/** Finds hosts by patterns. */
export interface Roster {
  /** The hosts that these patterns mean together, in the order of the inventory. Throws where they mean none. */
  readonly select: (patterns: readonly Written[]) => readonly FleetHost[]
}

/** `groups`: all of them, also those that nobody is in. */
export const rosterOf = (hosts: readonly FleetHost[], groups: readonly string[]): Roster => {
  const places = new Map(hosts.map(({ name }, place) => [name, place] as const))
  const members = membersOf(hosts, groups)
  const all = hosts.map((_, place) => place)

  const named = (name: string): readonly number[] | undefined => {
    const place = places.get(name)
    return place === undefined ? members.get(name) : [place]
  }
  const matching = (name: string): readonly number[] | undefined => {
    if (!/[*?]/.test(name)) return named(name)
    const found = new Set<number>()
    for (const [group, places] of members) if (fits(group, name)) places.forEach((place) => found.add(place))
    for (const host of hosts) if (fits(host.name, name)) found.add(places.get(host.name) ?? 0)
    return found.size === 0 ? undefined : all.filter((place) => found.has(place))
  }
  const meant = ({ name, slice }: Piece): readonly number[] | undefined => {
    const found = matching(name)
    if (found === undefined || slice === undefined) return found
    const at = (position: number): number => (position < 0 ? found.length + position : position)
    const some = slice.from < 0 && at(slice.from) < 0 ? [] : found.slice(at(slice.from), at(slice.to) + 1)
    return some.length === 0 ? undefined : some
  }

  return {
    select: (patterns) => {
      const pieces = read(patterns, (name) => places.has(name))
      const meaning = new Map(pieces.map((piece) => [piece, meant(piece)] as const))
      const nothing = pieces.filter((piece) => meaning.get(piece) === undefined)
      if (nothing.length > 0) throw meansNothing(nothing, [...places.keys()], [...members.keys()])
      const of = (kind: Piece['kind']): readonly Piece[] => pieces.filter((piece) => piece.kind === kind)
      const also = of('also')
      let chosen = new Set(also.length === 0 ? all : also.flatMap((piece) => meaning.get(piece) ?? []))
      for (const piece of of('only')) chosen = new Set((meaning.get(piece) ?? []).filter((place) => chosen.has(place)))
      for (const piece of of('not')) for (const place of meaning.get(piece) ?? []) chosen.delete(place)
      if (chosen.size === 0) throw leavesNobody(pieces)
      return hosts.filter((_, place) => chosen.has(place))
    },
  }
}

const membersOf = (hosts: readonly FleetHost[], groups: readonly string[]): ReadonlyMap<string, readonly number[]> => {
  const members = new Map<string, number[]>(groups.map((group) => [group, []]))
  const rest: number[] = []
  for (const [place, host] of hosts.entries()) {
    for (const group of host.groups) members.get(group)?.push(place)
    if (host.groups.length === 0) rest.push(place)
  }
  members.set(everyHost, [...hosts.keys()])
  return members.set(ungrouped, rest)
}

const read = (patterns: readonly Written[], isHost: (name: string) => boolean): readonly Piece[] => {
  const found = patterns.map((pattern) => ({ ...pattern, ...readPattern(pattern, isHost) }))
  const wrong = found.flatMap((one) => ('mistake' in one ? [one] : []))
  if (wrong.length === 0) return found.flatMap((one) => ('mistake' in one ? [] : one.pieces))
  throw new DeployError('USAGE', {
    what: 'a pattern of hosts cannot be read',
    evidence: wrong.map(({ origin, text, mistake }) => `${origin} ${printable(text)}: ${mistake}`).join('\n'),
    remedy:
      'write names of hosts and groups, web*, web[0:2], one,other; !one leaves out, &one takes only those in both',
  })
}

/** Looking for what is near compares with every name. */
const mostLookedFor = 10

const meansNothing = (pieces: readonly Piece[], hosts: readonly string[], groups: readonly string[]): DeployError => {
  const lines = pieces.slice(0, 50).map(({ origin, text, name, slice }, index) => {
    const near = index < mostLookedFor && slice === undefined ? nearest(name, [...hosts, ...groups]) : undefined
    return `${origin} ${printable(text)}: names no host${near === undefined ? '' : `; did you mean ${near}?`}`
  })
  const more = pieces.length > lines.length ? [`and ${pieces.length - lines.length} more`] : []
  return new DeployError('NO_HOST_MATCHES', {
    what: `${pieces.length === 1 ? 'a pattern names' : `${pieces.length} patterns name`} no host of the fleet`,
    evidence: [...lines, ...more].join('\n'),
    remedy: 'deploy-flask fleet list shows the hosts and groups that there are',
  })
}

const leavesNobody = (pieces: readonly Piece[]): DeployError =>
  new DeployError('NO_HOST_MATCHES', {
    what: 'no host is left when all patterns are taken together',
    evidence: pieces
      .slice(0, 50)
      .map(({ origin, text }) => `${origin} ${printable(text)}`)
      .join('\n'),
    remedy: 'deploy-flask fleet list shows which host is in which group',
  })
