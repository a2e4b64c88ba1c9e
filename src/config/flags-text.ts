import { constants } from 'node:fs'
import { open, type FileHandle } from 'node:fs/promises'
import { DeployError } from '../errors.js'

const maxBytes = 1_000_000

const unreadable = (file: string, what: string, remedy: string, cause?: unknown): DeployError =>
  new DeployError('CONFIG_UNREADABLE', { what, where: file, remedy }, { cause })

/** The text of a flags file, and what is suspicious about the file. */
export const readText = async (file: string): Promise<{ text: string; warnings: readonly string[] }> => {
  const handle = await openFile(file)
  try {
    const stat = await handle.stat()
    if (!stat.isFile()) {
      throw unreadable(file, 'the flags file is not a regular file', 'give the path of a YAML or JSON file')
    }
    const bytes = await readAtMost(handle, maxBytes + 1)
    if (bytes.length > maxBytes) {
      throw unreadable(file, 'the flags file is larger than 1 MB', 'give the path of a flags file; is it another file?')
    }
    return { text: decode(bytes, file), warnings: suspicions(file, stat) }
  } finally {
    await handle.close()
  }
}

const openFile = async (file: string): Promise<FileHandle> => {
  try {
    // without O_NONBLOCK a FIFO would keep us waiting for somebody who writes into it
    return await open(file, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0))
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown error'
    throw code === 'ENOENT'
      ? unreadable(file, 'there is no such flags file', 'check the path that follows -f', cause)
      : unreadable(file, `the flags file cannot be opened (${code})`, 'check its path and its permissions', cause)
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

const decode = (bytes: Buffer, file: string): string => {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch (cause) {
    throw unreadable(file, 'the flags file is not UTF-8 text', 'save it in UTF-8', cause)
  }
}

/** Whoever can write the flags file can run code as root on the host. */
const suspicions = (file: string, { mode, uid }: { mode: number; uid: number }): readonly string[] => {
  const me = process.getuid?.()
  if (me === undefined) return []
  return [
    ...((mode & 0o022) === 0 ? [] : [`${file} can be written by other users of this computer: chmod go-w ${file}`]),
    ...(uid === me || uid === 0 || me === 0 ? [] : [`${file} belongs to another user of this computer`]),
  ]
}
