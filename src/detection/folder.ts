import { constants } from 'node:fs'
import { open, readlink, realpath } from 'node:fs/promises'
import { join, posix } from 'node:path'
import { byBytes } from '../config/content-hash.js'
import { childrenOf } from '../config/folder-list.js'
import { IgnoreRules } from '../config/ignore-rules.js'
import type { Finding } from './project.js'
import { foundIn } from './quote.js'

/** What would be sent of a folder; a symbolic link counts as a file and as a folder, and is never followed. */
export interface Folder {
  readonly top: string
  /** Relative, with slashes, in the order of bytes. */
  readonly files: ReadonlySet<string>
  readonly folders: ReadonlySet<string>
  readonly notes: readonly Finding<string>[]
}

const mostEntries = 20_000

export const listProject = async (top: string): Promise<Folder> => {
  const files = new Set<string>()
  const folders = new Set<string>()
  const notes: Finding<string>[] = []
  const deployignore = await readInside(top, '.deployignore')
  let left = mostEntries

  const walk = async (folder: string, above: IgnoreRules): Promise<void> => {
    const children = await childrenOf(top, folder).catch(() => undefined)
    if (children === undefined) {
      notes.push(foundIn('a folder cannot be read: check its permissions', folder || '.', 'the folder'))
      return
    }
    if (folder !== '' && children.some(({ name }) => name === 'pyvenv.cfg')) {
      notes.push(foundIn('a virtual environment belongs to this computer and is not sent', folder, 'pyvenv.cfg'))
      return
    }
    if (folder !== '') folders.add(folder)
    const hasRules = children.some(({ name }) => name === '.gitignore')
    const gitignore = hasRules ? await readInside(top, posix.join(folder, '.gitignore')) : undefined
    const rules = gitignore?.text === undefined ? above : above.within(folder, gitignore.text)
    for (const { name, kind, isText } of [...children].sort((one, other) => byBytes(one.name, other.name))) {
      const path = posix.join(folder, name)
      if (rules.leavesOut(path, kind === 'folder')) continue
      if (left-- === 0) notes.push(foundIn(`more than ${mostEntries} files: the rest was not looked at`, '.', path))
      if (left < 0) return
      if (!isText || /\p{Cc}/u.test(name)) notes.push(badName(path))
      else if (kind === 'folder') await walk(path, rules)
      else if (kind === 'file') files.add(path)
      else if (kind === 'link') {
        files.add(path)
        folders.add(path)
        notes.push(...(await leaving(top, path)))
      }
    }
  }

  await walk('', IgnoreRules.top(deployignore?.text))
  return { top, files, folders, notes }
}

const badName = (path: string): Finding<string> =>
  foundIn('a name that is not plain text cannot be sent: rename it, or list it in .deployignore', path, 'the name')

const leaving = async (top: string, path: string): Promise<readonly Finding<string>[]> => {
  const target = await readlink(join(top, path)).catch(() => '')
  const inside = posix.join(posix.dirname(path), target)
  return posix.isAbsolute(target) || inside === '..' || inside.startsWith('../')
    ? [foundIn('a link that leaves the folder cannot be sent: list it in .deployignore', path, `-> ${target}`)]
    : []
}

/** What a file holds, or why that cannot be told. */
export interface Content {
  readonly text?: string
  readonly fault?: string
}

const mostBytes = 1_000_000

/**
 * Of a regular file that lies in the folder itself, neither behind a link nor elsewhere; undefined where there is none.
 * A FIFO would keep us waiting.
 */
export const readInside = async (top: string, path: string): Promise<Content | undefined> => {
  try {
    const file = join(await realpath(top), path)
    if (posix.normalize(path).startsWith('..') || (await realpath(file)) !== file) return undefined
    const handle = await open(file, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0))
    try {
      const stat = await handle.stat()
      if (!stat.isFile()) return undefined
      if (stat.size > mostBytes) return { fault: 'larger than 1 MB: not looked at' }
      return decoded(await handle.readFile())
    } finally {
      await handle.close()
    }
  } catch (error) {
    const isMissing = error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR')
    return isMissing ? undefined : { fault: 'cannot be read: check its permissions' }
  }
}

const decoded = (bytes: Uint8Array): Content => {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes)
    return text.includes('\0') ? { fault: 'not text, for it holds NUL characters: save it as UTF-8' } : { text }
  } catch {
    return { fault: 'not UTF-8: save it as UTF-8', ...latin1(bytes) }
  }
}

/** What Python files of old are written in; names and paths are ASCII there as well. */
const latin1 = (bytes: Uint8Array): Pick<Content, 'text'> =>
  bytes.includes(0) ? {} : { text: Buffer.from(bytes).toString('latin1') }

export const faultNote = (path: string, fault: string): Finding<string> => foundIn(fault, path, 'its content')
