import { open, mkdtemp, rm, type FileHandle } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import type { Source } from '../core/command.js'

const pieceBytes = 64 * 1024

/** Files without a name: what is in them is gone when they are closed, however the process ends. */
export class Spool {
  readonly #files: Promise<FileHandle | undefined>[] = []

  /** The same stream, as often as it is wanted, made by its maker once: at the first time. */
  share(source: Source): Source {
    let made: Promise<FileHandle | undefined> | undefined
    const file = (): Promise<FileHandle | undefined> => {
      if (made === undefined) this.#files.push((made = filled(source)))
      return made
    }
    return { ...source, open: () => Readable.from(pieces(source, file), { objectMode: false }) }
  }

  async close(): Promise<void> {
    for (const made of this.#files.splice(0)) {
      const file = await made
      await file?.close()
    }
  }
}

/** Undefined where there is no room for it: then each stream is made anew. */
const filled = async (source: Source): Promise<FileHandle | undefined> => {
  let file: FileHandle | undefined
  try {
    file = await nameless()
    // a stream may be of any kind; what comes out of one that holds bytes are bytes
    for await (const piece of source.open() as AsyncIterable<Uint8Array>) await file.appendFile(piece)
    return file
  } catch (error) {
    await file?.close()
    if (error instanceof Error && 'code' in error && (error.code === 'ENOSPC' || error.code === 'EDQUOT'))
      return undefined
    throw error
  }
}

const nameless = async (): Promise<FileHandle> => {
  const folder = await mkdtemp(join(tmpdir(), 'deploy-flask-'))
  try {
    return await open(join(folder, 'archive'), 'wx+', 0o600)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

async function* pieces(source: Source, made: () => Promise<FileHandle | undefined>): AsyncGenerator<Uint8Array> {
  const file = await made()
  if (file === undefined) {
    // as above
    yield* source.open() as AsyncIterable<Uint8Array>
    return
  }
  for (let at = 0; ;) {
    const { buffer, bytesRead } = await file.read(Buffer.allocUnsafe(pieceBytes), 0, pieceBytes, at)
    if (bytesRead === 0) return
    at += bytesRead
    yield buffer.subarray(0, bytesRead)
  }
}
