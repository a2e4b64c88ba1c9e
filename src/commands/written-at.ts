import type { LoadedFlags } from '../config/load.js'
import { printable } from '../config/mistake.js'
import { originOf } from '../config/overrides.js'

type Path = readonly (string | number)[]

/** A key that is written with dots; names in the file may hold dots themselves. */
interface Found {
  readonly path: Path
  readonly value: unknown
}

const find = (value: unknown, key: string, above: Path = []): Found | undefined => {
  if (typeof value !== 'object' || value === null) return undefined
  for (const [name, inner] of Object.entries(value)) {
    const path = [...above, Array.isArray(value) ? Number(name) : name]
    if (key === name) return { path, value: inner }
    const found = key.startsWith(`${name}.`) ? find(inner, key.slice(name.length + 1), path) : undefined
    if (found !== undefined) return found
  }
  return undefined
}

/** What is not there has the place of what it would be in, as has what stands at the very beginning of it. */
const isWritten = ({ path, value }: Found, { where }: LoadedFlags): boolean => {
  const place = where(...path)
  if (place !== where(...path.slice(0, -1))) return true
  return typeof value === 'object' && Object.keys(value ?? {}).some((name) => where(...path, name) !== place)
}

/** `--daemon-threads`, or `deploy-flask.yml:12`; undefined for what nobody wrote. */
export const placeOf = (loaded: LoadedFlags, path: Path, value: unknown): string | undefined => {
  const origin = originOf(loaded.overrides, path)
  if (origin !== undefined) return origin
  if (loaded.file === undefined || !isWritten({ path, value }, loaded)) return undefined
  const [, line = ''] = /:(\d+):\d+$/.exec(loaded.where(...path)) ?? []
  return `${printable(loaded.file, 4096)}:${line}`
}

const placeOfKey = (loaded: LoadedFlags, key: string): string | undefined => {
  const found = find(loaded.flags, key)
  return found === undefined ? undefined : placeOf(loaded, found.path, found.value)
}

/** Where keys are written, each place once; keys behind the first may leave out what they begin with alike. */
export const writtenAt = (loaded: LoadedFlags, keys: readonly string[]): readonly string[] => {
  const [first = ''] = keys
  const start = first.slice(0, first.lastIndexOf('.') + 1)
  const places = keys.flatMap((key) => placeOfKey(loaded, key) ?? placeOfKey(loaded, `${start}${key}`) ?? [])
  return [...new Set(places)]
}
