import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { link, mkdir, open, rename, rm, writeFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import { DeployError } from '../errors.js'

type Env = Readonly<Record<string, string | undefined>>

const hasCode = (error: unknown, code: string): boolean =>
  error instanceof Error && 'code' in error && error.code === code

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

/** XDG Base Directory Specification. */
const configFolder = (env: Env): string => {
  const given = env['XDG_CONFIG_HOME']
  return given?.startsWith('/') === true ? given : join(env['HOME'] ?? homedir(), '.config')
}

/** A secret that is there already is kept: cookies and tokens that were signed with it stay valid. */
export const makeSecret = async (env: Env, site: string, setting: string): Promise<string> => {
  const path = join(configFolder(env), 'deploy-flask', site, setting)
  await mkdir(dirname(path), { recursive: true, mode: 0o700 })
  try {
    await writeFile(path, `${randomBytes(32).toString('hex')}\n`, { mode: 0o600, flag: 'wx' })
  } catch (error) {
    if (!hasCode(error, 'EEXIST')) throw error
  }
  const home = env['HOME'] ?? homedir()
  return path.startsWith(`${home}/`) ? `~${path.slice(home.length)}` : path
}

/** The flags file, whole or not at all; one that is there is replaced only by somebody who said so. */
export const writeFlagsFile = async (path: string, text: string, replace: boolean): Promise<void> => {
  const temporary = `${path}.${process.pid}.tmp`
  try {
    const handle = await open(temporary, 'wx', 0o644)
    try {
      await handle.writeFile(text)
      await handle.sync()
    } finally {
      await handle.close()
    }
    if (replace) await rename(temporary, path)
    // unlike rename(2) this fails where something came to be in the meantime
    else await link(temporary, path)
  } catch (cause) {
    throw new DeployError(
      'OUTPUT_UNWRITABLE',
      {
        what: `the flags file cannot be written: ${reasonOf(cause)}`,
        where: path,
        remedy: 'make room for it there, and run this again: the answers are kept',
      },
      { cause },
    )
  } finally {
    await rm(temporary, { force: true })
  }
}

/** The JSON Schema that comes with this program, for editors of this computer. */
export const schemaUrl = (): string | undefined =>
  ['../flags-file.schema.json', '../../flags-file.schema.json', '../../dist/flags-file.schema.json']
    .map((path) => new URL(path, import.meta.url))
    .find((url) => existsSync(url))?.href
