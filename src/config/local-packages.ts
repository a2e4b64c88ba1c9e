import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { basename } from 'node:path/posix'
import type { LocalPackage } from '../core/packages.js'
import { sha256 } from './content-hash.js'

const part = '[A-Za-z0-9_+-][A-Za-z0-9._+-]*'

/** `./wheels/shop-1.0-py3-none-any.whl`, and what may follow it: a marker, hashes. */
const localLine = new RegExp(`^(?:\\./)?((?:${part}/)*${part}\\.(?:whl|zip|tar\\.gz))( .*)?$`)

export const localPathOf = (line: string): string | undefined => localLine.exec(line)?.[1]

/** PEP 427 and PEP 625: what stands before the version, which begins with a digit. */
const fileName =
  /^([A-Za-z0-9](?:[A-Za-z0-9._]|-(?![0-9]))*)-([0-9][A-Za-z0-9._+!]*)(?:\.zip|\.tar\.gz|(?:-[A-Za-z0-9._]+){3,4}\.whl)$/

/** Name of the package in a file, as the standards write it; undefined where that is no name of such a file. */
export const packageIn = (path: string): string | undefined => fileName.exec(basename(path))?.[1]

const hashed = /(^| )--hash=/

/**
 * The requirements as pip is told them on the host: each file of the code by the place where it will lie, which is named
 * by its content, so that other content is another requirement. Where one line has a hash, pip wants one in each.
 *
 * @param text one requirement a line
 * @param folder of the code, here
 * @param root of the site, on the host
 * @param requireHashes whether pip will ask for hashes in any case
 */
export const placed = async (
  text: string,
  folder: string,
  root: string,
  requireHashes: boolean,
): Promise<{ readonly text: string; readonly packages: readonly LocalPackage[] }> => {
  const wantsHashes = requireHashes || hashed.test(text)
  const packages: LocalPackage[] = []
  const lines: string[] = []
  for (const line of text.split('\n')) {
    const [, path, rest = ''] = localLine.exec(line) ?? []
    if (path === undefined) {
      lines.push(line)
      continue
    }
    const found = await placedAt(folder, path, root)
    packages.push(found)
    const hash = wantsHashes && !hashed.test(rest) ? ` --hash=sha256:${found.sha256}` : ''
    lines.push(`${packageIn(path) ?? ''} @ file://${found.place}${rest}${hash}`)
  }
  return { text: lines.join('\n'), packages }
}

/** Where a file of the code is installed from. */
const placedAt = async (folder: string, path: string, root: string): Promise<LocalPackage> => {
  const hash = sha256(await readFile(join(folder, path)))
  return { path, sha256: hash, place: `${root}/wheels/${hash}/${basename(path)}` }
}
