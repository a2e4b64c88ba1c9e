import { posix } from 'node:path'
import { DeployError } from '../errors.js'

/** One entry of a commit; names are told byte by byte, because they need not be text. */
export interface Listed {
  readonly kind: 'file' | 'executable' | 'link' | 'submodule'
  readonly id: string
  readonly bytes: number
  readonly path: string
}

/** What a commit may come to on this computer: what is compressed well can be a thousand times as large as it was. */
export interface Limits {
  readonly entries: number
  /** Of its files together, and of what git fetches for them: nobody's disk is filled by a repository. */
  readonly bytes: number
}

export const usualLimits: Limits = { entries: 200_000, bytes: 2_000_000_000 }

const kindOf = (mode: string): Listed['kind'] => {
  if (mode === '120000') return 'link'
  if (mode === '160000') return 'submodule'
  return (parseInt(mode, 8) & 0o111) === 0 ? 'file' : 'executable'
}

/** Git refuses such names, too; what writes files does not rely on it. */
const staysInside = (path: string): boolean =>
  path.split('/').every((part) => !['', '.', '..'].includes(part) && part.toLowerCase() !== '.git')

const unsendable = (what: string, where: string, remedy: string): DeployError =>
  new DeployError('SOURCE_UNSENDABLE', { what, where, remedy })

/** What `git ls-tree -r -z -l` prints. */
export const parseListing = (text: string, url: string, limits: Limits): readonly Listed[] => {
  const entries = text
    .split('\0')
    .filter((line) => line !== '')
    .map((line): Listed => {
      const [, mode, id, size, path] = /^(\d{6}) \w+ ([0-9a-f]+) +(\d+|-)\t(.+)$/s.exec(line) ?? []
      if (mode === undefined || id === undefined || path === undefined || !staysInside(path)) {
        throw unsendable('the repository holds a name that would lead out of it', url, 'remove it from the repository')
      }
      return { kind: kindOf(mode), id, bytes: Number(size) || 0, path: posix.normalize(path) }
    })
  const bytes = entries.reduce((sum, entry) => sum + entry.bytes, 0)
  if (entries.length <= limits.entries && bytes <= limits.bytes) return entries
  throw unsendable(
    `the code in the repository is too large: ${entries.length} files with ${Math.ceil(bytes / 1e6)} MB`,
    url,
    'say in which folder of it the application is (code.subfolder), or deploy a folder: code: {folder: PATH}',
  )
}
