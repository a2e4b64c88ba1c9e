import type { Folder } from './folder.js'
import type { Module } from './modules.js'
import type { Values } from './values.js'

/** What is known when the parts of an application are looked for. */
export interface Context {
  readonly folder: Folder
  /** The folder of the code, relative to the root; `.` where it is the root. */
  readonly base: string
  /** The files of the application. */
  readonly modules: readonly Module[]
  readonly values: Values
}

/** A path of the project as it is named inside the code; undefined outside of it. */
export const insideCode = (path: string, base: string): string | undefined => {
  if (path === base) return ''
  if (base === '.') return path.startsWith('..') ? undefined : path
  return path.startsWith(`${base}/`) ? path.slice(base.length + 1) : undefined
}
