import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { lstat, readdir, readlink } from 'node:fs/promises'
import type { Listed } from './listing.js'
import { placeOf } from './write-files.js'

/** What a folder holds, as git would name it. */
export interface Found {
  /** `file 5d41... app.py`, in order. */
  readonly lines: readonly string[]
  readonly pointers: readonly string[]
}

/** The line of an entry: kind, hash of its content, name. */
export const lineOf = ({ kind, id, path }: Pick<Listed, 'kind' | 'id' | 'path'>): string => `${kind} ${id} ${path}`

const pointer = Buffer.from('version https://git-lfs.github.com/spec/v1\n')

/** Whether a folder is still what was written into it: every file, and no other. `id`: of the same kind as its hashes. */
export const readBack = async (folder: string, id: string): Promise<Found> => {
  const algorithm = id.length === 64 ? 'sha256' : 'sha1'
  const lines: string[] = []
  const pointers: string[] = []

  const hashed = async (path: string, bytes: number): Promise<string> => {
    const hash = createHash(algorithm).update(`blob ${bytes}\0`)
    let isFirst = true
    for await (const piece of createReadStream(placeOf(folder, path)) as AsyncIterable<Buffer>) {
      if (isFirst && bytes < 1024 && piece.subarray(0, pointer.length).equals(pointer)) {
        pointers.push(Buffer.from(path, 'latin1').toString('utf8'))
      }
      isFirst = false
      hash.update(piece)
    }
    return hash.digest('hex')
  }

  const walk = async (above: string): Promise<void> => {
    for (const entry of await readdir(placeOf(folder, above), { withFileTypes: true, encoding: 'buffer' })) {
      const path = `${above}${entry.name.toString('latin1')}`
      if (entry.isDirectory()) await walk(`${path}/`)
      else if (entry.isSymbolicLink()) {
        const target = await readlink(placeOf(folder, path), { encoding: 'buffer' })
        const hash = createHash(algorithm).update(`blob ${target.length}\0`).update(target)
        lines.push(lineOf({ kind: 'link', id: hash.digest('hex'), path }))
      } else {
        const { size, mode } = await lstat(placeOf(folder, path))
        const kind = (mode & 0o111) === 0 ? 'file' : 'executable'
        lines.push(lineOf({ kind, id: entry.isFile() ? await hashed(path, size) : 'none', path }))
      }
    }
  }

  await walk('')
  return { lines: lines.sort(), pointers }
}
