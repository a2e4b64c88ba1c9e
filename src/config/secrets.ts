import { constants } from 'node:fs'
import { open } from 'node:fs/promises'
import { resolve } from 'node:path'
import { Secret } from '../core/secret.js'
import { DeployError } from '../errors.js'
import { counted, printable } from './mistake.js'
import type { SecretReference } from './schema.js'
import { homeFolder } from './user-folders.js'

/** What a reference is resolved against. */
export interface Nearby {
  /** The folder of the flags file. */
  readonly directory: string
  readonly env: Readonly<Record<string, string | undefined>>
}

const maxBytes = 1_000_000

/** `~/` is the only shell syntax that people expect in a path that they write into a file. */
export const localPath = (path: string, { directory, env }: Nearby): string =>
  path.startsWith('~/') ? resolve(homeFolder(env), path.slice(2)) : resolve(directory, path)

/** The secret, or in words what is missing; the words never hold any part of it. */
const look = async (reference: SecretReference, nearby: Nearby): Promise<Secret | string> => {
  if ('env' in reference) {
    const value = nearby.env[reference.env]
    if (value === undefined) return `the environment variable ${reference.env} is not set`
    return judged(value, `the environment variable ${reference.env}`)
  }
  const file = localPath(reference.file, nearby)
  const name = `the file ${printable(file, 4096)}`
  try {
    // a FIFO without a writer would keep us waiting
    const handle = await open(file, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0))
    try {
      const stat = await handle.stat()
      if (!stat.isFile()) return `${name} is not a regular file`
      if (stat.size > maxBytes) return `${name} is larger than 1 MB`
      const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(await handle.readFile())
      return judged(text.replace(/\r?\n$/, ''), name)
    } finally {
      await handle.close()
    }
  } catch (cause) {
    if (cause instanceof TypeError) return `${name} is not UTF-8 text`
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown error'
    return code === 'ENOENT' ? `${name} does not exist` : `${name} cannot be read (${code})`
  }
}

const judged = (value: string, name: string): Secret | string => {
  if (value === '') return `${name} is empty`
  return value.includes('\0') ? `${name} holds a NUL character` : new Secret(value)
}

/** Field -> secret, of all references; everything that is missing is told at once. */
export const resolveSecrets = async (
  references: Readonly<Record<string, SecretReference>>,
  nearby: Nearby,
): Promise<ReadonlyMap<string, Secret>> => {
  const found = new Map<string, Secret>()
  const missing: string[] = []
  for (const [field, reference] of Object.entries(references)) {
    const secret = await look(reference, nearby)
    if (secret instanceof Secret) found.set(field, secret)
    else missing.push(`${field}: ${secret}`)
  }
  if (missing.length === 0) return found
  throw new DeployError('SECRET_MISSING', {
    what: `${counted(missing.length, 'secret')} cannot be found`,
    evidence: missing.join('\n'),
    remedy: 'set the variables or write the files named above (one line, nothing else in it), then run it again',
  })
}

/** For those who only want to see what refers to them: something in the place of each, and nothing is looked up. */
export const placeholders = (references: Readonly<Record<string, SecretReference>>): ReadonlyMap<string, Secret> =>
  new Map(Object.keys(references).map((field) => [field, new Secret('')]))

export const resolveSecret = async (reference: SecretReference, nearby: Nearby): Promise<Secret> => {
  const field = 'secret'
  const secret = (await resolveSecrets({ [field]: reference }, nearby)).get(field)
  if (secret === undefined) throw new Error('a secret was neither found nor missing')
  return secret
}
