import { createHash } from 'node:crypto'
import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createGuest, type Guest } from '../../vagrant/guest.js'
import { deployFlask, nothingToDo, type CliResult } from '../helpers/cli.js'
import { output } from '../helpers/eyes.js'
import { writeFlags } from '../helpers/flags.js'
import { ask } from '../helpers/http.js'
import { folderWith, smallFlags } from '../helpers/small-site.js'
import { startVisitor } from '../helpers/visitor.js'

const database = '/srv/small/data/small.db'
const state = '/var/lib/deploy-flask/small'

/** An application whose pages are its version, and how many notes there are. */
const app = (version: string, status = '200 OK'): string => `
import os, sqlite3

def application(environ, start_response):
    body = "${version}"
    if environ["PATH_INFO"] == "/notes":
        db = sqlite3.connect(os.environ["DATABASE"], timeout=20)
        if environ["REQUEST_METHOD"] == "POST":
            with db:
                db.execute("INSERT INTO notes (text) VALUES ('one')")
        body = str(db.execute("SELECT count(*) FROM notes").fetchone()[0])
        db.close()
    start_response("${status}", [("Content-Type", "text/plain")])
    return [body.encode()]
`

/** Notes who has run it where; \`more\` is what else it does. */
const migration = (more = ''): string => `
import getpass, os, sqlite3
db = sqlite3.connect(os.environ["DATABASE"], timeout=20, isolation_level=None)
db.execute("PRAGMA journal_mode=wal")
db.execute("CREATE TABLE IF NOT EXISTS notes (id INTEGER PRIMARY KEY, text TEXT)")
db.execute("CREATE TABLE IF NOT EXISTS runs (folder TEXT, account TEXT, served TEXT)")
served = os.readlink("/srv/small/current") if os.path.islink("/srv/small/current") else ""
db.execute("INSERT INTO runs VALUES (?, ?, ?)", (os.getcwd(), getpass.getuser(), served))
${more}
`

const failing = migration('db.execute("DELETE FROM notes")\nraise RuntimeError("no such column: colour")')

let guest: Guest

const apply = async (
  files: Readonly<Record<string, string>>,
  more: Readonly<Record<string, unknown>> = {},
): Promise<CliResult & { readonly file: string }> => {
  const file = await writeFlags({
    ...smallFlags(guest, await folderWith(files)),
    settings: { DATABASE: database },
    sqlite: ['small.db'],
    migrate: 'python migrate.py',
    ...more,
  })
  return { ...(await deployFlask(['apply', '-f', file, '--yes'])), file }
}

/** With the flags file of the last successful run. */
let file: string
const call = (...args: readonly string[]): Promise<CliResult> => deployFlask([...args, '-f', file])

const must = <T extends CliResult>(result: T): T => {
  expect(result.exitCode, result.stderr).toBe(0)
  return result
}

const page = async (path = '/'): Promise<string> => {
  const { status, body } = await ask(guest, path, { name: 'small.test' })
  return status === 200 ? body : `${status}`
}

const addNote = async (): Promise<void> => {
  await ask(guest, '/notes', { name: 'small.test', form: { note: 'one' } })
}

/** By root, who reads and writes nothing beside it. */
const rows = async (sql: string, path = database): Promise<unknown> =>
  JSON.parse(
    await output(
      guest,
      `python3 -c 'import json, sqlite3, sys
print(json.dumps(sqlite3.connect("file:%s?mode=ro" % sys.argv[1], uri=True).execute(sys.argv[2]).fetchall()))' ${path} "${sql}"`,
    ),
  )

const backups = async (): Promise<readonly string[]> =>
  (await output(guest, `ls ${state}/backups 2>/dev/null || :`)).trim().split('\n').filter(Boolean)

const releases = async (): Promise<string> => output(guest, 'readlink /srv/small/current; cat /srv/small/current/*.py')

let php: ReturnType<typeof startVisitor>

beforeAll(async () => {
  guest = await createGuest('php', 'migrate')
  php = startVisitor(guest, 'php.test', await ask(guest, '/', { name: 'php.test' }))
})
afterAll(() => guest.destroy())

describe('a migration', () => {
  it('is run by the account of the site, in the new code, before that is served', async () => {
    const first = must(await apply({ 'small.py': app('one'), 'migrate.py': migration() }))
    file = first.file
    expect(await page()).toBe('one')
    const [run] = (await rows('SELECT * FROM runs')) as string[][]
    expect(run).toEqual([expect.stringMatching(/^\/srv\/small\/releases\/\d+T\d+Z-[0-9a-f]{12}$/), 'flask-small', ''])
    expect(await backups()).toEqual([])
  })

  it('is not run again for the same release', async () => {
    expect(must(await call('apply', '--yes')).stdout).toMatch(nothingToDo)
    const drifted = await deployFlask(['apply', '-f', file, '--yes', '--max-body', '4096'])
    expect(drifted.exitCode, drifted.stderr).toBe(0)
    expect(await rows('SELECT count(*) FROM runs')).toEqual([[1]])
    must(await call('apply', '--yes'))
  })

  it('is run once for the next one, while the old one serves, after a backup', async () => {
    for (let count = 0; count < 3; count++) await addNote()
    const served = (await output(guest, 'readlink /srv/small/current')).trim()
    const second = must(await apply({ 'small.py': app('two'), 'migrate.py': migration() }))
    file = second.file
    expect([await page(), await page('/notes')]).toEqual(['two', '3'])
    expect(await rows('SELECT served FROM runs')).toEqual([[''], [served]])
    const [backup = ''] = await backups()
    expect(backup).toMatch(/^\d+T\d+Z-before-[0-9a-f]{12}$/)
    const copy = `${state}/backups/${backup}/0.db`
    expect(await rows('PRAGMA integrity_check', copy)).toEqual([['ok']])
    expect(await rows('SELECT (SELECT count(*) FROM notes), (SELECT count(*) FROM runs)', copy)).toEqual([[3, 1]])
    expect(await output(guest, `stat -c '%U %a' ${state}/backups ${copy}`)).toBe('root 700\nroot 600\n')
  })

  it('that fails leaves the old release serving, and names the backup', async () => {
    const before = await releases()
    const visitor = startVisitor(guest, 'small.test', { status: 200, body: 'two' })
    const { exitCode, stderr } = await apply({ 'small.py': app('three'), 'migrate.py': failing })
    const { asked, failures } = await visitor.stop()
    expect(asked).toBeGreaterThan(10)
    expect(failures).toEqual([])
    expect(exitCode).toBe(1)
    expect(stderr).toContain('MIGRATE_FAILED: python migrate.py ended with exit code 1: RuntimeError: no such column')
    expect(stderr).toContain('Traceback (most recent call last)')
    const last = (await backups()).at(-1)
    expect(stderr).toContain(`"deploy-flask restore ${last}"`)
    expect(await releases()).toBe(before)
    // what it has done by then is not taken back
    expect(await page('/notes')).toBe('0')
    must(await call('restore', String(last), '--yes'))
    expect([await page(), await page('/notes')]).toEqual(['two', '3'])
  })

  it('that failed is in the way of no rollback', async () => {
    must(await call('rollback', '--yes'))
    expect([await page(), await page('/notes')]).toEqual(['one', '3'])
    must(await call('rollback', '--yes', (await output(guest, 'ls /srv/small/releases | sed -n 2p')).trim()))
    expect(await page()).toBe('two')
  })

  it('stays when the new release does not answer, and the run says where the backup is', async () => {
    const before = await releases()
    const { exitCode, stderr } = await apply({ 'small.py': app('four', '500 Broken'), 'migrate.py': migration() })
    expect([exitCode, stderr]).toEqual([1, expect.stringContaining('SITE_NOT_ANSWERING')])
    expect(stderr).toContain('what python migrate.py has changed stays')
    expect(stderr).toContain(`"deploy-flask restore ${(await backups()).at(-1)}"`)
    expect([await releases(), await page()]).toEqual([before, 'two'])
  })

  it('is not made where the database cannot be backed up', async () => {
    const [[runs] = []] = (await rows('SELECT count(*) FROM runs')) as number[][]
    await output(
      guest,
      `cp -a ${database} /root/kept; runuser -u flask-small -- sh -c 'yes garbage | head -c 20000 >${database}'`,
    )
    const { exitCode, stderr } = await apply({ 'small.py': app('five'), 'migrate.py': migration() })
    expect([exitCode, stderr]).toEqual([1, expect.stringContaining(`${database}: file is not a database`)])
    expect(stderr).toContain('BACKUP_FAILED')
    expect(await page()).toBe('two')
    // a database that is none any more is moved aside
    must(await call('restore', (await backups()).at(-1) ?? '', '--yes'))
    expect(await rows('SELECT count(*) FROM runs')).toEqual([[Number(runs) - 1]])
    expect(await output(guest, `head -1 ${database}.damaged-*Z; stat -c '%U' ${database}`)).toBe(
      'garbage\nflask-small\n',
    )
  })
})

const pidFile = '/srv/small/data/writer.pid'

const WRITER = `
import os, sqlite3, time
db = sqlite3.connect("${database}", timeout=30, isolation_level=None)
db.execute("CREATE TABLE IF NOT EXISTS numbers (n INTEGER PRIMARY KEY)")
with open("${pidFile}", "w") as opened:
    opened.write(str(os.getpid()))
n = db.execute("SELECT coalesce(max(n), 0) FROM numbers").fetchone()[0]
while True:
    n += 1
    db.execute("INSERT INTO numbers VALUES (?)", (n,))
    time.sleep(0.002)
`

describe('a backup', () => {
  it('made while somebody writes is whole; restored, it is what everybody sees at once', async () => {
    await output(guest, 'cat >/run/writer.py', WRITER)
    await output(guest, 'setsid runuser -u flask-small -- python3 /run/writer.py >/dev/null 2>&1 </dev/null &')
    await expect.poll(() => output(guest, `cat ${pidFile} 2>/dev/null || :`)).not.toBe('')
    try {
      const { stdout } = must(await call('backup', '--json'))
      const { path } = JSON.parse(stdout) as { readonly path: string }
      expect(await rows('PRAGMA integrity_check', `${path}/0.db`)).toEqual([['ok']])
      const [[count = 0, most = 0] = []] = (await rows(
        'SELECT count(*), max(n) FROM numbers',
        `${path}/0.db`,
      )) as number[][]
      expect(count).toBe(most)
      const inode = await output(guest, `stat -c '%i %U %a' ${database}`)
      must(await call('restore', path.slice(path.lastIndexOf('/') + 1), '--yes'))
      expect(await output(guest, `stat -c '%i %U %a' ${database}`)).toBe(inode)
      await expect.poll(() => rows('SELECT count(*) < max(n) FROM numbers'), { timeout: 20_000 }).toEqual([[1]])
    } finally {
      await output(guest, `kill $(cat ${pidFile})`)
    }
    expect(await rows('PRAGMA integrity_check')).toEqual([['ok']])
  })

  it('is listed with why it was made, and the last ones are kept', async () => {
    for (let count = 0; count < 6; count++) must(await call('backup'))
    const { stdout } = must(await call('backup', 'list', '--json'))
    expect(JSON.parse(stdout)).toHaveLength(5)
    expect(must(await call('backup', 'list')).stdout).toMatch(/^\d+T\d+Z-by-hand(\.\d)? {2}\S+Z {2}asked for$/m)
    expect(await output(guest, `ls -A /var/lib/deploy-flask ${state}/backups | grep '^\\.' || :`)).toBe('')
  })

  it('is of databases that the account can write, which verify proves', async () => {
    expect(must(await call('verify')).stdout).toContain(`✓ flask-small can write ${database}\n`)
    await output(guest, `chown root ${database}`)
    const { exitCode, stdout } = await call('verify')
    await output(guest, `chown flask-small ${database}`)
    expect(exitCode).toBe(1)
    expect(stdout).toMatch(/✗ flask-small can write \S+\n.*(Error|unable|readonly)/s)
  })

  it('is fetched as it is, into a folder for its owner alone; once', async () => {
    const last = (await backups()).at(-1) ?? ''
    const to = await mkdtemp(join(tmpdir(), 'backups-'))
    const { stdout } = must(await call('backup', 'fetch', '--to', to))
    const place = join(to, `small-${last}`)
    expect(stdout).toBe(`${place}\n  ${place}/small.db, ${/, (.*)\n$/.exec(stdout)?.[1]}\n`)
    const [sum] = (await output(guest, `sha256sum ${state}/backups/${last}/0.db`)).split(' ')
    expect(
      createHash('sha256')
        .update(await readFile(join(place, 'small.db')))
        .digest('hex'),
    ).toBe(sum)
    expect([(await stat(place)).mode & 0o777, (await stat(join(place, 'small.db'))).mode & 0o777]).toEqual([
      0o700, 0o600,
    ])
    const again = await call('backup', 'fetch', last, '--to', to)
    expect([again.exitCode, again.stderr]).toEqual([2, expect.stringContaining('it is there already')])
    await output(guest, `cd ${state}/backups/${last}; cp -a 0.db /root/kept; printf x >>0.db`)
    const nowhere = await call('backup', 'fetch', '--to', join(to, 'nosuch'))
    expect([nowhere.exitCode, nowhere.stderr]).toEqual([2, expect.stringContaining('cannot be written')])
    await rm(place, { recursive: true })
    const changed = await call('backup', 'fetch', '--to', to)
    expect([changed.exitCode, changed.stderr]).toEqual([1, expect.stringContaining('error BACKUP_FAILED: ')])
    expect(await readdir(to)).toEqual([])
    await output(guest, `mv /root/kept ${state}/backups/${last}/0.db`)
  })

  it('that the code does not fit is restored all the same, and the run says so', async () => {
    must(await call('backup'))
    const good = (await backups()).at(-1) ?? ''
    const broken = await writeFlags({
      ...smallFlags(guest, await folderWith({ 'small.py': app('six'), 'migrate.py': migration() })),
      settings: { DATABASE: database },
      sqlite: ['small.db'],
      check: { path: '/notes' },
    })
    must(await deployFlask(['apply', '-f', broken, '--yes']))
    await output(guest, `python3 -c 'import sqlite3; sqlite3.connect("${database}").execute("DROP TABLE notes")'`)
    must(await call('backup'))
    const without = (await backups()).at(-1) ?? ''
    must(await call('restore', good, '--yes'))
    const { exitCode, stderr } = await call('restore', without, '--yes')
    expect([exitCode, stderr]).toEqual([1, expect.stringContaining('SITE_NOT_ANSWERING')])
    expect(stderr).toContain(`the databases are as in ${without} all the same`)
    expect(await rows("SELECT count(*) FROM sqlite_master WHERE name = 'notes'")).toEqual([[0]])
    must(await call('restore', good, '--yes'))
    expect(await page('/notes')).toBe('3')
  })

  it('that is not there is refused, and so is one of a site without databases', async () => {
    const before = await output(guest, `ls ${state}/backups; sha256sum ${database}`)
    for (const [name, code] of [
      ['nothing', 'no backup of small is called nothing'],
      ['20', 'more than one backup of small is called 20'],
    ] as const) {
      const { exitCode, stderr } = await call('restore', name, '--yes')
      expect([exitCode, stderr]).toEqual([2, expect.stringContaining(code)])
    }
    expect(await output(guest, `ls ${state}/backups; sha256sum ${database}`)).toBe(before)
    const none = must(await apply({ 'small.py': app('seven') }, { sqlite: [], migrate: undefined }))
    for (const args of [['backup'], ['restore', '20', '--yes']]) {
      const { exitCode, stderr } = await deployFlask([...args, '-f', none.file])
      expect([exitCode, stderr]).toEqual([2, expect.stringContaining('DATABASE_MISSING')])
    }
  })
})

describe('the PHP site beside it', () => {
  it('was there at each of ten requests a second, all the time', async () => {
    const { asked, failures } = await php.stop()
    expect(failures).toEqual([])
    expect(asked).toBeGreaterThan(500)
  })
})
