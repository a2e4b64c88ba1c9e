import { mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { stringify } from 'yaml'
import type { Guest } from '../../vagrant/guest.js'

export const examples = fileURLToPath(new URL('../../examples', import.meta.url))

/** The flags of examples/notes.yml, for a guest of the tests. */
export const notesFlags = (guest: Guest): Record<string, unknown> => ({
  version: 1,
  host: guest.name,
  ssh: { 'config-file': guest.sshConfigFile },
  site: 'notes',
  'server-name': 'notes.test',
  code: { folder: join(examples, 'notes') },
  wsgi: 'notes:create_app()',
  requirements: 'requirements.txt',
  settings: {
    SECRET_KEY: { env: 'NOTES_SECRET_KEY' },
    NOTES_DATABASE: '/srv/notes/data/notes.db',
    NOTES_TITLE: 'Field notes',
  },
  sqlite: ['notes.db'],
  init: 'flask init-db',
  static: { '/static/': 'notes/static' },
  check: { path: '/health', statuses: [200] },
})

/** Writes a flags file into a folder of its own; answers its path. */
export const writeFlags = async (flags: Readonly<Record<string, unknown>>): Promise<string> => {
  const file = join(await mkdtemp(join(tmpdir(), 'deploy-flask-test-')), 'deploy-flask.yml')
  await writeFile(file, stringify(flags))
  return file
}
