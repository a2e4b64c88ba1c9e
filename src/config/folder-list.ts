import { isUtf8 } from 'node:buffer'
import { readFile, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { DeployError } from '../errors.js'
import { byBytes } from './content-hash.js'
import { IgnoreRules } from './ignore-rules.js'
import { printable } from './mistake.js'

export interface ListedEntry {
  readonly kind: 'folder' | 'file' | 'link'
  /** Relative to the folder, with slashes. */
  readonly path: string
}

/** The folder, or something in it, cannot be found or read. */
export const projectUnreadable = (what: string, where: string, remedy: string, cause?: unknown): DeployError =>
  new DeployError('PROJECT_UNREADABLE', { what, where: printable(where, 4096), remedy }, { cause })

/** What is there cannot be sent, or could not be trusted on the host. */
export const sourceUnsendable = (what: string, where: string, remedy: string): DeployError =>
  new DeployError('SOURCE_UNSENDABLE', { what, where: printable(where, 4096), remedy })

const leaveItOut = 'remove it, or list it in .deployignore'

/**
 * What of a folder is sent, parents before children, in the order of bytes. Folders that would be empty are not sent,
 * just as git does not know them: the content hash could not tell whether they are there.
 */
export const listFolder = async (folder: string, leaveOut: ReadonlySet<string>): Promise<readonly ListedEntry[]> => {
  const rules = IgnoreRules.top(await textOf(join(folder, '.deployignore')))
  const entries = await listInside(folder, '', rules, leaveOut)
  return [...(entries ?? [])].sort((one, other) => byBytes(one.path, other.path))
}

/** Whether something that may not be there itself would not be sent. */
export const staysHome = async (top: string, path: string): Promise<boolean> => {
  const parts = path.split('/')
  let rules = IgnoreRules.top(await textOf(join(top, '.deployignore')))
  for (const index of parts.keys()) {
    const folder = parts.slice(0, index).join('/')
    const gitignore = await textOf(join(top, folder, '.gitignore'))
    if (gitignore !== undefined) rules = rules.within(folder, gitignore)
    if (rules.leavesOut(parts.slice(0, index + 1).join('/'), true)) return true
  }
  return false
}

/** Undefined says that the folder is a virtual environment: it is bound to this computer's Python. */
const listInside = async (
  top: string,
  folder: string,
  above: IgnoreRules,
  leaveOut: ReadonlySet<string>,
): Promise<readonly ListedEntry[] | undefined> => {
  const children = await childrenOf(top, folder)
  const names = new Set(children.map(({ name }) => name))
  if (folder !== '' && names.has('pyvenv.cfg')) return undefined
  const gitignore = names.has('.gitignore') ? await textOf(join(top, folder, '.gitignore')) : undefined
  const rules = gitignore === undefined ? above : above.within(folder, gitignore)
  const entries: ListedEntry[] = []
  for (const child of children) {
    const { kind } = child
    const path = folder === '' ? child.name : `${folder}/${child.name}`
    if (rules.leavesOut(path, kind === 'folder') || leaveOut.has(join(top, path))) continue
    refuseName(top, path, child)
    if (kind === 'other') {
      throw sourceUnsendable(
        'the code holds a socket, device or FIFO, which cannot be sent',
        join(top, path),
        leaveItOut,
      )
    }
    if (kind !== 'folder') entries.push({ kind, path })
    else {
      const inside = (await listInside(top, path, rules, leaveOut)) ?? []
      if (inside.length > 0) entries.push({ kind, path }, ...inside)
    }
  }
  return entries
}

interface Child {
  readonly name: string
  readonly isText: boolean
  readonly kind: ListedEntry['kind'] | 'other'
}

/** Names are read as bytes: decoded ones could not be told from those that are no text. */
export const childrenOf = async (top: string, folder: string): Promise<readonly Child[]> => {
  const where = join(top, folder)
  try {
    const found = await readdir(where, { withFileTypes: true, encoding: 'buffer' })
    return found.map((entry) => ({
      name: entry.name.toString('utf8'),
      isText: isUtf8(entry.name),
      kind: entry.isDirectory() ? 'folder' : entry.isFile() ? 'file' : entry.isSymbolicLink() ? 'link' : 'other',
    }))
  } catch (cause) {
    throw projectUnreadable('a folder of the code cannot be read', where, 'check its permissions', cause)
  }
}

const refuseName = (top: string, path: string, { name, isText }: Child): void => {
  if (!isText) {
    throw sourceUnsendable('a name in the code is not valid UTF-8', join(top, path), `rename it, or ${leaveItOut}`)
  }
  if (/\p{Cc}/u.test(name)) {
    throw sourceUnsendable(
      'a name in the code holds control characters',
      join(top, path),
      `rename it, or ${leaveItOut}`,
    )
  }
}

const textOf = async (file: string): Promise<string | undefined> => {
  try {
    return await readFile(file, 'utf8')
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return undefined
    throw projectUnreadable('a list of ignored files cannot be read', file, 'check that it is a readable file', cause)
  }
}
