import { spawn, type ChildProcess } from 'node:child_process'
import { cp, mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { stringify } from 'yaml'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { createGuest, type Guest } from '../../vagrant/guest.js'
import { bin, deployFlask, type CliResult } from '../helpers/cli.js'
import { output } from '../helpers/eyes.js'
import { ask } from '../helpers/http.js'
import { TestRedis } from '../helpers/test-redis.js'
import { folderWith, smallFlags } from '../helpers/small-site.js'

const redis = new TestRedis()
const secret = 'canary-5d1e7c-of-the-queue'
const database = '/srv/small/data/small.db'
const workers: ChildProcess[] = []
let guest: Guest
let folder: string

const app = `
def application(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [b"one"]
`

/** Notes that it has run, and takes its time. */
const counting = (table: string, seconds: number): string => `
import os, sqlite3, time
db = sqlite3.connect(os.environ["DATABASE"], timeout=20, isolation_level=None)
db.execute("CREATE TABLE IF NOT EXISTS ${table} (at TEXT)")
time.sleep(${seconds})
db.execute("INSERT INTO ${table} VALUES (datetime())")
`

beforeAll(async () => {
  await redis.start()
  guest = await createGuest({ container: inject('deployed') }, 'a-fleet-queue')
  const code = await folderWith({
    'small.py': app,
    'init.py': counting('inits', 0),
    'migrate.py': counting('migrations', 6),
  })
  folder = await mkdtemp(join(tmpdir(), 'deploy-flask-test-'))
  await cp(code, join(folder, 'code'), { recursive: true })
  const flags = {
    ...smallFlags(guest, 'code'),
    settings: { DATABASE: database, KEY: { env: 'QUEUE_CANARY' } },
    sqlite: ['small.db'],
    init: 'python init.py',
    migrate: 'python migrate.py',
  }
  await writeFile(join(folder, 'deploy-flask.yml'), stringify(flags))
  await writeFile(join(folder, 'hosts'), `${guest.name}\n`)
})

afterAll(async () => {
  for (const worker of workers) worker.kill('SIGKILL')
  await redis.stop()
  await guest.destroy()
})

interface Worker {
  readonly child: ChildProcess
  said(): string
}

const startWorker = (): Worker => {
  const child = spawn(process.execPath, [bin, 'worker', '--queue', redis.url, '--verbose'], {
    cwd: folder,
    env: { ...process.env, QUEUE_CANARY: secret, NO_COLOR: '1' },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  workers.push(child)
  let text = ''
  child.stderr.on('data', (piece: Buffer) => (text += piece.toString('utf8')))
  return { child, said: () => text }
}

const fleetApply = (): Promise<CliResult> =>
  deployFlask(
    ['fleet', 'apply', '-f', 'deploy-flask.yml', '--inventory', 'hosts', '--queue', redis.url, '--yes', '--json'],
    { QUEUE_CANARY: secret },
    folder,
  )

const until = async (isSo: () => boolean): Promise<void> => {
  while (!isSo()) await sleep(50)
}

const rows = async (table: string): Promise<number> => {
  const count = `import sqlite3; print(sqlite3.connect('${database}').execute('SELECT count(*) FROM ${table}').fetchone()[0])`
  return Number(await output(guest, `python3 -c "${count}"`))
}

describe('a host that is given to workers', () => {
  it('is brought there by another worker when the first is killed in the middle, and nothing is done twice', async () => {
    const first = startWorker()
    const applied = fleetApply()
    await until(() => /migrate/i.test(first.said()) && first.said().includes('python migrate.py'))
    first.child.kill('SIGKILL')
    const second = startWorker()
    const { exitCode, stdout, stderr } = await applied
    expect(exitCode, `${stderr}\n${second.said()}`).toBe(0)
    expect(stdout).toContain('"state":"changed"')
    expect(second.said()).toContain('its worker is not heard of any more')
    expect((await ask(guest, '/', { name: 'small.test' })).body).toBe('one')
    expect(await rows('inits')).toBe(1)
    expect(await rows('migrations')).toBe(1)
  })

  it('is left alone by the next run, and no secret of it is ever in Redis', async () => {
    const { exitCode, stdout, stderr } = await fleetApply()
    expect(exitCode, stderr).toBe(0)
    expect(stdout).toContain('"state":"same"')
    const everything = await redis.everything()
    expect(everything).toContain(guest.name)
    expect(everything).not.toContain(secret)
    expect(everything).not.toContain(Buffer.from(secret).toString('base64'))
  })
})
