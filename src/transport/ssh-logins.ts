import { randomBytes } from 'node:crypto'
import { mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { z } from 'zod'
import type { SshHost } from './ssh-host.js'

const text = z.string().min(1).max(300)
const port = z.number().int().min(0).max(65_535)
/** `key`: its fingerprint, or `none` where the host let nobody in by a key. `alone`: it wanted nothing more than that. */
const login = z.strictObject({ host: text, port, user: text, key: text, alone: z.boolean() })

/** With which key somebody was let in last: a hint for the next time, and no more than that. */
type Login = z.output<typeof login>

const mostLogins = 10_000
const largest = 4 * 1024 * 1024
/** Each login is judged when it is asked for: a run needs few of the thousands that may be there. */
const file = z.strictObject({ version: z.literal(1), logins: z.array(z.unknown()).max(mostLogins) })

/** What cannot be read is as good as not there. */
const readLogins = (path: string): readonly unknown[] => {
  try {
    const found = statSync(path)
    if (!found.isFile() || found.size > largest) return []
    return file.parse(JSON.parse(readFileSync(path, 'utf8'))).logins
  } catch {
    return []
  }
}

const keyOf = ({ host, port: at, user }: Pick<Login, 'host' | 'port' | 'user'>): string =>
  JSON.stringify([host, at, user])

const isPlaced = (one: unknown): one is Pick<Login, 'host' | 'port' | 'user'> =>
  typeof one === 'object' && one !== null && 'host' in one && 'port' in one && 'user' in one

const byKey = (logins: readonly unknown[]): ReadonlyMap<string, unknown> =>
  new Map(logins.filter(isPlaced).map((one) => [keyOf(one), one]))

const quietly = (work: () => void): void => {
  try {
    work()
  } catch {
    // a file that cannot be written is none
  }
}

const writeLogins = (path: string, logins: readonly Login[]): void => {
  const folder = dirname(path)
  const temporary = join(folder, `.${basename(path)}.${randomBytes(6).toString('hex')}.tmp`)
  quietly(() => {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    writeFileSync(temporary, `${JSON.stringify(file.parse({ version: 1, logins }))}\n`, { mode: 0o600, flag: 'wx' })
    renameSync(temporary, path)
  })
  quietly(() => rmSync(temporary, { force: true }))
}

/** What one file says, read once: a fleet logs in to thousands of hosts. */
class Logins {
  readonly #known: ReadonlyMap<string, unknown>
  /** The newest last. */
  readonly #learned = new Map<string, Login>()

  constructor(private readonly path: string) {
    this.#known = byKey(readLogins(path))
  }

  find(key: string): Login | undefined {
    return this.#learned.get(key) ?? login.safeParse(this.#known.get(key)).data
  }

  learn(one: Login): void {
    const key = keyOf(one)
    const before = this.find(key)
    if (before?.key === one.key && before.alone === one.alone) return
    this.#learned.delete(key)
    this.#learned.set(key, one)
  }

  /** The newest stands first, the oldest goes. What others have written meanwhile stays. */
  write(): void {
    if (this.#learned.size === 0) return
    const others = readLogins(this.path).flatMap((one) => login.safeParse(one).data ?? [])
    const further = others.filter((one) => !this.#learned.has(keyOf(one)))
    writeLogins(this.path, [...[...this.#learned.values()].reverse(), ...further].slice(0, mostLogins))
  }
}

const files = new Map<string, Logins>()

const loginsIn = (path: string): Logins => {
  const found = files.get(path) ?? new Logins(path)
  if (files.size === 0) process.once('exit', writeLastKeys)
  files.set(path, found)
  return found
}

/** Writes what was learned, once for all hosts: when the process ends, or whoever wants it before. */
export const writeLastKeys = (): void => {
  for (const logins of files.values()) logins.write()
  files.clear()
  process.off('exit', writeLastKeys)
}

const placeOf = ({ config: { hostname: host, port: at, user } }: SshHost) => ({ host, port: at, user })

export type LastKey = Pick<Login, 'key' | 'alone'>

/** Undefined: nobody has logged in there yet, as far as is known. */
export const lastKeyFor = (path: string, host: SshHost): LastKey | undefined =>
  loginsIn(path).find(keyOf(placeOf(host)))

/** It is known to this process from now on, and to others when this one has ended. */
export const keepLastKey = (path: string, host: SshHost, { key, alone }: LastKey): void =>
  loginsIn(path).learn({ ...placeOf(host), key, alone })
