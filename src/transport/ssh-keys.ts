import { createHash } from 'node:crypto'
import { readFile, stat } from 'node:fs/promises'
import type { ParsedKey } from 'ssh2'
import { DeployError } from '../errors.js'
import type { Ssh2 } from './ssh-library.js'

/** A key file on this computer. `key` is undefined while it is locked by a passphrase. */
export interface KeyFile {
  readonly path: string
  readonly pem: string
  readonly key: ParsedKey | undefined
  /** The public half, where it can be known without the passphrase. */
  readonly public: Buffer | undefined
}

/** Why a file that is there cannot be used. */
export interface BadKeyFile {
  readonly path: string
  readonly why: string
}

const locked = /passphrase/i
const largest = 1024 * 1024

const publicHalf = async (ssh2: Ssh2, path: string): Promise<Buffer | undefined> => {
  const text = await readFile(`${path}.pub`, 'utf8').catch(() => undefined)
  const key = text === undefined ? undefined : ssh2.utils.parseKey(text)
  return key === undefined || key instanceof Error ? undefined : key.getPublicSSH()
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

/** undefined where there is no such file: ssh names every default key, whether it is there or not. */
export const loadKeyFile = async (ssh2: Ssh2, path: string): Promise<KeyFile | BadKeyFile | undefined> => {
  let pem: string
  try {
    const found = await stat(path)
    if (!found.isFile() || found.size > largest) return { path, why: 'it is not a key file' }
    pem = await readFile(path, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    return { path, why: messageOf(error) }
  }
  const key = ssh2.utils.parseKey(pem)
  if (key instanceof Error) {
    if (locked.test(key.message)) return { path, pem, key: undefined, public: await publicHalf(ssh2, path) }
    return { path, why: key.message }
  }
  if (!key.isPrivateKey()) {
    return { path, why: 'it holds a public key only; the private one usually has the same name without .pub' }
  }
  return { path, pem, key, public: key.getPublicSSH() }
}

/** By the hash of file and passphrase: unlocking is made slow on purpose, and a fleet does it once a host. */
const unlocked = new Map<string, ParsedKey>()

/** An error as the reason: another passphrase may do. A key that ssh2 cannot read is told from that. */
export const unlock = (ssh2: Ssh2, { pem }: KeyFile, passphrase: string): ParsedKey | Error => {
  const id = createHash('sha256')
    .update(JSON.stringify([pem, passphrase]))
    .digest('hex')
  const known = unlocked.get(id)
  if (known !== undefined) return known
  try {
    const key = ssh2.utils.parseKey(pem, passphrase)
    if (!(key instanceof Error)) unlocked.set(id, key)
    return key
  } catch (error) {
    return new Error(messageOf(error))
  }
}

export const keyUnreadable = ({ path, why }: BadKeyFile): DeployError =>
  new DeployError('KEY_UNREADABLE', {
    what: `cannot use the key file ${path}`,
    where: path,
    evidence: why,
    remedy:
      'name the private key, readable by you, in the format of ssh-keygen; or load it into ssh-agent with ssh-add',
  })
