import type { LoadedFlags } from '../config/load.js'

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

const lineAt = (loaded: LoadedFlags, key: string): number | undefined => {
  const found = find(loaded.flags, key)
  if (found === undefined || !isWritten(found, loaded)) return undefined
  return Number(/:(\d+):\d+$/.exec(loaded.where(...found.path))?.[1])
}

/** The lines on which keys are written, each once; keys behind the first may leave out what they begin with alike. */
export const writtenAt = (loaded: LoadedFlags, keys: readonly string[]): readonly number[] => {
  const [first = ''] = keys
  const start = first.slice(0, first.lastIndexOf('.') + 1)
  const lines = keys.flatMap((key) => lineAt(loaded, key) ?? lineAt(loaded, `${start}${key}`) ?? [])
  return [...new Set(lines)]
}
