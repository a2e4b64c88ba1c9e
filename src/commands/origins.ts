import type { LoadedFlags } from '../config/load.js'
import { printable } from '../config/mistake.js'
import { settingsTable } from '../config/settings-table.js'
import { oneLineYaml } from '../config/yaml-text.js'
import { placeOf } from './written-at.js'

type Path = readonly (string | number)[]

interface Row {
  readonly key: string
  readonly value: string
  readonly origin: string
}

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null

const at = (value: unknown, path: Path): unknown =>
  path.reduce<unknown>(
    (inner, segment) =>
      isObject(inner) && Object.hasOwn(inner, segment)
        ? Object.getOwnPropertyDescriptor(inner, segment)?.value
        : undefined,
    value,
  )

/** Of a mapping, each entry has an origin of its own. */
const rowsOf = (loaded: LoadedFlags, path: Path, isMapping: boolean): readonly Row[] => {
  const value = at(loaded.flags, path)
  if (value === undefined) return []
  if (isMapping && isObject(value)) {
    return Object.keys(value).flatMap((name) => rowsOf(loaded, [...path, name], false))
  }
  const key = path.map((segment) => printable(String(segment))).join('.')
  return [{ key, value: printable(oneLineYaml(value), 200), origin: placeOf(loaded, path, value) ?? 'default' }]
}

/** Each setting that has a value, and who says it. What is found out on the host only is not among them. */
export const originsText = (loaded: LoadedFlags): string => {
  const rows = settingsTable().flatMap(({ path, kind }) => rowsOf(loaded, path, kind === 'mapping'))
  const width = (name: 'key' | 'origin'): number => Math.max(...rows.map((row) => row[name].length))
  return rows
    .map(({ key, value, origin }) => `${key.padEnd(width('key'))}  ${origin.padEnd(width('origin'))}  ${value}\n`)
    .join('')
}
