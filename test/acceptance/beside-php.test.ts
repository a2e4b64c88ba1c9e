import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createGuest, type Guest } from '../../vagrant/guest.js'
import { deployFlask, type CliResult, nothingToDo } from '../helpers/cli.js'
import { notesFlags, writeFlags } from '../helpers/flags.js'
import { ask, type Page } from '../helpers/http.js'
import { folderWith } from '../helpers/small-site.js'
import { below, leftovers, pathsOf, snapshot, type Snapshot } from '../helpers/snapshot.js'
import { startVisitor, type Visits } from '../helpers/visitor.js'

const boardApp = `from flask import Flask

app = Flask(__name__)


@app.route('/')
def board():
    return 'The board, beside the notes.'
`

const boardFlags = async (guest: Guest): Promise<Record<string, unknown>> => ({
  version: 1,
  host: guest.name,
  ssh: { 'config-file': guest.sshConfigFile },
  site: 'board',
  'server-name': 'board.test',
  code: { folder: await folderWith({ 'board.py': boardApp, 'requirements.txt': 'Flask==2.0.3\n' }) },
  wsgi: 'board:app',
  requirements: 'requirements.txt',
  user: 'www-data',
})

/** As `apache2ctl -S` lists them; it lists its mutexes in another order each time. */
const listedSites = async (guest: Guest): Promise<string[]> => {
  const lines = (await guest.run('apache2ctl -S')).stdout.split('\n')
  const isMutex = (line: string): boolean => line.startsWith('Mutex ')
  return [...lines.filter((line) => !isMutex(line)), ...lines.filter(isMutex).sort()]
}

const pools = async (guest: Guest): Promise<string[]> => {
  const { stdout } = await guest.run("ps -eo user:20,args | grep -o '^[a-z-]* *(wsgi:[a-z]*)' | sort")
  return stdout.trim().split('\n')
}

describe('beside a PHP site', () => {
  let guest: Guest
  let php: Page
  let mpm: string
  let sites: string[]
  let before: Snapshot
  let applied: CliResult
  let probed: Visits
  let notes: string

  beforeAll(async () => {
    guest = await createGuest('php', 'b-php')
    php = await ask(guest, '/', { name: 'php.test' })
    mpm = (await guest.run('apache2ctl -V | grep MPM')).stdout
    sites = await listedSites(guest)
    before = await snapshot(guest)
    notes = await writeFlags(notesFlags(guest))
    const visitor = startVisitor(guest, 'php.test', php)
    applied = await deployFlask(['apply', '-f', notes, '--yes'])
    probed = await visitor.stop()
  })
  afterAll(() => guest.destroy())

  it('a whole first deployment loses none of ten requests a second to the PHP page', async () => {
    expect(applied.exitCode, applied.stderr).toBe(0)
    expect(await ask(guest, '/health')).toMatchObject({ status: 200 })
    expect(php).toMatchObject({
      status: 200,
      body: expect.stringContaining('This is the PHP site, served by PHP 7.2') as string,
    })
    expect(probed.failures).toEqual([])
    expect(probed.asked).toBeGreaterThan(100)
  })

  it('Apache keeps its MPM, and its configuration gains our four files and nothing else', async () => {
    expect((await guest.run('apache2ctl -V | grep MPM')).stdout).toBe(mpm)
    expect(mpm).toContain('prefork')
    const now = below('/etc/apache2', await snapshot(guest))
    expect(pathsOf(leftovers(below('/etc/apache2', before), now))).toEqual([
      '/etc/apache2/mods-available/wsgi.load',
      '/etc/apache2/mods-enabled/wsgi.load',
      '/etc/apache2/sites-available/notes.conf',
      '/etc/apache2/sites-enabled/notes.conf',
    ])
  })

  it('apache2ctl -S lists the sites of before, in their order, and ours', async () => {
    const now = await listedSites(guest)
    const ours = now.filter((line) => line.includes('/notes.conf:'))
    expect(ours).toEqual(['         port 80 namevhost notes.test (/etc/apache2/sites-enabled/notes.conf:3)'])
    expect(now.filter((line) => !ours.includes(line))).toEqual(sites)
  })

  describe('and a second Flask site', () => {
    let board: string
    let second: CliResult
    let first: Snapshot
    let visits: Visits

    beforeAll(async () => {
      board = await writeFlags(await boardFlags(guest))
      first = await snapshot(guest)
      const visitor = startVisitor(guest, 'php.test', php)
      second = await deployFlask(['apply', '-f', board, '--yes'])
      visits = await visitor.stop()
    })

    it('both answer under their own names, and the PHP page was there all the time', async () => {
      expect(second.exitCode, second.stderr).toBe(0)
      expect(await ask(guest, '/', { name: 'board.test' })).toMatchObject({
        status: 200,
        body: 'The board, beside the notes.',
      })
      expect(await ask(guest, '/health')).toMatchObject({ status: 200 })
      expect(visits.failures).toEqual([])
    })

    it('each has a pool of its own, under the account that its flags file names', async () => {
      const users = (await pools(guest)).map((line) => line.replace(/ +/, ' '))
      expect(users).toEqual(['flask-notes (wsgi:notes)', 'www-data (wsgi:board)'])
    })

    it('no file of the first site or of Apache was touched, and the new ones are all named after the second', async () => {
      const touched = pathsOf(leftovers(first, await snapshot(guest)))
      expect(touched.filter((path) => !/\/board(\.conf)?(\/|$)/.test(path))).toEqual([])
      expect(touched.filter((path) => path.startsWith('/etc/'))).toEqual([
        '/etc/apache2/sites-available/board.conf',
        '/etc/apache2/sites-enabled/board.conf',
        '/etc/deploy-flask/board',
        '/etc/deploy-flask/board/settings.json',
      ])
    })

    it('there is nothing to do afterwards, for either of them', async () => {
      for (const flags of [notes, board]) {
        const again = await deployFlask(['apply', '-f', flags, '--yes'])
        expect(again.stdout, again.stderr).toMatch(nothingToDo)
        expect(again.exitCode).toBe(0)
      }
    })
  })
})
