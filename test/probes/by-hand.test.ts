import { execFileSync } from 'node:child_process'
import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir, userInfo } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { byHandSites, byHandSurroundings } from '../../src/probes/by-hand.js'
import { askHere } from './local.js'

let root: string

const put = async (path: string, content: string | Buffer): Promise<string> => {
  const file = join(root, path)
  await mkdir(dirname(file), { recursive: true })
  await writeFile(file, content)
  return file
}

const database = async (path: string): Promise<string> => {
  const file = join(root, path)
  await mkdir(dirname(file), { recursive: true })
  execFileSync('python3', [
    '-c',
    'import sqlite3, sys; sqlite3.connect(sys.argv[1]).execute("create table t (n)")',
    file,
  ])
  return file
}

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'deploy-flask-by-hand-'))
})
afterAll(() => rm(root, { recursive: true }))

describe('the sites of a host', () => {
  it('are told with their scripts, in the order in which Apache reads them; what cannot be read is told', async () => {
    const script = await put('shop/shop.wsgi', 'import sys\n')
    const vhost = await put(
      'sites-available/shop.conf',
      `WSGIScriptAlias / \\\n "${script}"\nwsgiscriptalias /a relative.wsgi\n`,
    )
    await put('sites-enabled/a.conf', `WSGIScriptAlias / ${root}/none.wsgi\n`)
    await put('sites-enabled/big.conf', Buffer.alloc(300_000, 'a'))
    await put('sites-enabled/latin.conf', Buffer.from([0xe9]))
    await put('sites-enabled/notes.txt', 'WSGIScriptAlias / /x.wsgi\n')
    await symlink(vhost, join(root, 'sites-enabled/shop.conf'))
    await symlink(join(root, 'nowhere'), join(root, 'sites-enabled/gone.conf'))
    execFileSync('mkfifo', [join(root, 'sites-enabled/pipe.conf')])
    const found = askHere(byHandSites(root))
    expect(found.files.map(({ enabled, path }) => [enabled, path])).toEqual([
      [join(root, 'sites-enabled/a.conf'), join(root, 'sites-enabled/a.conf')],
      [join(root, 'sites-enabled/shop.conf'), vhost],
    ])
    expect(found.scripts).toMatchObject([{ path: script, text: 'import sys\n' }])
    expect(found.unread).toEqual([
      { path: join(root, 'sites-enabled/big.conf'), why: 'it is larger than 262144 bytes' },
      { path: join(root, 'sites-enabled/gone.conf'), why: 'No such file or directory' },
      { path: join(root, 'sites-enabled/latin.conf'), why: 'it is not UTF-8' },
      { path: join(root, 'sites-enabled/pipe.conf'), why: 'it is not a regular file' },
      { path: join(root, 'none.wsgi'), why: 'No such file or directory' },
    ])
    expect(found.distribution).toBe(false)
  })

  it('are none where there is no Apache; a module of the distribution is told', async () => {
    expect(askHere(byHandSites(join(root, 'nothing')))).toEqual({
      files: [],
      scripts: [],
      unread: [],
      distribution: false,
    })
    await put('other/mods-enabled/wsgi.load', 'LoadModule wsgi_module /usr/lib/apache2/modules/mod_wsgi.so\n')
    expect(askHere(byHandSites(join(root, 'other')))).toMatchObject({ distribution: true })
  })
})

describe('what lies around a site', () => {
  it('is told: kinds of paths, and the databases in the code or named there, but not what others keep there', async () => {
    const inCode = await database('code/instance/notes.db')
    const named = await database('elsewhere/database')
    const closed = await database('elsewhere/closed.db')
    await chmod(closed, 0o444)
    await database('code/env/lib/cache.db')
    await put('code/env/pyvenv.cfg', '')
    await database('code/.git/index.db')
    await put('code/fake.db', 'no database')
    await symlink(named, join(root, 'code/link.db'))
    await put(
      'code/app.py',
      `A = 'sqlite:///${named}'\nB = "${closed}"\nC = '${root}/code/fake.db'\nD = '/etc/passwd'\n`,
    )
    const me = userInfo().username
    const asked = byHandSurroundings(
      [join(root, 'code'), join(root, 'code/app.py'), join(root, 'no')],
      [join(root, 'code')],
      me,
      me,
    )
    expect(askHere(asked)).toEqual({
      kinds: { [join(root, 'code')]: 'directory', [join(root, 'code/app.py')]: 'file', [join(root, 'no')]: null },
      databases: [inCode, named],
      closed: [closed],
    })
  })

  it('is told also where the account does not exist: then nothing is writable for it', () => {
    const found = askHere(byHandSurroundings([], [join(root, 'elsewhere')], 'nobody-here', 'nobody-here'))
    expect([found.databases, found.closed.length]).toEqual([[], 1])
  })
})
