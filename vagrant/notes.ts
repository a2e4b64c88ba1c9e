import { randomBytes } from 'node:crypto'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { isMap, parseDocument } from 'yaml'
import { vagrantFolder } from './cache.js'

export const examplesFolder = join(dirname(vagrantFolder), 'examples')
/** Of examples/notes.yml. */
export const serverName = 'notes.test'
export const commandLine = join(dirname(vagrantFolder), 'src/bin/deploy-flask.cjs')

export interface NotesHost {
  readonly host: string
  readonly sshConfigFile?: string
  /** A copy of examples/notes, where it is to be changed. */
  readonly codeFolder?: string
}

/**
 * Writes examples/notes.yml, comments and all, for a host of ours into a folder, with a secret of its own beside it.
 * Written once: a second run must not want another secret. Answers its path.
 */
export async function writeNotesFlags(folder: string, { host, sshConfigFile, codeFolder }: NotesHost): Promise<string> {
  const file = join(folder, 'notes.yml')
  const secret = join(folder, 'secret-key')
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const flags = parseDocument(await readFile(join(examplesFolder, 'notes.yml'), 'utf8'))
  if (!isMap(flags.contents)) throw new Error('examples/notes.yml is not a map')
  flags.set('host', host)
  if (sshConfigFile !== undefined) flags.set('ssh', { 'config-file': sshConfigFile })
  flags.setIn(['code', 'folder'], codeFolder ?? join(examplesFolder, 'notes'))
  flags.setIn(['settings', 'SECRET_KEY'], { file: secret })
  await writeFile(secret, randomBytes(32).toString('hex') + '\n', { mode: 0o600, flag: 'wx' }).catch(ifThere)
  await writeFile(file, flags.toString({ lineWidth: 0 }))
  return file
}

function ifThere(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EEXIST') throw error
}
