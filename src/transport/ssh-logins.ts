import { randomBytes } from 'node:crypto'
import { mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { z } from 'zod'
import type { SshHost } from './ssh-host.js'

const text = z.string().min(1).max(300)
const port = z.number().int().min(0).max(65_535)
/** `key`: its fingerprint, or `none` where the host let nobody in by a key. `alone`: it wanted nothing more than that. */
const login = z.strictObject({ host: text, port, user: text, key: text, alone: z.boolean() })

/** With which key somebody was let in last: a hint for the next time, and no more than that. */
type Login = z.output<typeof login>

const mostLogins = 200
const largest = 512 * 1024
const file = z.strictObject({ version: z.literal(1), logins: z.array(login).max(mostLogins) })

/** What cannot be read is as good as not there. */
const readLogins = async (path: string): Promise<readonly Login[]> => {
  try {
    const found = await stat(path)
    if (!found.isFile() || found.size > largest) return []
    return file.parse(JSON.parse(await readFile(path, 'utf8'))).logins
  } catch {
    return []
  }
}

const isOf =
  ({ config }: SshHost) =>
  ({ host, port: at, user }: Login): boolean =>
    host === config.hostname && at === config.port && user === config.user

export type LastKey = Pick<Login, 'key' | 'alone'>

/** Undefined: nobody has logged in there yet, as far as is known. */
export const lastKeyFor = async (path: string, host: SshHost): Promise<LastKey | undefined> =>
  (await readLogins(path)).find(isOf(host))

/** The newest stands first, the oldest goes. A file that cannot be written is none. */
export const keepLastKey = async (path: string, host: SshHost, { key, alone }: LastKey): Promise<void> => {
  const isOfHost = isOf(host)
  const known = await readLogins(path)
  const before = known.find(isOfHost)
  if (before?.key === key && before.alone === alone) return
  const others = known.filter((one) => !isOfHost(one))
  const { hostname, port: at, user } = host.config
  const logins = [{ host: hostname, port: at, user, key, alone }, ...others].slice(0, mostLogins)
  const folder = dirname(path)
  const temporary = join(folder, `.${basename(path)}.${randomBytes(6).toString('hex')}.tmp`)
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 })
    await writeFile(temporary, `${JSON.stringify(file.parse({ version: 1, logins }))}\n`, { mode: 0o600, flag: 'wx' })
    await rename(temporary, path)
  } catch {
    await rm(temporary, { force: true }).catch(() => undefined)
  }
}
