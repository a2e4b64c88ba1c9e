import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { readFlags } from '../../src/config/load.js'
import { resolveSite, type Resolved } from '../../src/config/site.js'
import { Secret } from '../../src/core/secret.js'
import type { DeployError } from '../../src/errors.js'
import { folderWith, refusal, type Tree } from './folders.js'

const now = new Date('2026-11-24T20:13:00Z')

const base = `version: 1
host: a.test
site: notes
server-name: notes.test
wsgi: notes:app
`

const app = { 'notes.py': 'app = 1\n' } satisfies Tree

const resolved = async (lines: string, tree: Tree = app, env: Record<string, string> = {}): Promise<Resolved> => {
  const directory = folderWith(tree)
  const text = `${base}${lines.includes('code:') ? '' : 'code: {folder: .}\n'}${lines}\n`
  const { flags, where } = readFlags(text, 'f.yml')
  return resolveSite(flags, { directory, env, now, where, file: join(directory, 'deploy-flask.yml') })
}

const refused = (lines: string, tree?: Tree, env?: Record<string, string>): Promise<DeployError> =>
  refusal(() => resolved(lines, tree, env))

const evidence = async (lines: string, tree?: Tree): Promise<readonly string[]> =>
  ((await refused(lines, tree)).fault.evidence ?? '').split('\n')

it('what is not written follows from the name of the site', async () => {
  const { site, connection } = await resolved('sqlite: [notes.db, deep/x.db, /var/lib/notes/y.db]')
  expect(site).toMatchObject({
    name: 'notes',
    serverName: 'notes.test',
    serverAliases: [],
    port: 80,
    root: '/srv/notes',
    user: 'flask-notes',
    group: 'flask-notes',
    wsgi: { module: 'notes', object: 'app', factory: false },
    requirements: { text: '' },
    settings: {},
    sqlite: ['/srv/notes/data/notes.db', '/srv/notes/data/deep/x.db', '/var/lib/notes/y.db'],
    static: [],
    profile: 'hardened',
    addresses: ['*'],
    codeFolder: '/srv/notes/current',
    applications: [{ from: 'wsgi', mount: { kind: 'url', url: '/' }, applicationGroup: '%{GLOBAL}' }],
    restrictEmbedded: 'auto',
    maxBody: 10_485_760,
    replaceDistributionModule: false,
    allowUnsupported: false,
  })
  expect(site.processGroups).toHaveLength(1)
  expect(site.processGroups[0]).toMatchObject({ from: 'daemon', name: 'notes', user: 'flask-notes' })
  expect(site.processGroups[0].options).toContainEqual(['threads', '5'])
  expect(site.check.path).toBe('/')
  expect(site.check.statuses).toHaveLength(200)
  expect(site.check.statuses.at(0)).toBe(200)
  expect(site.check.statuses.at(-1)).toBe(399)
  expect(site).not.toHaveProperty('init')
  expect(site).not.toHaveProperty('pipIndexUrl')
  expect(connection).toEqual({ host: 'a.test', transport: 'built-in', acceptNewHostKey: false })
})

it('what is written is taken', async () => {
  const { site } = await resolved(
    [
      'root: /opt/shop',
      'user: shop',
      'server-aliases: [b.test]',
      'code: {path: /home/me/app}',
      'requirements: [Flask==2.0.3, Jinja2]',
      'pip: {index-url: "https://pypi.test/simple"}',
      'apt: {lock-seconds: 60}',
      'settings: {A: text, N: 8, T: true, "NOT": no}',
      'init: flask init-db --force',
      'static: {/s/: shop/static}',
      'daemon: {threads: 3}',
      'check: {path: /up, statuses: [204]}',
      'max-body: 0',
    ].join('\n'),
  )
  expect(site).toMatchObject({
    root: '/opt/shop',
    user: 'shop',
    group: 'shop',
    serverAliases: ['b.test'],
    code: { kind: 'path', path: '/home/me/app' },
    requirements: { text: 'Flask==2.0.3\nJinja2\n' },
    pipIndexUrl: 'https://pypi.test/simple',
    aptPatience: { lock: 60, stall: 1800 },
    settings: { A: 'text', N: '8', T: 'true', NOT: 'no' },
    init: { argv: ['flask', 'init-db', '--force'] },
    static: [{ url: '/s/', path: '/home/me/app/shop/static' }],
    check: { path: '/up', statuses: [204] },
    maxBody: 0,
  })
})

it.each([
  ['/up', { path: '/up' }],
  ['{path: /up, body: "all is well", within: 90}', { path: '/up', body: 'all is well', within: 90 }],
  ['{within: 5}', { path: '/', within: 5 }],
])('check: %s is what counts as an answer', async (written, check) => {
  const { site } = await resolved(`code: {path: /srv/x}\ncheck: ${written}`)
  expect(site.check).toEqual({ ...check, statuses: expect.arrayContaining([200, 399]) as number[] })
})

it('a factory is told from an object', async () => {
  const { flags } = readFlags(`${base.replace('notes:app', 'shop.web:create_app()')}code: {path: /srv/x}\n`, 'f')
  const { site } = await resolveSite(flags, { directory: '/', env: {}, now })
  expect(site.wsgi).toEqual({ module: 'shop.web', object: 'create_app', factory: true })
})

it('a command may be a list whose words hold anything', async () => {
  const { site } = await resolved('init: [python, -c, "print(1); print(2)"]')
  expect(site.init).toEqual({ argv: ['python', '-c', 'print(1); print(2)'] })
})

describe('the connection', () => {
  const connection = async (lines: string, host = 'a.test', env: Record<string, string> = {}) => {
    const { flags } = readFlags(`${base.replace('a.test', host)}code: {path: /srv/x}\n${lines}\n`, 'f')
    return (await resolveSite(flags, { directory: '/projects', env: { HOME: '/home/me', ...env }, now })).connection
  }

  it.each([
    ['vagrant@192.0.2.7', '', { host: '192.0.2.7', user: 'vagrant' }],
    ['alias', 'ssh: {user: me, port: 2222}', { host: 'alias', user: 'me', port: 2222 }],
    ['me@::1', 'ssh: {user: me}', { host: '::1', user: 'me' }],
    ['a.test', 'ssh: {identity-file: ~/.ssh/id}', { identityFile: '/home/me/.ssh/id' }],
    ['a.test', 'ssh: {config-file: ssh.conf}', { sshConfigFile: '/projects/ssh.conf' }],
  ])('of %s with %s', async (host, lines, wanted) => {
    expect(await connection(lines, host)).toMatchObject(wanted)
  })

  it('the sudo password is a secret of one line', async () => {
    const lines = 'ssh: {sudo-password: {env: PW}}'
    expect((await connection(lines, 'a.test', { PW: 'x y' })).sudoPassword?.reveal()).toBe('x y')
    await expect(connection(lines, 'a.test', { PW: 'x\ny' })).rejects.toMatchObject({ code: 'SECRET_MISSING' })
  })
})

describe('settings and secrets', () => {
  it('a secret stays a secret, and does not travel with the code', async () => {
    const tree = { ...app, 'key.txt': 'hunter2\n', 'deploy-flask.yml': '' }
    const { site } = await resolved('settings: {A: {file: key.txt}, B: {env: B}}', tree, { B: 'b' })
    expect(site.settings['A']).toBeInstanceOf(Secret)
    expect(String(site.settings['B'])).toBe('[secret]')
    expect(JSON.stringify(site)).not.toContain('hunter2')
    expect(site.code).toMatchObject({ files: 1 })
  })

  it('all missing ones are told at once', async () => {
    const error = await refused('settings: {A: {env: X}, B: {file: y}}\nssh: {sudo-password: {env: PW}}')
    expect(error.code).toBe('SECRET_MISSING')
    expect(error.fault.evidence?.split('\n').map((line) => line.split(':')[0])).toEqual([
      'settings.A',
      'settings.B',
      'ssh.sudo-password',
    ])
  })
})

describe('requirements', () => {
  it('the usual file is taken when it is there', async () => {
    const { site } = await resolved('', { ...app, 'requirements.txt': '# web\nFlask==2.0.3\n' })
    expect(site.requirements).toEqual({ file: 'requirements.txt', text: 'Flask==2.0.3\n' })
  })

  it.each(['requirements: false', 'requirements: []', ''])('there may be none: %j', async (lines) => {
    expect((await resolved(lines)).site.requirements).toEqual({ text: '' })
  })

  it('on the host the file is only named', async () => {
    const { site } = await resolved('code: {path: /srv/app}\nrequirements: deps/prod.txt')
    expect(site.requirements).toEqual({ file: 'deps/prod.txt', text: '' })
  })

  it.each<readonly [string, Tree]>([
    ['is missing', app],
    ['is left out', { ...app, 'requirements.txt': '', '.deployignore': '*.txt\n' }],
    ['is a folder', { ...app, 'requirements.txt/x': '' }],
  ])('a file that somebody named must be sent: it %s', async (_, tree) => {
    const error = await refused('requirements: requirements.txt', tree)
    expect(error).toMatchObject({ code: 'SOURCE_INVALID' })
    expect(error.fault.evidence).toContain('f.yml:7:15: requirements: requirements.txt is not in ')
  })

  it('all mistakes in the file are told with file and line', async () => {
    const lines = await evidence('', { ...app, 'requirements.txt': 'Flask\n-r x\n-e ./lib\n-e .\n' })
    expect(lines).toEqual([
      expect.stringMatching(/^\/.*\/requirements\.txt:2: other files are not read/),
      expect.stringMatching(/^\/.*\/requirements\.txt:3: of editable installs only the code itself/),
      expect.stringMatching(/^\/.*\/requirements\.txt:4: -e \.: neither pyproject\.toml, setup\.cfg nor setup\.py/),
    ])
  })
})

describe('static folders must be sent', () => {
  it.each<readonly [string, Tree]>([
    ['a folder', { ...app, 'static/a.css': '' }],
    ['a link to one', { ...app, 'web/a.css': '', static: { link: 'web' } }],
  ])('%s is', async (_, tree) => {
    await expect(resolved('static: {/s/: static}', tree)).resolves.toBeDefined()
  })

  it.each<readonly [string, Tree]>([
    ['a missing one', app],
    ['an ignored one', { ...app, 'static/a.css': '', '.gitignore': 'static/\n' }],
    ['an empty one', { ...app, static: null }],
  ])('%s is not', async (_, tree) => {
    expect(await evidence('static: {/s/: static}', tree)).toEqual([
      expect.stringContaining('f.yml:7:15: static./s/: static is no folder in '),
    ])
  })
})
