import type { Path } from './mistake.js'
import { variablePrefix } from './usual-settings.js'

/** A value that is stronger than what the flags file says. */
export interface Override {
  readonly path: Path
  readonly value: unknown
  /** `--daemon-threads`, `DEPLOY_FLASK_DAEMON_THREADS`, or the place in an inventory: `hosts.ini:3:7` */
  readonly origin: string
}

const isMapping = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const put = (value: unknown, [segment, ...rest]: Path, last: unknown): unknown => {
  if (segment === undefined) return last
  const inside = isMapping(value) ? Object.entries(value) : []
  const own = inside.find(([key]) => key === segment)?.[1]
  // not an assignment, because a key may be called __proto__
  return Object.fromEntries([...inside.filter(([key]) => key !== segment), [segment, put(own, rest, last)]])
}

const without = (value: unknown, path: Path): unknown => {
  const [segment, ...rest] = path
  if (!isMapping(value) || segment === undefined || !Object.hasOwn(value, segment)) return value
  const others = Object.entries(value).filter(([key]) => key !== segment)
  return rest.length === 0
    ? Object.fromEntries(others)
    : Object.fromEntries([...others, [segment, without(value[segment], rest)]])
}

const keyOf = ({ path }: Override): string => path.join('.')

const kindOf = ({ origin }: Override): string =>
  origin.startsWith('--') ? 'option' : origin.startsWith(variablePrefix) ? 'variable' : 'inventory'

/** Options beside options, variables beside variables: what contradicts itself is refused, not decided here. */
const ofOneKind = (one: Override, other: Override): boolean => kindOf(one) === kindOf(other)

/** Who gave the name or address of the host, when it was a person and not an inventory. */
export const givenHost = (overrides: readonly Override[]): Override | undefined =>
  overrides.findLast((one) => keyOf(one) === 'host' && kindOf(one) !== 'inventory')

/** Whether it is known already which host of a fleet is meant, as in a saved plan. */
export const isChosen = (overrides: readonly Override[]): boolean =>
  overrides.some((one) => keyOf(one) === 'host' && kindOf(one) === 'inventory')

/** Whoever says one of a row does not mean the weaker others any more; the other keys of a row belong to its first. */
const rivals: readonly (readonly [first: string, ...more: string[]])[] = [
  ['code.folder'],
  ['code.package'],
  ['code.path'],
  ['code.git', 'code.ref', 'code.subfolder'],
]

/** What says nothing without another key. */
export const isOnlyMore = (key: string): boolean => rivals.some(([, ...more]) => more.includes(key))

/** The short form of `check` is its path: what else is said of it comes beside that. */
const inFull = (value: unknown, { path }: Override): unknown =>
  path[0] === 'check' && isMapping(value) && typeof value['check'] === 'string'
    ? put(value, ['check'], { path: value['check'] })
    : value

const makeRoom = (value: unknown, override: Override, all: readonly Override[]): unknown => {
  const isSaid = (key: string): boolean => all.some((one) => keyOf(one) === key && ofOneKind(one, override))
  if (rivals.some(([first]) => first === keyOf(override))) {
    const others = rivals.filter(([first]) => first !== keyOf(override)).flat()
    return others.filter((key) => !isSaid(key)).reduce((left, key) => without(left, key.split('.')), value)
  }
  // `user@host` and ssh.user say the same thing
  if (keyOf(override) === 'host' && String(override.value).includes('@') && !isSaid('ssh.user')) {
    return without(value, ['ssh', 'user'])
  }
  if (keyOf(override) !== 'ssh.user' || isSaid('host') || !isMapping(value)) return value
  return typeof value['host'] === 'string' ? put(value, ['host'], value['host'].replace(/^.*@/, '')) : value
}

/** What the file says, with all of them in their places; the last is the strongest. */
export const overlaid = (value: unknown, overrides: readonly Override[]): unknown =>
  overrides.reduce<unknown>(
    (whole, one) => put(inFull(makeRoom(whole, one, overrides), one), one.path, one.value),
    value,
  )

const isPrefix = (path: Path, of: Path): boolean => path.every((segment, index) => of[index] === segment)

/** Who said what stands there, when it was not the file. */
export const originOf = (overrides: readonly Override[], path: Path): string | undefined =>
  overrides.findLast((one) => isPrefix(one.path, path))?.origin

/** Of what stands there only in parts: who said one of them. */
export const originBelow = (overrides: readonly Override[], path: Path): string | undefined =>
  path.length === 0 ? undefined : overrides.findLast((one) => isPrefix(path, one.path))?.origin
