import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { RecordedTransport } from '../../src/transport/recorded.js'
import { sha256, siteFile } from '../adoption/adopt.js'
import { folder, runIn } from './fakes.js'

const vhost = (name: string, inside = ''): string => `<VirtualHost *:80>
ServerName ${name}.test
WSGIDaemonProcess ${name} python-home=/opt/${name}/env
WSGIScriptAlias / /opt/${name}/${name}.wsgi
<Directory /opt/${name}>
WSGIProcessGroup ${name}
WSGIApplicationGroup %{GLOBAL}
Require all granted
</Directory>
${inside}
</VirtualHost>
`
const script =
  "import os, sys\nos.environ['SECRET_KEY'] = 'hunter2'\nsys.path.insert(0, '/opt/shop')\nfrom shop import app as application\n"

/** A host with these sites, which answers the two questions of this command and no other. */
const hostWith = (sites: Readonly<Record<string, string>>, scripts: Readonly<Record<string, string>> = {}) =>
  new RecordedTransport(
    {
      answer: ({ sh }) => {
        const around = { kinds: { '/opt/shop/env/bin/python': 'file' }, databases: [], closed: [] }
        const found = {
          files: Object.entries(sites).map(([name, text]) => siteFile(name, text)),
          scripts: Object.entries(scripts).map(([path, text]) => ({ path, text, sha256: sha256(text) })),
          unread: [],
          distribution: false,
        }
        if (sh.includes('"way"')) return { stdout: JSON.stringify([{ ok: null }]) }
        return { stdout: JSON.stringify(sh.includes('sites-enabled') ? found : around) }
      },
    },
    'vagrant@10.0.3.7',
  )

const empty = (): string => mkdtempSync(join(tmpdir(), 'deploy-flask-'))
const shop = hostWith({ shop: vhost('shop') }, { '/opt/shop/shop.wsgi': script })
const written = (cwd: string, name = 'deploy-flask.yml'): string => readFileSync(join(cwd, name), 'utf8')

describe('adopt', () => {
  test('writes what it has understood, tells it, and says what comes next; a secret is in neither', async () => {
    const cwd = empty()
    const { exitCode, stdout, stderr } = await runIn(cwd, 'adopt me@web1 --ssh-port 2222', { host: shop })
    expect([exitCode, stderr]).toEqual([0, ''])
    expect(stdout).toContain('wsgi: shop:app  (/opt/shop/shop.wsgi)\n')
    expect(stdout).toContain('SECRET_KEY is a secret: put what stands in /opt/shop/shop.wsgi:2 of the host into')
    expect(stdout).toMatch(/nothing was changed on the host\nnext: deploy-flask plan -f deploy-flask\.yml\n$/)
    const text = written(cwd)
    expect(text).toMatch(/^host: me@web1\nssh:\n {2}port: 2222\n/m)
    expect(text).toContain('settings:\n  SECRET_KEY:\n    env: SHOP_SECRET_KEY\n')
    expect(stdout + text).not.toContain('hunter2')
  })

  test('takes the one that is named, into the file that is named', async () => {
    const cwd = empty()
    const host = hostWith({ shop: vhost('shop'), wiki: vhost('wiki') }, { '/opt/shop/shop.wsgi': script })
    const several = await runIn(cwd, 'adopt web1', { host })
    expect([several.exitCode, several.stderr]).toEqual([2, expect.stringContaining('deploy-flask adopt web1 shop')])
    const { exitCode } = await runIn(cwd, 'adopt web1 shop.test -f shop.yml', { host })
    expect([exitCode, written(cwd, 'shop.yml')]).toEqual([0, expect.stringContaining('site: shop\n')])
  })

  test('needs a host, and connects to none before it may write', async () => {
    const none = await runIn(empty(), 'adopt', { host: shop })
    expect([none.exitCode, none.connections, none.stderr]).toEqual([
      2,
      [],
      expect.stringContaining('the host is missing'),
    ])
    const cwd = folder()
    const refused = await runIn(cwd, 'adopt web1', { host: shop })
    expect([refused.exitCode, refused.connections]).toEqual([2, []])
    expect(refused.stderr).toContain('OUTPUT_UNWRITABLE')
    const kept = await runIn(cwd, 'adopt web1', { host: shop, terminal: true, confirm: false })
    expect([kept.exitCode, kept.connections, kept.asked.length]).toEqual([130, [], 1])
    expect(written(cwd)).toBe('version: 1\n')
  })

  test.each([
    ['adopt web1', { terminal: true, confirm: true }],
    ['adopt web1 --yes', {}],
  ])('replaces a file where somebody says so: %s', async (line, world) => {
    const cwd = folder()
    expect((await runIn(cwd, line, { ...world, host: shop })).exitCode).toBe(0)
    expect(written(cwd)).toContain('site: shop\n')
  })

  test('leaves a file as it is where there is nothing to adopt', async () => {
    const cwd = empty()
    writeFileSync(join(cwd, 'mine.yml'), 'mine\n')
    const { exitCode, stderr } = await runIn(cwd, 'adopt web1 -f mine.yml --yes', { host: hostWith({}) })
    expect([exitCode, stderr]).toEqual([2, expect.stringContaining('ADOPT_NOTHING')])
    expect(written(cwd, 'mine.yml')).toBe('mine\n')
  })

  test('shows what somebody hostile has written as it is, and takes none of it for a setting', async () => {
    const cwd = empty()
    const hostile = 'Foo \u001b[2J\u202e${HOME} `id`\nServerAlias a.test;rm\nSetEnv X "a\u0007b"\nLogLevel $(id)'
    const host = hostWith({ shop: vhost('shop', hostile) }, { '/opt/shop/shop.wsgi': script })
    const { exitCode, stdout } = await runIn(cwd, 'adopt web1', { host })
    expect(exitCode).toBe(0)
    expect(stdout + written(cwd)).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202e]/)
    expect(stdout).toContain('Foo \\u001b[2J\\u202e')
    expect(written(cwd)).not.toMatch(/^(server-aliases|environ|log-level):/m)
  })

  test('says at once what the plan would refuse', async () => {
    const cwd = empty()
    const text = vhost('shop').replaceAll('/opt/shop', '/etc/shop')
    const host = hostWith({ shop: text }, { '/etc/shop/shop.wsgi': script.replaceAll('/opt/', '/etc/') })
    const { exitCode, stdout } = await runIn(cwd, 'adopt web1', { host, services: await realSite() })
    expect([exitCode, stdout]).toEqual([0, expect.stringContaining('The plan will be refused (PATH_DANGEROUS)')])
  })
})

const realSite = async () => ({ resolveSite: (await import('../../src/config/site.js')).resolveSite })
