import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { lstat, readFile, readlink, stat } from 'node:fs/promises'
import { join, posix, resolve } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { Source } from '../core/command.js'
import { digestLength, type FolderCode, type Spared } from '../core/site.js'
import { archiveSize } from './archive-size.js'
import { contentHash, sha256, type HashedEntry } from './content-hash.js'
import { listFolder, projectUnreadable, sourceUnsendable, type ListedEntry } from './folder-list.js'

export interface ReadFolderOptions {
  readonly now?: Date
  /** Absolute paths that are not sent although they lie in the folder: the flags file, secrets. */
  readonly leaveOut?: readonly string[]
  /** The only file of the folder that is sent. */
  readonly only?: string
}

/** The folder as it will be sent. A symbolic link counts as a file and as a folder: either may be what it points to. */
export interface FolderContent {
  readonly code: FolderCode
  readonly files: ReadonlySet<string>
  readonly folders: ReadonlySet<string>
}

export const readFolder = async (folder: string, options: ReadFolderOptions = {}): Promise<FolderCode> =>
  (await readFolderContent(folder, options)).code

export const readFolderContent = async (folder: string, options: ReadFolderOptions = {}): Promise<FolderContent> => {
  const top = resolve(folder)
  await mustBeFolder(top)
  const entries =
    options.only === undefined
      ? await listFolder(top, new Set(options.leaveOut))
      : [{ kind: 'file', path: options.only } as const]
  const sent = entries.filter(({ kind }) => kind !== 'folder')
  if (sent.length === 0) {
    throw sourceUnsendable(
      'the folder of the code holds nothing to send',
      top,
      'check code.folder, .gitignore and .deployignore',
    )
  }
  const read = await mapBounded(sent, 32, (entry) => readEntry(top, entry))
  const folders = entries.flatMap(({ kind, path }) => (kind === 'folder' ? [{ path, bytes: 0 }] : []))
  const bytes = read.reduce((sum, entry) => sum + entry.bytes, 0)
  const code: FolderCode = {
    kind: 'folder',
    folder: top,
    hash: contentHash(read),
    files: read.length,
    bytes,
    archive: archiveOf(top, entries, archiveSize([...folders, ...read])),
    sparing: (known) => sparing(top, entries, read, known),
    stamp: stampOf(options.now ?? new Date()),
  }
  const allBut = (other: ListedEntry['kind']) =>
    new Set(entries.flatMap(({ kind, path }) => (kind === other ? [] : [path])))
  return { code, files: allBut('folder'), folders: allBut('file') }
}

/** `20261124T201300Z` */
const stampOf = (now: Date): string => `${now.toISOString().slice(0, 19).replace(/[-:]/g, '')}Z`

const mustBeFolder = async (top: string): Promise<void> => {
  const found = await stat(top).catch((cause: unknown) => {
    throw projectUnreadable('the folder of the code cannot be found', top, 'check code.folder in the flags file', cause)
  })
  if (!found.isDirectory()) {
    throw projectUnreadable(
      'the code is not a folder',
      top,
      'give the folder that holds the application as code.folder',
    )
  }
}

interface ReadEntry extends HashedEntry {
  readonly bytes: number
}

const readEntry = async (top: string, { kind, path }: ListedEntry): Promise<ReadEntry> => {
  const file = join(top, path)
  try {
    if (kind === 'link') return { kind: 'l', path, payload: await targetOf(top, path), bytes: 0 }
    const { mode, size } = await lstat(file)
    const payload = size > 4_000_000 ? await hashStream(file) : sha256(await readFile(file))
    return { kind: (mode & 0o111) === 0 ? 'f' : 'x', path, payload, bytes: size }
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && typeof cause.code === 'string' && 'syscall' in cause) {
      throw projectUnreadable(
        `a file of the code cannot be read (${cause.code})`,
        file,
        'check its permissions, or list it in .deployignore',
        cause,
      )
    }
    throw cause
  }
}

const hashStream = async (file: string): Promise<string> => {
  const hash = createHash('sha256')
  await pipeline(createReadStream(file), hash)
  return hash.digest('hex')
}

/**
 * A link may only climb at its beginning, where it leaves real folders, and must then stay inside: so no chain of links
 * can lead out of the release, whatever they point to on the host.
 */
const targetOf = async (top: string, path: string): Promise<string> => {
  const raw = await readlink(join(top, path), { encoding: 'buffer' })
  const target = raw.toString('utf8')
  const climbsLater = /(^|\/)(?!\.\.?(\/|$))[^/]+\/(.*\/)?\.\.(\/|$)/.test(target)
  const inside = posix.join(posix.dirname(path), target)
  const stays = !posix.isAbsolute(target) && inside !== '..' && !inside.startsWith('../') && !climbsLater
  if (stays && Buffer.from(target).equals(raw) && !/\p{Cc}/u.test(target)) return target
  throw sourceUnsendable(
    'a symbolic link in the code does not stay inside the folder',
    `${join(top, path)} -> ${target}`,
    'make it relative to a place inside the folder, replace it by what it points to, or list it in .deployignore',
  )
}

/** Sends what is not among the known; of the others only where they lie. */
const sparing = (
  top: string,
  entries: readonly ListedEntry[],
  read: readonly ReadEntry[],
  known: ReadonlySet<string>,
): Spared => {
  const kept = read.filter(({ kind, payload }) => kind !== 'l' && known.has(payload.slice(0, digestLength)))
  const paths = new Set(kept.map(({ path }) => path))
  const list = Buffer.from(kept.map(({ kind, path, payload }) => `${payload} ${kind} ${path}\0`).join(''))
  const sent = entries.filter(({ path }) => !paths.has(path))
  const sizes = new Map(read.map(({ path, bytes }) => [path, bytes]))
  const bytes = list.length + archiveSize(sent.map(({ path }) => ({ path, bytes: sizes.get(path) ?? 0 })))
  return {
    archive: archiveOf(top, sent, bytes, list),
    files: read.length - kept.length,
    listBytes: list.length,
  }
}

/** A stream made anew for each attempt; the same bytes each time, whoever sends it and whenever. */
const archiveOf = (top: string, entries: readonly ListedEntry[], bytes: number, list?: Uint8Array): Source => ({
  name: `the code in ${top}`,
  bytes,
  // streamx's streams look like Node's but are not: what takes one may rely on more than they have
  open: () => Readable.from(packed(top, entries, list), { objectMode: false }),
})

/** The library is loaded when something is sent; most runs send nothing. */
async function* packed(
  top: string,
  entries: readonly ListedEntry[],
  list: Uint8Array = new Uint8Array(),
): AsyncGenerator<Uint8Array> {
  if (list.length > 0) yield list
  const { default: tar } = await import('tar-fs')
  const pack: AsyncIterable<unknown> = tar.pack(top, {
    entries: entries.map(({ path }) => path),
    // every entry is named above: folders must not bring along what is not
    ignore: () => true,
    map: (header) => {
      const isOpen = header.type === 'directory' || (header.mode & 0o111) !== 0
      const owner = { uid: 0, gid: 0, uname: 'root', gname: 'root' }
      return { ...header, ...owner, mtime: new Date(0), mode: isOpen ? 0o755 : 0o644 }
    },
  })
  for await (const piece of pack) if (piece instanceof Uint8Array) yield piece
}

const mapBounded = async <T, R>(
  items: readonly T[],
  limit: number,
  work: (item: T) => Promise<R>,
): Promise<readonly R[]> => {
  const results = new Array<R>(items.length)
  const queue = items.entries()
  const worker = async () => {
    for (const [index, item] of queue) results[index] = await work(item)
  }
  await Promise.all(Array.from({ length: limit }, worker))
  return results
}
