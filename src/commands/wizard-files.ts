import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { homeFolder, userFolder } from '../config/user-folders.js'
import { writeWhole } from '../config/whole-file.js'
import { DeployError } from '../errors.js'

type Env = Readonly<Record<string, string | undefined>>

const hasCode = (error: unknown, code: string): boolean =>
  error instanceof Error && 'code' in error && error.code === code

/** A secret that is there already is kept: cookies and tokens that were signed with it stay valid. */
export const makeSecret = async (env: Env, site: string, setting: string): Promise<string> => {
  const path = join(userFolder(env, 'XDG_CONFIG_HOME'), site, setting)
  await mkdir(dirname(path), { recursive: true, mode: 0o700 })
  try {
    await writeWhole(path, `${randomBytes(32).toString('hex')}\n`, { mode: 0o600, replace: false })
  } catch (error) {
    if (!hasCode(error, 'EEXIST')) throw error
  }
  const home = homeFolder(env)
  return path.startsWith(`${home}/`) ? `~${path.slice(home.length)}` : path
}

/** One that is there is replaced only by somebody who said so. */
export const writeFlagsFile = async (path: string, text: string, replace: boolean): Promise<void> => {
  try {
    await writeWhole(path, text, { mode: 0o644, replace })
  } catch (cause) {
    throw new DeployError(
      'OUTPUT_UNWRITABLE',
      {
        what: `the flags file cannot be written: ${cause instanceof Error ? cause.message : String(cause)}`,
        where: path,
        remedy: 'make room for it there, and run this again: the answers are kept',
      },
      { cause },
    )
  }
}

/** The JSON Schema that comes with this program, for editors of this computer. */
export const schemaUrl = (): string | undefined =>
  ['../flags-file.schema.json', '../../flags-file.schema.json', '../../dist/flags-file.schema.json']
    .map((path) => new URL(path, import.meta.url))
    .find((url) => existsSync(url))?.href
