import { atHome, type Whereabouts } from '../config/given.js'
import type { Path, Position } from '../config/mistake.js'
import { settingsTable } from '../config/settings-table.js'
import type { Said } from './gathering.js'

/** Where a mapping of settings stands. */
export interface Spot {
  readonly origin: (position: Position) => string
  /** Of a part of the mapping. */
  readonly place: (path: Path, what?: 'key') => Position
  /** Undefined in the flags file itself, in which paths are relative to it anyway. */
  readonly home: Whereabouts | undefined
}

type Mapping = Readonly<Record<string, unknown>>

export const isMapping = (value: unknown): value is Mapping =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

let kinds: ReadonlyMap<string, 'whole' | 'entries' | 'parts'> | undefined

/** Whether a key is said as a whole, entry by entry, or has keys of its own that are said one by one. */
const kindsOfKeys = (): ReadonlyMap<string, 'whole' | 'entries' | 'parts'> => {
  if (kinds !== undefined) return kinds
  const found = new Map<string, 'whole' | 'entries' | 'parts'>()
  for (const { path, kind } of settingsTable()) {
    path.slice(0, -1).forEach((_, length) => found.set(path.slice(0, length + 1).join('.'), 'parts'))
    found.set(path.join('.'), kind === 'mapping' ? 'entries' : 'whole')
  }
  return (kinds = found)
}

/** One of these says where the code is from, so that the others are not meant any more. */
const places = ['folder', 'package', 'path', 'git']

const isWhole = (path: readonly string[], value: Mapping): boolean =>
  path.join('.') === 'code' && places.some((key) => Object.hasOwn(value, key))

/**
 * The settings in a mapping that is a part of a flags file, one by one, so that another host or an option can say one of
 * them and leave the others as they are. What is no setting is among them: the schema says that then.
 */
export const saidIn = (value: Mapping, spot: Spot, above: readonly string[] = []): readonly Said[] =>
  Object.entries(value).flatMap(([key, inner]): readonly Said[] => {
    const path = [...above, key]
    const kind = kindsOfKeys().get(path.join('.'))
    if (kind === 'parts' && isMapping(inner) && !isWhole(path, inner)) return saidIn(inner, spot, path)
    if (kind === 'entries' && isMapping(inner)) {
      return Object.entries(inner).map(([name, entry]) => said([...path, name], entry, spot))
    }
    return [said(path, inner, spot)]
  })

const said = (path: readonly string[], value: unknown, { origin, place, home }: Spot): Said => ({
  path,
  value: home === undefined ? value : atHome(path, value, home),
  origin: origin(place(path)),
  place: (inside, what) => place([...path, ...inside], what),
})
