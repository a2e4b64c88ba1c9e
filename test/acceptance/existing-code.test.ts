import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { createGuest, type Guest } from '../../vagrant/guest.js'
import { deployFlask, nothingToDo } from '../helpers/cli.js'
import { writeFlags } from '../helpers/flags.js'
import { differences, snapshot } from '../helpers/snapshot.js'

/** An application that somebody put on the host by hand, with its database, as the user www-data. */
const BY_HAND = `
set -e
mkdir -p /opt/wiki/wiki /var/lib/wiki
cat > /opt/wiki/wiki/__init__.py <<'PY'
PY
cat > /opt/wiki/wiki/web.py <<'PY'
import os, sqlite3
from flask import Flask
app = Flask(__name__)
@app.route("/")
def visits():
    with sqlite3.connect(os.environ["WIKI_DATABASE"]) as database:
        database.execute("insert into visits default values")
        return "visit %d" % database.execute("select count(*) from visits").fetchone()
PY
echo Flask==2.0.3 > /opt/wiki/requirements.txt
python3 -c 'import sqlite3; sqlite3.connect("/var/lib/wiki/wiki.db").execute("create table visits (id integer primary key)")'
`

describe('code that is on the host already', () => {
  let guest: Guest
  let flags: string

  beforeAll(async () => {
    guest = await createGuest({ container: inject('deployed') }, 'existing-code')
    const { exitCode, stderr } = await guest.run(BY_HAND)
    if (exitCode !== 0) throw new Error(stderr)
    flags = await writeFlags({
      version: 1,
      host: guest.name,
      ssh: { 'config-file': guest.sshConfigFile },
      site: 'wiki',
      'server-name': 'wiki.test',
      code: { path: '/opt/wiki' },
      wsgi: 'wiki.web:app',
      user: 'www-data',
      group: 'www-data',
      sqlite: ['/var/lib/wiki/wiki.db'],
      settings: { WIKI_DATABASE: '/var/lib/wiki/wiki.db' },
    })
  })
  afterAll(() => guest.destroy())

  it('is served where it lies, and its database is given to www-data and to nobody else', async () => {
    const before = await snapshot(guest)
    const code = await guest.run('cd /opt/wiki && find . -type f -exec stat -c "%n %U %a %Y" {} + | sort')

    const applied = await deployFlask(['apply', '-f', flags, '--yes'])
    expect(applied.exitCode).toBe(0)

    const asked =
      'python3 -c \'import urllib.request as u; print(u.urlopen(u.Request("http://127.0.0.1/", headers={"Host": "wiki.test"})).read().decode())\''
    expect((await guest.run(`${asked}; ${asked}`)).stdout).toMatch(/visit \d+\nvisit \d+\n/)
    expect((await guest.run('stat -c "%U:%G %a" /var/lib/wiki /var/lib/wiki/wiki.db')).stdout).toBe(
      'www-data:root 755\nwww-data:root 644\n',
    )
    const after = await guest.run('cd /opt/wiki && find . -type f -exec stat -c "%n %U %a %Y" {} + | sort')
    expect(after.stdout).toBe(code.stdout)
    const changed = differences(before, await snapshot(guest)).map((line) => line.split(':')[0] ?? '')
    expect(changed.filter((path) => path.includes('notes'))).toEqual([])
  })

  it('needs nothing the second time', async () => {
    const again = await deployFlask(['apply', '-f', flags, '--yes'])
    expect(again.stdout).toMatch(nothingToDo)
  })
})
