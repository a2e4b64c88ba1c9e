import { readFileSync } from 'node:fs'
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { createGuest, type Guest } from '../../vagrant/guest.js'
import { deployFlask, nothingToDo } from '../helpers/cli.js'
import { ask } from '../helpers/http.js'
import { differences, snapshot, type Snapshot } from '../helpers/snapshot.js'
import { startVisitor } from '../helpers/visitor.js'

/**
 * The commands of the usual note, as they are printed but for its mistakes: sites-available, and no blank before the
 * import. Its editor is `cat`, its `pyvenv` the `python3 -m venv` that it stands for.
 */
const NOTE = `set -e
export DEBIAN_FRONTEND=noninteractive
apt-get -qq update
apt install -y apache2
apt install -y apache2-dev
apt install -y python3-pip
sudo -H pip3 install mod_wsgi
mod_wsgi-express module-config >/etc/apache2/mods-available/wsgi.load
sudo a2enmod wsgi
systemctl restart apache2
apt install -y python3-venv
mkdir -p /path/to/the/application /path/to/yourapplication /path/to/your/database
python3 -m venv /path/to/env/
/path/to/env/bin/pip install Flask==2.0.3
cat >/path/to/the/application/yourapplication.py <<'PY'
import sqlite3, sys
from flask import Flask
app = Flask(__name__)
@app.route('/')
def index():
    return 'served from %s' % sys.prefix
@app.route('/add')
def add():
    with sqlite3.connect('/path/to/your/database/database') as database:
        database.execute('insert into visits values (1)')
    return 'added'
PY
python3 -c 'import sqlite3; sqlite3.connect("/path/to/your/database/database").execute("create table visits (n)")'
cat >/path/to/yourapplication/yourapplication.wsgi <<'PY'
import sys
sys.path.insert(0, '/path/to/the/application')
from yourapplication import app as application
PY
cat >/etc/apache2/sites-available/yoursite.conf <<'CONF'
<VirtualHost *:80>
    ServerName example.com
    # python-home指定python虚拟目录的位置
    WSGIDaemonProcess yourapplication python-home=/path/to/env/
    WSGIScriptAlias / /path/to/yourapplication/yourapplication.wsgi
        <Directory /path/to/yourapplication>
        WSGIProcessGroup yourapplication
        WSGIApplicationGroup %{GLOBAL}
        Require all granted
    </Directory>
</VirtualHost>
CONF
sudo a2ensite yoursite
systemctl reload apache2
sudo chown www-data /path/to/your/database/
sudo chown www-data /path/to/your/database/database
`

/**
 * What the site consists of, and what Apache has loaded: each reload is counted in the name of mod_wsgi's socket. Its other
 * processes it ends and starts of its own accord.
 */
const LIVE = `find /path/to /etc/apache2 -type f -exec stat -c '%n %U:%G %a %s %Y' {} + | grep -v __pycache__ | sort
ls -l --time-style=full-iso /etc/apache2/*-enabled
cat /run/apache2/apache2.pid; ls /run/apache2`

/** The files of the site as they are, whenever they were written. */
const FILES = `find /path/to /etc/apache2/sites-available -type f -exec stat -c '%n %U:%G %a' {} + -exec sha256sum {} + | grep -v __pycache__ | sort`

interface PlanDocument {
  readonly phases: readonly {
    readonly steps: readonly { readonly changes?: readonly { readonly kind: string; readonly subject: string }[] }[]
  }[]
}

describe('a site that somebody has made by hand, by the usual note', () => {
  let guest: Guest
  let flags: string
  let before: Snapshot
  let live: string
  let files: string

  const changes = async (): Promise<readonly string[]> => {
    const { exitCode, stdout, stderr } = await deployFlask(['plan', '-f', flags, '--json'])
    expect(exitCode, stderr).toBe(0)
    const { phases } = JSON.parse(stdout) as PlanDocument
    return phases.flatMap(({ steps }) =>
      steps.flatMap(({ changes: all = [] }) => all.map(({ kind, subject }) => `${kind} ${subject}`)),
    )
  }
  const page = () => ask(guest, '/', { name: 'example.com' })

  beforeAll(async () => {
    guest = await createGuest('pristine', 'adopt')
    const { exitCode, stderr } = await guest.run(NOTE)
    if (exitCode !== 0) throw new Error(stderr)
    expect(await ask(guest, '/add', { name: 'example.com' })).toMatchObject({ status: 200, body: 'added' })
    expect(await page()).toMatchObject({ status: 200, body: 'served from /path/to/env' })
    flags = join(await mkdtemp(join(tmpdir(), 'deploy-flask-test-')), 'deploy-flask.yml')
    before = await snapshot(guest)
    live = (await guest.run(LIVE)).stdout
    files = (await guest.run(FILES)).stdout
  })
  afterAll(() => guest.destroy())

  it('is read into a flags file, and nothing is changed by that', async () => {
    const adopted = await deployFlask(['adopt', guest.name, '--ssh-config', guest.sshConfigFile, '-f', flags])
    expect(adopted.exitCode, adopted.stderr).toBe(0)
    expect(adopted.stdout).toContain('There is nothing in it that was not understood.')
    expect(adopted.stdout).toMatch(/^next: deploy-flask plan -f \S+$/m)
    expect(parse(readFileSync(flags, 'utf8'))).toMatchObject({
      site: 'yoursite',
      'server-name': 'example.com',
      profile: 'seed',
      code: { path: '/path/to/the/application' },
      venv: '/path/to/env',
      wsgi: 'yourapplication:app',
      daemon: { name: 'yourapplication' },
      sqlite: ['/path/to/your/database/database'],
    })
    expect(differences(before, await snapshot(guest))).toEqual([])
  })

  it('is never written over without being asked', async () => {
    const text = readFileSync(flags, 'utf8')
    const again = await deployFlask(['adopt', guest.name, '--ssh-config', guest.sshConfigFile, '-f', flags])
    expect([again.exitCode, again.stderr]).toEqual([2, expect.stringContaining('OUTPUT_UNWRITABLE')])
    expect(readFileSync(flags, 'utf8')).toBe(text)
  })

  it('needs nothing but the notes of this program', async () => {
    expect(await changes()).toEqual([
      'create folder /var/lib/deploy-flask',
      'create folder /var/lib/deploy-flask/yoursite',
      'create file /var/lib/deploy-flask/host.json',
      'create file /var/lib/deploy-flask/yoursite/before.json',
      'create folder /etc/deploy-flask',
      'create folder /etc/deploy-flask/yoursite',
      'create file /etc/deploy-flask/yoursite/settings.json',
      'create file /var/lib/deploy-flask/yoursite/manifest.json',
      'run history /var/lib/deploy-flask/yoursite/history',
    ])
  })

  it('goes on as it is when these are made, without a reload, and is then like every other site', async () => {
    const visitor = startVisitor(guest, 'example.com', await page())
    const applied = await deployFlask(['apply', '-f', flags, '--yes'])
    expect(applied.exitCode, applied.stderr).toBe(0)
    expect((await visitor.stop()).failures).toEqual([])
    expect((await guest.run(LIVE)).stdout).toBe(live)
    expect((await deployFlask(['apply', '-f', flags, '--yes'])).stdout).toMatch(nothingToDo)
    const status = await deployFlask(['status', '-f', flags])
    expect([status.exitCode, status.stdout]).toEqual([0, expect.stringContaining('yoursite')])
    expect(await deployFlask(['run', '-f', flags, '--', 'flask', 'routes'])).toMatchObject({ exitCode: 0 })
  })

  it('is changed in place where the flags file says more, and what it was is kept', async () => {
    const more = ['-f', flags, '--server-aliases', 'www.example.com']
    const planned = await deployFlask(['plan', ...more])
    expect(planned.stdout).toContain('+    ServerAlias www.example.com')
    const visitor = startVisitor(guest, 'example.com', await page())
    const applied = await deployFlask(['apply', ...more, '--yes'])
    expect(applied.exitCode, applied.stderr).toBe(0)
    // mod_wsgi takes its sockets away at each reload of Apache, whoever asks for it, until the new ones are there
    const { asked, failures } = await visitor.stop()
    expect(failures.filter((failure) => !/^50[03]:/.test(failure))).toEqual([])
    expect(failures.length).toBeLessThan(asked / 4)
    expect(await ask(guest, '/', { name: 'www.example.com' })).toMatchObject({ body: 'served from /path/to/env' })
    expect((await deployFlask(['apply', ...more, '--yes'])).stdout).toMatch(nothingToDo)
  })

  it('leaves the files of before when it is removed, and is only no longer enabled', async () => {
    const removed = await deployFlask(['remove', '-f', flags, '--yes'])
    expect(removed.exitCode, removed.stderr).toBe(0)
    expect(removed.stdout + removed.stderr).toContain('"a2ensite yoursite" would serve it again')
    expect((await guest.run(FILES)).stdout).toBe(files)
    expect(await page()).not.toMatchObject({ body: 'served from /path/to/env' })
    expect((await guest.run('a2ensite -q yoursite && systemctl reload apache2')).exitCode).toBe(0)
    expect(await page()).toMatchObject({ status: 200, body: 'served from /path/to/env' })
  })

  it('is refused by what it has become since it was adopted', async () => {
    await guest.run(
      "sed -i 's/ServerName example.com/&\\n    ServerAlias other.example.com/' /etc/apache2/sites-available/yoursite.conf",
    )
    const { exitCode, stderr } = await deployFlask(['plan', '-f', flags])
    expect([exitCode, stderr]).toEqual([2, expect.stringContaining('run "deploy-flask adopt" again')])
  })
})
