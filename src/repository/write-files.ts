import { mkdir, open, symlink } from 'node:fs/promises'
import { posix } from 'node:path'
import { BlobReader } from './blob-reader.js'
import type { Listed } from './listing.js'

const longestLink = 4095

/** The place of a name that is told byte by byte. */
export const placeOf = (folder: string, path: string): Buffer =>
  Buffer.concat([Buffer.from(`${folder}/`), Buffer.from(path, 'latin1')])

/**
 * Writes what `git cat-file --batch` prints of the entries, in their order: the bytes that git has, to which no filter,
 * end of line or attribute of the repository has been applied. Links come last, so that nothing is written through one;
 * a name that is there already, on a computer that takes A for a, is an error.
 */
export const writeFiles = async (
  folder: string,
  entries: readonly Listed[],
  stdout: AsyncIterable<Buffer>,
): Promise<void> => {
  const reader = new BlobReader(stdout)
  const links: (readonly [path: string, target: Buffer])[] = []
  const made = new Set<string>(['.'])
  for (const { kind, id, bytes, path } of entries) {
    const header = await reader.line()
    if (header !== `${id} blob ${bytes}`) throw new Error(`git told ${header} of ${id}`)
    const above = posix.dirname(path)
    if (!made.has(above)) await mkdir(placeOf(folder, above), { recursive: true, mode: 0o700 })
    made.add(above)
    if (kind === 'link') {
      if (bytes > longestLink) throw new Error('a symbolic link in the repository is longer than links can be')
      links.push([path, await reader.whole(bytes)])
    } else {
      const file = await open(placeOf(folder, path), 'wx', kind === 'executable' ? 0o700 : 0o600)
      try {
        for await (const piece of reader.pieces(bytes)) await file.writeFile(piece)
      } finally {
        await file.close()
      }
    }
    await reader.line()
  }
  for (const [path, target] of links) await symlink(target, placeOf(folder, path))
}
