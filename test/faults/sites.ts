import type { Guest } from '../../vagrant/guest.js'
import { folderWith } from '../helpers/small-site.js'

/** The secret of the notebook: it may be in one file of the host, and nowhere else. */
export const canary = 'canary-5f3e-never-to-be-seen'

const boardApp = `from flask import Flask

app = Flask(__name__)


@app.route('/')
def board():
    return 'The board.'
`

/** The other Flask site of the host: no case touches it. */
export const boardFlags = async (guest: Guest): Promise<Record<string, unknown>> => ({
  version: 1,
  host: guest.name,
  ssh: { 'config-file': guest.sshConfigFile },
  site: 'board',
  'server-name': 'board.test',
  code: { folder: await folderWith({ 'board.py': boardApp, 'requirements.txt': 'Flask==2.0.3\n' }) },
  wsgi: 'board:app',
  requirements: 'requirements.txt',
})

/**
 * Sites of the host that must answer whatever happens, and for how many milliseconds they may be away. mod_wsgi takes its
 * sockets away at each reload of Apache, whoever asks for it, and answers 503 until the new ones are there.
 */
export const neighbours = [
  { name: 'php.test', patience: 0 },
  { name: 'board.test', patience: 1000 },
] as const
