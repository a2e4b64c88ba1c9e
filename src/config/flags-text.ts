import { constants } from 'node:fs'
import { open, type FileHandle } from 'node:fs/promises'
import { DeployError, type ErrorCode } from '../errors.js'

/** What is being read, in the words of its refusals. */
export interface FileKind {
  readonly code: ErrorCode
  /** `the flags file` */
  readonly name: string
  readonly megabytes: number
  readonly missing: string
  readonly other: string
}

const flagsFileKind: FileKind = {
  code: 'CONFIG_UNREADABLE',
  name: 'the flags file',
  megabytes: 1,
  missing: 'check the path that follows -f',
  other: 'give the path of a YAML or JSON file',
}

const unreadable = ({ code }: FileKind, file: string, what: string, remedy: string, cause?: unknown): DeployError =>
  new DeployError(code, { what, where: file, remedy }, { cause })

/** The text of a file that somebody names, and what is suspicious about the file. */
export const readText = async (
  file: string,
  kind: FileKind = flagsFileKind,
): Promise<{ text: string; warnings: readonly string[] }> => {
  const handle = await openFile(file, kind)
  try {
    const stat = await handle.stat()
    if (!stat.isFile()) throw unreadable(kind, file, `${kind.name} is not a regular file`, kind.other)
    const maxBytes = kind.megabytes * 1_000_000
    const bytes = await readAtMost(handle, maxBytes + 1)
    if (bytes.length > maxBytes) {
      const remedy = `give the path of ${kind.name.replace(/^the/, 'a')}; is it another file?`
      throw unreadable(kind, file, `${kind.name} is larger than ${kind.megabytes} MB`, remedy)
    }
    return { text: decode(bytes, file, kind), warnings: suspicions(file, stat) }
  } finally {
    await handle.close()
  }
}

const openFile = async (file: string, kind: FileKind): Promise<FileHandle> => {
  try {
    // without O_NONBLOCK a FIFO would keep us waiting for somebody who writes into it
    return await open(file, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0))
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown error'
    throw code === 'ENOENT'
      ? unreadable(kind, file, `there is no such ${kind.name.replace(/^the /, '')}`, kind.missing, cause)
      : unreadable(kind, file, `${kind.name} cannot be opened (${code})`, 'check its path and its permissions', cause)
  }
}

const readAtMost = async (handle: FileHandle, limit: number): Promise<Buffer> => {
  const buffer = Buffer.alloc(limit)
  let length = 0
  for (;;) {
    const { bytesRead } = await handle.read(buffer, length, limit - length)
    length += bytesRead
    if (bytesRead === 0 || length === limit) return buffer.subarray(0, length)
  }
}

const decode = (bytes: Buffer, file: string, kind: FileKind): string => {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch (cause) {
    throw unreadable(kind, file, `${kind.name} is not UTF-8 text`, 'save it in UTF-8', cause)
  }
}

/** Whoever can write such a file can run code as root on a host. */
const suspicions = (file: string, { mode, uid }: { mode: number; uid: number }): readonly string[] => {
  const me = process.getuid?.()
  if (me === undefined) return []
  return [
    ...((mode & 0o022) === 0 ? [] : [`${file} can be written by other users of this computer: chmod go-w ${file}`]),
    ...(uid === me || uid === 0 || me === 0 ? [] : [`${file} belongs to another user of this computer`]),
  ]
}
