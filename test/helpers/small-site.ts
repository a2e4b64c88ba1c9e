import { mkdir, mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { Guest } from '../../vagrant/guest.js'

/** A folder of its own with these files; answers its path. */
export const folderWith = async (files: Readonly<Record<string, string>>): Promise<string> => {
  const folder = await mkdtemp(join(tmpdir(), 'deploy-flask-test-'))
  for (const [name, content] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true })
    await writeFile(join(folder, name), content)
  }
  return folder
}

/** A WSGI application without any requirement: it is deployed in seconds. `body` is what one request does. */
export const smallApp = (body = "start_response('200 OK', [('Content-Type', 'text/plain')])\n    return [b'small']") =>
  folderWith({ 'small.py': `def application(environ, start_response):\n    ${body}\n` })

/** Flags for such an application. */
export const smallFlags = (guest: Guest, folder: string): Record<string, unknown> => ({
  version: 1,
  host: guest.name,
  ssh: { 'config-file': guest.sshConfigFile },
  site: 'small',
  'server-name': 'small.test',
  code: { folder },
  wsgi: 'small:application',
})
