import { dotted, type Path } from './mistake.js'

/** Names that are the site's, whoever set them. */
export interface Names {
  readonly root: string
  readonly user: string
  readonly group: string
  /** Absolute, in the order of the flags file. */
  readonly sqlite: readonly string[]
}

/** Where in the flags file a field stands. */
export type Where = (...path: Path) => string

/** What contradicts a rule, and the correct form. */
export interface Broken {
  readonly path: Path
  readonly message: string
}

/** `applications.0`, `static./media/` -> the path of the field. */
export const pathOf = (from: string): Path => {
  const [first = '', second = ''] = from.split('.')
  if (first === 'applications' || first === 'directories' || first === 'static-patterns') {
    const rest = from.slice(`${first}.${second}.static.`.length)
    return rest === '' ? [first, Number(second)] : [first, Number(second), 'static', rest]
  }
  return first === from ? [first] : [first, from.slice(first.length + 1)]
}

/** `f.yml:7:18` */
const positionOf = (place: string): readonly [number, number] => {
  const [, line = '0', column = '0'] = /:([0-9]+):([0-9]+)$/.exec(place) ?? []
  return [Number(line), Number(column)]
}

/** One line a mistake, in the order of the file. */
export const told = (where: Where, broken: readonly Broken[]): readonly string[] => {
  const lines = broken.map(({ path, message }) => {
    const place = where(...path)
    return { at: positionOf(place), line: `${place}: ${path.length === 0 ? '' : `${dotted(path)}: `}${message}` }
  })
  lines.sort((one, other) => one.at[0] - other.at[0] || one.at[1] - other.at[1])
  return [...new Set(lines.map(({ line }) => line))]
}
