import { mkdir, open, readFile, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { DeployError } from '../errors.js'
import { parseKnownHosts, type KnownHost } from './known-hosts.js'

const codeOf = (error: unknown): unknown => (error instanceof Error && 'code' in error ? error.code : undefined)

const unreadable = (file: string, why: string, cause?: unknown): DeployError =>
  new DeployError(
    'KNOWN_HOSTS_UNREADABLE',
    {
      what: `cannot read the known hosts in ${file}`,
      where: file,
      evidence: why,
      remedy:
        'make the file readable (or name another in ssh_config as UserKnownHostsFile); without it no host key is trusted',
    },
    { cause },
  )

interface Read {
  /** Another one when the file has changed. */
  readonly version: string
  readonly entries: readonly KnownHost[]
}

/** A fleet asks for the same files once a host, and they may hold as many lines as it has hosts. */
const lastRead = new Map<string, Read>()

const load = async (file: string): Promise<readonly KnownHost[]> => {
  try {
    const found = await stat(file, { bigint: true })
    // A pipe would wait for ever; /dev/null is how people say "none".
    if (!found.isFile() && file !== '/dev/null') throw unreadable(file, 'it is not a regular file')
    const version = [found.dev, found.ino, found.size, found.mtimeNs, found.ctimeNs].join(' ')
    const known = lastRead.get(file)
    if (known?.version === version) return known.entries
    const entries = parseKnownHosts(await readFile(file, 'utf8'))
    lastRead.set(file, { version, entries })
    return entries
  } catch (error) {
    if (codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR') return []
    if (error instanceof DeployError) throw error
    throw unreadable(file, error instanceof Error ? error.message : String(error), error)
  }
}

/** All entries of all files. A file that is missing is empty; one that cannot be read is an error, never empty. */
export const loadKnownHosts = async (files: readonly string[]): Promise<readonly KnownHost[]> =>
  (await Promise.all(files.map(load))).flat()

/**
 * Appends with one write, so that neither a line that ssh adds at the same time nor a link to the real file is lost.
 */
export const appendKnownHost = async (file: string, line: string): Promise<void> => {
  try {
    await mkdir(dirname(file), { recursive: true, mode: 0o700 })
    const handle = await open(file, 'a+', 0o600)
    try {
      const { size } = await handle.stat()
      const last = Buffer.alloc(1)
      if (size > 0) await handle.read(last, 0, 1, size - 1)
      const newline = size > 0 && last.toString() !== '\n' ? '\n' : ''
      await handle.appendFile(`${newline}${line}\n`)
      await handle.sync().catch(() => undefined)
    } finally {
      await handle.close()
    }
  } catch (error) {
    throw new DeployError(
      'KNOWN_HOSTS_UNWRITABLE',
      {
        what: `cannot add the host key to ${file}`,
        where: file,
        evidence: error instanceof Error ? error.message : String(error),
        remedy: 'make the file writable, or add the key by hand',
      },
      { cause: error },
    )
  }
}
