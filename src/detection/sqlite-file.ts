import { posix } from 'node:path'
import { isPlain, projectFolder, instanceFolder } from './text.js'

export interface SqliteFile {
  /** An absolute path where the code names one that is not in the project, otherwise the name alone. */
  readonly file: string
  readonly form: 'path' | 'url'
  /** Whether it would lie in the code. */
  readonly isInCode: boolean
}

const url = /^sqlite(?:\+[a-z0-9_]+)?:\/\/\/(.*)$/s
const ending = /\.(db|db3|sqlite|sqlite3)$/i

/** Of an URL for SQLAlchemy, or of a path with the usual endings. */
export const sqliteFile = (text: string): SqliteFile | undefined => {
  const path = url.exec(text)?.[1]
  if (path !== undefined) return fileOf(path.replace(/\?.*$/s, ''), 'url')
  return ending.test(text) && !text.includes('://') ? fileOf(text, 'path') : undefined
}

/** Of what sqlite3.connect is given, which may have any name. */
export const connectedFile = (text: string): SqliteFile | undefined =>
  fileOf(text.replace(/^file:/, '').replace(/\?.*$/s, ''), 'path')

export const isSqliteUrl = (text: string): boolean => url.test(text)

const fileOf = (path: string, form: 'path' | 'url'): SqliteFile | undefined => {
  const name = posix.basename(path)
  // 'sqlite:////tmp' is the beginning of something
  const isNone = name === '' || name === ':memory:' || posix.dirname(path) === '/'
  if (isNone || !isPlain(name)) return undefined
  const isMarked = path.includes(projectFolder) || path.includes(instanceFolder)
  const isAbsolute = posix.isAbsolute(path) && isPlain(path)
  const isRelative = !posix.isAbsolute(path) && isPlain(path)
  return { file: isAbsolute ? path : name, form, isInCode: isMarked || isRelative }
}
