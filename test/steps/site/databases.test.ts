import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { beforeEach, describe, expect, it } from 'vitest'
import { backupScript } from '../../../src/steps/site/backup-script.js'
import { restoreScript } from '../../../src/steps/site/restore-script.js'
import { asRoot, python, pythonHere } from '../../probes/local.js'

interface Asked {
  readonly name?: string
  readonly files?: readonly string[]
  readonly keep?: number
  readonly spare?: readonly string[]
  readonly tolerant?: boolean
  readonly patience?: number
  readonly folder?: string
}

interface Said {
  readonly name: string | null
  readonly databases: readonly { readonly path: string; readonly file: string; readonly bytes: number }[]
  readonly missing: readonly string[]
  readonly damaged: readonly { readonly path: string; readonly why: string }[]
  readonly removed: readonly string[]
}

let place: string
let database: string
let backups: string

/** As root, the account is one that is not: as on a host. */
const account = asRoot ? 'nobody' : userInfo().username
const group = pythonHere(`import grp, pwd; print(grp.getgrgid(pwd.getpwnam("${account}").pw_gid).gr_name)`)

beforeEach(() => {
  place = mkdtempSync(join(tmpdir(), 'deploy-flask-databases-'))
  chmodSync(place, 0o755)
  const data = join(place, 'data')
  mkdirSync(data, { mode: 0o750 })
  if (asRoot) chownSync(data, Number(pythonHere(`import pwd; print(pwd.getpwnam("${account}").pw_uid)`)), 0)
  database = join(data, 'notes.db')
  backups = join(place, 'state/backups')
  mkdirSync(join(place, 'state'), { mode: 0o700 })
})

const run = (script: string, asked: Asked) => {
  const all = {
    folder: backups,
    scratch: join(place, '.scratch'),
    user: account,
    group,
    patience: 20,
    files: [database],
    name: 'one',
    reason: 'for the test',
    keep: 5,
    spare: [],
    tolerant: false,
    aside: '.damaged',
    ...asked,
  }
  const { status, stdout, stderr } = spawnSync(python, ['-I', '-S', '-c', script, JSON.stringify(all)], {
    encoding: 'utf8',
  })
  expect(existsSync(join(place, '.scratch'))).toBe(false)
  expect(existsSync(join(backups, '.new'))).toBe(false)
  return { status, stderr, said: JSON.parse(stdout || 'null') as Said & { restored: string[]; aside: string[] } }
}

const backUp = (asked: Asked = {}) => run(backupScript, asked)
const restore = (asked: Asked = {}) => run(restoreScript, asked)

/** Who the daemon would be. */
const identity = asRoot
  ? `import os, pwd; os.umask(0o027); os.setgid(pwd.getpwnam("${account}").pw_gid); os.setuid(pwd.getpwnam("${account}").pw_uid)`
  : ''

const sql = (path: string, ...statements: readonly string[]): unknown => {
  const code = `${identity}
import json, sqlite3, sys
db = sqlite3.connect(sys.argv[1], timeout=20, isolation_level=None)
rows = None
for one in sys.argv[2:]:
    rows = db.execute(one).fetchall()
print(json.dumps(rows))`
  const { stdout, stderr, status } = spawnSync(python, ['-c', code, path, ...statements], { encoding: 'utf8' })
  if (status !== 0) throw new Error(stderr)
  return JSON.parse(stdout)
}

/** A text that holds this. */
const matching = (part: string): unknown => expect.stringContaining(part)

const numbers = ['CREATE TABLE numbers (n INTEGER)', 'INSERT INTO numbers VALUES (1), (2), (3)']
const readsOf = (path: string) => sql(path, 'SELECT count(*), max(n) FROM numbers')
const copy = (name: string) => join(backups, name, '0.db')

/** What lies in a folder of root's is read by root. */
const rootSql = (path: string, statement: string): unknown =>
  JSON.parse(
    pythonHere(
      `import json, sqlite3; print(json.dumps(sqlite3.connect("${path}").execute("${statement}").fetchall()))`,
    ),
  )

const WRITER = `${identity}
import sqlite3, sys
db = sqlite3.connect(sys.argv[1], timeout=30, isolation_level=None)
db.execute("PRAGMA journal_mode=" + sys.argv[2])
db.execute("CREATE TABLE IF NOT EXISTS numbers (n INTEGER PRIMARY KEY, filling TEXT)")
n = db.execute("SELECT coalesce(max(n), 0) FROM numbers").fetchone()[0]
while True:
    n += 1
    db.execute("INSERT INTO numbers VALUES (?, ?)", (n, "x" * 500))
    print(n, flush=True)
`

/** Inserts 1, 2, 3 ... as long as the work goes on; answers how far it came. */
const whileWriting = async (
  mode: 'wal' | 'delete',
  work: (written: () => number) => Promise<void>,
): Promise<number> => {
  let last = 0
  const writer = spawn(python, ['-c', WRITER, database, mode], { stdio: ['ignore', 'pipe', 'pipe'] })
  let problem = ''
  writer.stderr.on('data', (text: Buffer) => (problem += text.toString()))
  createInterface(writer.stdout).on('line', (line) => (last = Number(line)))
  while (last < 20 && writer.exitCode === null) await sleep(10)
  try {
    await work(() => last)
  } finally {
    writer.kill()
    await once(writer, 'close')
  }
  expect(problem).toBe('')
  return last
}

describe('a backup', () => {
  it('holds each database, and is root alone', () => {
    sql(database, ...numbers)
    const { status, said } = backUp()
    expect([status, said.name, said.missing, said.damaged]).toEqual([0, 'one', [], []])
    expect(said.databases).toMatchObject([{ path: database, file: '0.db', bytes: statSync(database).size }])
    expect(rootSql(copy('one'), 'SELECT count(*) FROM numbers')).toEqual([[3]])
    expect(statSync(backups).mode & 0o777).toBe(0o700)
    expect(statSync(copy('one')).mode & 0o777).toBe(0o600)
    expect(statSync(copy('one')).uid).toBe(process.getuid?.())
    expect(readdirSync(join(backups, 'one')).sort()).toEqual(['0.db', 'backup.json'])
  })

  it.each(['wal', 'delete'] as const)(
    'made while somebody writes (%s) is whole, and holds all rows up to one of them',
    async (mode) => {
      const counts: number[] = []
      const last = await whileWriting(mode, async (written) => {
        for (const name of ['a', 'b', 'c', 'd', 'e', 'f']) {
          const before = written()
          const { status, stderr } = backUp({ name, keep: 10 })
          expect([status, stderr]).toEqual([0, ''])
          expect(rootSql(copy(name), 'PRAGMA integrity_check')).toEqual([['ok']])
          const [[count = 0, most = 0] = []] = rootSql(copy(name), 'SELECT count(*), max(n) FROM numbers') as number[][]
          expect(count).toBe(most)
          expect(count).toBeGreaterThanOrEqual(before)
          counts.push(count)
          // the output of the writer is read meanwhile
          await sleep(50)
        }
      })
      expect(counts).toEqual([...counts].sort((one, other) => one - other))
      expect(last).toBeGreaterThan(counts[0] ?? Infinity)
    },
  )

  it('holds what only the WAL file holds', () => {
    sql(database, 'PRAGMA journal_mode=wal', 'PRAGMA wal_autocheckpoint=0', ...numbers)
    expect(backUp().status).toBe(0)
    expect(rootSql(copy('one'), 'SELECT count(*) FROM numbers')).toEqual([[3]])
  })

  it('of databases that are not there is none', () => {
    const { status, said } = backUp()
    expect([status, said.name, said.missing]).toEqual([0, null, [database]])
    expect(readdirSync(backups)).toEqual([])
  })

  it('keeps the last ones, and what must not go', () => {
    sql(database, ...numbers)
    for (const name of ['a', 'b', 'c', 'd']) backUp({ name, keep: 3, spare: ['a'] })
    expect(readdirSync(backups)).toEqual(['a', 'b', 'c', 'd'])
    expect(backUp({ name: 'e', keep: 3 }).said.removed).toEqual(['a', 'b'])
    expect(readdirSync(backups)).toEqual(['c', 'd', 'e'])
  })

  it('replaces none of the same name', () => {
    sql(database, ...numbers)
    expect([backUp().said.name, backUp().said.name]).toEqual(['one', 'one.2'])
  })

  it('fails for a file that is no database, and leaves nothing', () => {
    writeFileSync(database, 'no database, but a text that is long enough to be looked at as one\n'.repeat(20))
    chmodSync(database, 0o666)
    const { status, stderr } = backUp()
    expect([status, stderr]).toEqual([1, `${database}: file is not a database\n`])
    expect(readdirSync(backups)).toEqual([])
    const tolerant = backUp({ tolerant: true })
    expect([tolerant.status, tolerant.said.name, tolerant.said.damaged[0]?.path]).toEqual([0, null, database])
  })

  it('follows no link', () => {
    const other = join(place, 'data/other.db')
    sql(other, ...numbers)
    symlinkSync(other, database)
    expect(backUp()).toMatchObject({ status: 1, stderr: `${database}: it is not a regular file\n` })
  })

  it.runIf(asRoot)('reads nothing that the account may not read', () => {
    const secret = join(place, 'secret')
    mkdirSync(secret, { mode: 0o700 })
    const hidden = join(secret, 'other.db')
    pythonHere(`import sqlite3; sqlite3.connect("${hidden}").execute("CREATE TABLE t (n)")`)
    expect(backUp({ files: [hidden] })).toMatchObject({
      status: 1,
      stderr: matching('Permission denied'),
    })
  })

  it.runIf(asRoot)('says that the disk is full, and leaves nothing', () => {
    sql(database, 'CREATE TABLE big (t TEXT)', 'INSERT INTO big VALUES (hex(randomblob(1000000)))')
    const small = join(place, 'small')
    mkdirSync(small)
    if (spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', small]).status !== 0) return
    try {
      expect(backUp({ folder: join(small, 'backups') })).toMatchObject({
        status: 1,
        stderr: matching('No space left on device'),
      })
      expect(readdirSync(join(small, 'backups'))).toEqual([])
    } finally {
      spawnSync('umount', [small])
    }
  })
})

describe('a restored backup', () => {
  it.each(['wal', 'delete'])('is what the databases were (%s), under the same owner and mode', (mode) => {
    sql(database, `PRAGMA journal_mode=${mode}`, ...numbers)
    backUp()
    chmodSync(database, 0o640)
    const before = statSync(database)
    sql(database, 'INSERT INTO numbers VALUES (4)', 'CREATE TABLE more (n)')
    expect(restore()).toMatchObject({ status: 0, said: { restored: [database], aside: [] } })
    expect(readsOf(database)).toEqual([[3, 3]])
    expect(sql(database, "SELECT name FROM sqlite_master WHERE name = 'more'")).toEqual([])
    expect(sql(database, 'PRAGMA journal_mode')).toEqual([[mode]])
    const { ino, uid, gid, mode: rights } = statSync(database)
    expect([ino, uid, gid, rights]).toEqual([before.ino, before.uid, before.gid, before.mode])
  })

  it.each(['wal', 'delete'] as const)(
    'is seen by whoever writes at that moment (%s), and who goes on with it',
    async (mode) => {
      await whileWriting(mode, async (written) => {
        backUp()
        const kept = Number((rootSql(copy('one'), 'SELECT max(n) FROM numbers') as number[][])[0]?.[0])
        while (written() < kept + 50) await sleep(10)
        expect(restore()).toMatchObject({ status: 0, stderr: '', said: { aside: [] } })
        // what lay between the backup and this moment is gone, and the writer goes on counting
        for (;;) {
          const [[count = 0, most = 0] = []] = readsOf(database) as number[][]
          if (count < most) break
          await sleep(50)
        }
      })
      expect(sql(database, 'PRAGMA integrity_check')).toEqual([['ok']])
    },
  )

  it('brings back a database that is gone, as the account', () => {
    sql(database, ...numbers)
    backUp()
    const { uid } = statSync(database)
    spawnSync('rm', [database])
    expect(restore().status).toBe(0)
    expect(readsOf(database)).toEqual([[3, 3]])
    expect(statSync(database)).toMatchObject({ uid })
  })

  it('moves aside what is no database any more', () => {
    sql(database, ...numbers)
    backUp()
    writeFileSync(database, 'overwritten\n'.repeat(1000))
    expect(restore()).toMatchObject({ status: 0, said: { aside: [`${database}.damaged`] } })
    expect(readsOf(database)).toEqual([[3, 3]])
    expect(readFileSync(`${database}.damaged`, 'utf8')).toMatch(/^overwritten/)
  })

  it('is refused when the backup was changed, before anything is written', () => {
    sql(database, ...numbers)
    backUp()
    sql(database, 'INSERT INTO numbers VALUES (4)')
    const bytes = readFileSync(copy('one'))
    bytes[bytes.length - 1] = 255
    writeFileSync(copy('one'), bytes)
    expect(restore()).toMatchObject({ status: 1, stderr: matching('it is not what was kept') })
    expect(readsOf(database)).toEqual([[4, 4]])
  })

  it('waits for nobody longer than it may, and changes nothing then', async () => {
    sql(database, ...numbers)
    backUp()
    sql(database, 'INSERT INTO numbers VALUES (4)')
    const holder = spawn(python, [
      '-c',
      `${identity}
import sqlite3, sys, time
db = sqlite3.connect(sys.argv[1], isolation_level=None)
db.execute("BEGIN EXCLUSIVE")
print("locked", flush=True)
time.sleep(600)`,
      database,
    ])
    await once(holder.stdout, 'data')
    expect(restore({ patience: 0 })).toMatchObject({ status: 1, stderr: matching('database is locked') })
    holder.kill()
    await once(holder, 'close')
    expect(readsOf(database)).toEqual([[4, 4]])
  })
})
