import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { execa } from 'execa'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createGuest, type Guest } from '../../vagrant/guest.js'
import { Browser } from '../helpers/browser.js'
import { deployFlask, type CliResult } from '../helpers/cli.js'
import { output, processesOf, whileWatching } from '../helpers/eyes.js'
import { notesFlags, writeFlags } from '../helpers/flags.js'
import { ask } from '../helpers/http.js'
import { planOf, stepsIn } from '../helpers/plan.js'
import { differences, snapshot } from '../helpers/snapshot.js'

/** The steps of a first deployment that have something to do, or wait for one that has. */
const doing = {
  change: [
    'site.before',
    'apt.packages',
    'python.mod-wsgi',
    'apache.modules',
    'site.account',
    'site.folders',
    'site.release',
    'python.venv',
    'python.requirements',
    'site.settings',
    'site.current',
    'site.init',
    'site.wsgi-script',
    'apache.vhost',
    'apache.enabled-site',
    'site.manifest',
    'site.history',
  ],
  unknown: ['apache.wsgi-load'],
  ok: ['host.fit', 'apache.port', 'apt.distribution-module', 'site.sqlite', 'apache.listen', 'site.leftovers'],
}

const secret = 'canary-5f0c93d1e7'
const secrets = { NOTES_SECRET_KEY: secret }

let guest: Guest
let flags: string

beforeAll(async () => {
  guest = await createGuest('pristine', 'a-first')
  flags = await writeFlags(notesFlags(guest))
})
afterAll(() => guest.destroy())

describe('the plan for a pristine host', () => {
  it('names every step of the playbook, and what cannot be known yet', async () => {
    const plan = await planOf(flags)
    expect(stepsIn(plan, 'change')).toEqual(doing.change)
    expect(stepsIn(plan, 'unknown')).toEqual(doing.unknown)
    expect(stepsIn(plan, 'ok')).toEqual(doing.ok)
    const { stdout } = await deployFlask(['plan', '-f', flags])
    for (const step of Object.values(doing).flat()) expect(stdout).toContain(` ${step}  `)
    expect(stdout).toContain('unknown until python.mod-wsgi')
  })

  it('changes no file of the host, and says with exit code 3 that there are differences', async () => {
    const before = await snapshot(guest)
    await output(guest, 'touch /run/before; sleep 0.1')
    expect((await deployFlask(['plan', '-f', flags, '--exit-code'])).exitCode).toBe(3)
    expect((await deployFlask(['apply', '-f', flags, '--dry-run'])).exitCode).toBe(0)
    expect(differences(before, await snapshot(guest))).toEqual([])
    // logs and records of the login, as any ssh leaves them
    const login = '^/(var/log|run|tmp|home/vagrant/\\.cache|var/lib/sudo)(/|$)'
    const changed = await output(guest, `find / -xdev -newercm /run/before | grep -vE '${login}' || :`)
    expect(changed).toBe('')
  })
})

describe('a pristine host after apply', () => {
  let applied: CliResult
  let seen: string
  let log: string

  beforeAll(async () => {
    log = join(flags, '../run.log')
    // nothing else than what was approved may be needed on the way: with --yes nobody would notice
    const saved = join(flags, '../first.plan')
    expect((await deployFlask(['plan', '-f', flags, '--out', saved])).exitCode).toBe(0)
    const run = ['apply', saved, '--verbose', '--log', log]
    const watched = await whileWatching(guest, secret, () => deployFlask(run, secrets))
    applied = watched.result
    seen = watched.seen
  })

  it('is deployed, and the result names URL, process group, user and Python', () => {
    expect(applied.exitCode, applied.stderr).toBe(0)
    for (const told of ['http://notes.test/', 'flask-notes', '/srv/notes/venvs/']) {
      expect(applied.stdout).toContain(told)
    }
  })

  it('lets a visitor register, log in and keep a note in SQLite', async () => {
    expect(JSON.parse((await ask(guest, '/health')).body)).toEqual({ database: 'ok', notes: 0 })
    const visitor = new Browser(guest)
    const registered = await visitor.submit('/register', { name: 'Ångström', password: 'correct horse' })
    expect(registered.body).toContain('Log out Ångström')
    expect((await visitor.submit('/new', { title: 'Überschrift', body: '日本' })).body).toContain('Überschrift')
    await visitor.submit('/logout', {}, '/')
    const wrong = await visitor.submit('/login', { name: 'Ångström', password: 'wrong horse' })
    expect(wrong.body).toContain('is wrong')
    const right = await visitor.submit('/login', { name: 'Ångström', password: 'correct horse' })
    expect(right.body).toContain('日本')
    expect(JSON.parse((await ask(guest, '/health')).body)).toEqual({ database: 'ok', notes: 1 })
  })

  it('lists and serves a file whose name is not ASCII', async () => {
    expect((await ask(guest, '/files')).body).toContain('größe-日本.txt')
    const file = await ask(guest, `/static/${encodeURIComponent('größe-日本.txt')}`)
    expect(file.status).toBe(200)
  })

  it('serves static files by Apache itself: also while the application stands still', async () => {
    await output(guest, 'pkill -STOP -u flask-notes')
    const file = await ask(guest, '/static/notes.css').finally(() => guest.run('pkill -CONT -u flask-notes'))
    expect(file).toMatchObject({ status: 200 })
    expect(file.headers.server).toContain('Apache')
    expect(file.headers.etag).toMatch(/^"[0-9a-f]+-[0-9a-f]+"$/)
    expect(await ask(guest, '/health')).toMatchObject({ status: 200 })
  })

  it('has the site in its list, and the daemon under an account of its own', async () => {
    expect(await output(guest, 'apache2ctl -S 2>/dev/null')).toMatch(
      / notes\.test \(\/etc\/apache2\/sites-enabled\/notes\.conf:/,
    )
    const { children, daemons } = await processesOf(guest)
    expect(daemons.map(({ user }) => user)).toEqual(['flask-notes'])
    expect(children.map(({ pid }) => pid)).toContain(daemons[0]?.parent)
  })

  it('loads exactly the module that mod_wsgi-express names', async () => {
    const [file, told] = await Promise.all([
      output(guest, 'cat /etc/apache2/mods-available/wsgi.load'),
      output(guest, 'mod_wsgi-express module-config'),
    ])
    expect(file).toBe(told)
  })

  it('has an environment with the last tools for its Python, and nothing of those that came with the host', async () => {
    const listed = await output(guest, '/srv/notes/venvs/*/bin/pip freeze --all')
    const tools = listed.split('\n').filter((line) => /^(pip|pkg[-_]resources|setuptools|wheel)==/.test(line))
    expect(tools).toEqual(['pip==21.3.1', 'setuptools==59.6.0', 'wheel==0.37.1'])
    const records = await output(guest, 'ls -d /srv/notes/venvs/*/lib/python3.6/site-packages/pip-*-info')
    expect(records.trim().split('\n')).toEqual([expect.stringMatching(/\/pip-21\.3\.1\.dist-info$/)])
  })

  it('keeps the settings from everybody but root and the application', async () => {
    const file = '/etc/deploy-flask/notes/settings.json'
    expect(await output(guest, `stat -c '%a %U:%G' ${file}`)).toBe('640 root:flask-notes\n')
    for (const user of ['www-data', 'nobody', 'vagrant']) {
      expect((await guest.run(`runuser -u ${user} -- cat ${file}`)).exitCode).not.toBe(0)
    }
    expect(await output(guest, `runuser -u flask-notes -- cat ${file}`)).toContain(secret)
  })

  it('lets the application write its data and nothing else', async () => {
    const places = '/srv /etc /usr/local /var/lib /var/www'
    const writable = await output(
      guest,
      `runuser -u flask-notes -- find ${places} -writable -not -type l 2>/dev/null || :`,
    )
    expect(writable.trim().split('\n').sort()).toEqual(['/srv/notes/data', '/srv/notes/data/notes.db'])
    expect(await output(guest, 'stat -c %U:%G /srv/notes/data /srv/notes/data/notes.db')).toBe(
      'flask-notes:flask-notes\n'.repeat(2),
    )
  })

  it('shows a secret in no process, no output and no file but the settings', async () => {
    expect(seen).toBe('')
    expect(await readFile(log, 'utf8')).toContain('site.settings')
    expect(applied.stdout + applied.stderr + (await readFile(log, 'utf8'))).not.toContain(secret)
    expect((await stat(log)).mode & 0o077).toBe(0)
    const plan = await deployFlask(['plan', '-f', flags, '--json', '--verbose'], { NOTES_SECRET_KEY: `${secret}-new` })
    expect(plan.stdout).toContain('values not shown')
    expect(plan.stdout + plan.stderr).not.toContain(secret)
    const places = ['etc', 'srv', 'var', 'tmp', 'run', 'home', 'root', 'opt', 'usr/local'].map((name) =>
      join(guest.rootfs, name),
    )
    const found = await execa('grep', ['-rlF', '--devices=skip', secret, ...places], { reject: false })
    expect(found.stdout.split('\n')).toEqual([join(guest.rootfs, 'etc/deploy-flask/notes/settings.json')])
    expect(await output(guest, 'journalctl --no-pager')).not.toContain(secret)
  })

  it('has no unfinished file and nothing that was kept for an undo', async () => {
    const left =
      "find / -xdev ( -name '.deploy-flask.*' -o -name '.new.*' -o -name '*.new.[0-9]*' -o -path /var/lib/deploy-flask/undo )"
    expect(await output(guest, left.replaceAll(/[()]/g, '\\$&'))).toBe('')
  })
})
