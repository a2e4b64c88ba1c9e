import { readFileSync } from 'node:fs'
import { mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parse, stringify } from 'yaml'
import type { Guest } from '../../vagrant/guest.js'

export const examples = fileURLToPath(new URL('../../examples', import.meta.url))

/** The flags of examples/notes.yml, for a guest of the tests. */
export const notesFlags = (guest: Guest): Record<string, unknown> => ({
  ...(parse(readFileSync(join(examples, 'notes.yml'), 'utf8')) as Record<string, unknown>),
  host: guest.name,
  ssh: { 'config-file': guest.sshConfigFile },
  code: { folder: join(examples, 'notes') },
})

/** Writes a flags file into a folder of its own; answers its path. */
export const writeFlags = async (flags: Readonly<Record<string, unknown>>): Promise<string> => {
  const file = join(await mkdtemp(join(tmpdir(), 'deploy-flask-test-')), 'deploy-flask.yml')
  await writeFile(file, stringify(flags))
  return file
}
