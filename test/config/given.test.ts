import { describe, expect, it } from 'vitest'
import { overridesFrom, strayVariables } from '../../src/config/given.js'
import { loadSettings, readFlags } from '../../src/config/load.js'
import { settingsTable } from '../../src/config/settings-table.js'
import { fieldReference } from '../../src/config/reference.js'
import { fleetSettings, usualSettings } from '../../src/config/usual-settings.js'
import { refusal } from './folders.js'

type Options = Readonly<Record<string, readonly string[]>>

const overrides = (options: Options, env: Readonly<Record<string, string>> = {}) =>
  overridesFrom(
    { options: new Map(Object.entries(options)), env: { HOME: '/home/me', ...env }, cwd: '/here' },
    settingsTable(),
  )

const file = `version: 1
host: me@server
site: notes
server-name: notes.example.com
code: {path: /srv/app}
wsgi: notes:app
settings: {A: "1", B: "2"}
server-aliases: [a.example.com, b.example.com]
`

const read = (options: Options, env?: Readonly<Record<string, string>>) =>
  readFlags(file, 'f.yml', overrides(options, env))

describe('the table of settings', () => {
  it('has every key of the flags file that stands for itself, under three names', () => {
    const keys = settingsTable().map(({ key }) => key)
    const groups = [
      'version',
      'fleet',
      'ssh',
      'tls',
      'tls.acme',
      'existing-site',
      'adopted',
      'code',
      'apt',
      'pip',
      'authentication',
      'daemon',
      'timeouts',
      'check',
    ]
    const wanted = fieldReference()
      .map(({ key }) => key)
      .filter((key) => !/[[<]/.test(key) && !groups.includes(key))
      .filter((key) => !/^(ssh\.sudo-password|authentication\.users-file|tls\.certificate|tls\.key)\./.test(key))
    expect(keys).toEqual(wanted)
  })

  it('has no name twice', () => {
    for (const name of ['option', 'variable'] as const) {
      const names = settingsTable().map((setting) => setting[name])
      expect(new Set(names).size).toBe(names.length)
    }
  })

  it('holds the usual ones as they are written out for those that need no others', () => {
    expect(settingsTable().filter(({ option }) => ['host', 'ssh-config'].includes(option))).toEqual(usualSettings)
    expect(settingsTable().filter(({ path }) => path[0] === 'fleet')).toEqual(fleetSettings)
  })

  it('describes each of them', () => {
    expect(settingsTable().filter(({ description }) => description.length < 10)).toEqual([])
  })
})

describe('the text of an option becomes the value of a field', () => {
  it.each<[string, readonly string[], unknown]>([
    ['site', ['12'], '12'],
    ['daemon-threads', ['12'], 12],
    ['daemon-umask', ['0022'], '0022'],
    ['embedded', ['true'], true],
    ['preload', ['false'], false],
    ['requirements', ['false'], false],
    ['requirements', ['requirements/prod.txt'], 'requirements/prod.txt'],
    ['requirements', ['[Flask==2.0.3, "click<9"]'], ['Flask==2.0.3', 'click<9']],
    ['init', ['flask init-db'], 'flask init-db'],
    ['server-aliases', ['a.test', 'b.test'], ['a.test', 'b.test']],
    ['server-aliases', ['[a.test, b.test]', 'c.test'], ['a.test', 'b.test', 'c.test']],
    ['check-statuses', ['200', '301'], [200, 301]],
    ['access', ['{url: /admin, deny: true}'], [{ url: '/admin', deny: true }]],
    ['code-folder', ['app'], '/here/app'],
    ['code-folder', ['~/app'], '/home/me/app'],
    ['ssh-config', ['conf'], '/here/conf'],
    ['ssh-sudo-password', ['{file: pw}'], { file: '/here/pw' }],
    ['log-level', ['{wsgi: info}'], { wsgi: 'info' }],
  ])('--%s %j', (option, texts, value) => {
    expect(overrides({ [option]: texts }).map((one) => one.value)).toEqual([value])
  })

  it('mappings are given entry by entry, and each is an override of its own', () => {
    const given = overrides({
      settings: ['DEBUG=1', 'SECRET_KEY={env: KEY}', 'URL=a=b', '{X: y}', 'PASSWORD_FILE={file: p}'],
    })
    expect(given).toEqual([
      { path: ['settings', 'DEBUG'], value: 1, origin: '--settings' },
      { path: ['settings', 'SECRET_KEY'], value: { env: 'KEY' }, origin: '--settings' },
      { path: ['settings', 'URL'], value: 'a=b', origin: '--settings' },
      { path: ['settings', 'X'], value: 'y', origin: '--settings' },
      { path: ['settings', 'PASSWORD_FILE'], value: { file: '/here/p' }, origin: '--settings' },
    ])
  })
})

describe('what cannot be read is told at once', () => {
  it.each<[Options, Readonly<Record<string, string>>, readonly string[]]>([
    [{ site: ['a', 'b'] }, {}, ['--site: is given 2 times, and can have one value']],
    [{ settings: ['A=1', 'A=2'] }, {}, ['--settings: A is given twice']],
    [{ settings: ['A'] }, {}, ['--settings: must be NAME=VALUE, or {NAME: VALUE}']],
    [{ settings: ['=x'] }, {}, ['--settings: must be NAME=VALUE, or {NAME: VALUE}']],
    [{ settings: ['__proto__=x', '{__proto__: {a: 1}}'] }, {}, ['--settings: must be NAME=VALUE, or {NAME: VALUE}']],
    [{ access: ['{__proto__: {a: 1}}'] }, {}, ['--access: __proto__ must not be a key']],
    [
      { access: ['{url: /a'] },
      { DEPLOY_FLASK_SETTINGS: '{A: "hunter2' },
      [
        'DEPLOY_FLASK_SETTINGS: is not YAML: are all brackets and quotes closed?',
        '--access: is not YAML: are all brackets',
      ],
    ],
  ])('%j %j', async (options, env, lines) => {
    const error = await refusal(() => Promise.resolve().then(() => overrides(options, env)))
    expect(error).toMatchObject({ code: 'USAGE', exitCode: 2 })
    expect(error.fault.evidence?.split('\n')).toEqual(lines.map((line) => expect.stringContaining(line) as string))
    expect(JSON.stringify(error.fault)).not.toContain('hunter2')
  })
})

describe('options are stronger than variables, and variables stronger than the file', () => {
  it('value by value', () => {
    const { flags, where } = read(
      { 'daemon-threads': ['7'] },
      { DEPLOY_FLASK_DAEMON_THREADS: '3', DEPLOY_FLASK_SITE: 'shop' },
    )
    expect(flags).toMatchObject({ site: 'shop', daemon: { threads: 7 }, 'server-name': 'notes.example.com' })
    expect(where('daemon', 'threads')).toBe('--daemon-threads')
    expect(where('site')).toBe('DEPLOY_FLASK_SITE')
    expect(where('server-name')).toBe('f.yml:4:14')
  })

  it('a list replaces the list of the file, an entry of a mapping only itself', () => {
    const { flags } = read({ 'server-aliases': ['c.example.com'], settings: ['B=3'] })
    expect(flags['server-aliases']).toEqual(['c.example.com'])
    expect(flags.settings).toEqual({ A: '1', B: 3 })
  })

  it('a variable that is empty says nothing', () => {
    expect(read({}, { DEPLOY_FLASK_SITE: '' }).flags.site).toBe('notes')
  })

  it('who gives a folder does not mean the path of the file any more, but not both', async () => {
    expect(read({ 'code-folder': ['app'] }).flags.code).toEqual({ folder: '/here/app' })
    const error = await refusal(() =>
      Promise.resolve().then(() => read({ 'code-folder': ['app'], 'code-path': ['/srv/x'] })),
    )
    expect(error.fault.evidence).toContain('code: must be one of {folder: PATH}')
  })

  it('who gives a repository does not mean the folder of the file any more, and the other way round', async () => {
    const git = 'https://git.example.com/shop.git'
    expect(read({ 'code-git': [git], 'code-ref': ['v1'] }).flags.code).toEqual({ git, ref: 'v1' })
    const folder = /code: .*$/m.exec(file)?.[0] ?? ''
    const inGit = file.replace(folder, `code: {git: '${git}', ref: main, subfolder: app}`)
    const given = (options: Readonly<Record<string, readonly string[]>>) =>
      readFlags(inGit, 'f.yml', overrides(options)).flags.code
    expect(given({ 'code-folder': ['app'] })).toEqual({ folder: '/here/app' })
    expect(given({ 'code-path': ['/srv/x'] })).toEqual({ path: '/srv/x' })
    expect(given({ 'code-ref': ['v2'] })).toEqual({ git, ref: 'v2', subfolder: 'app' })
    const error = await refusal(() => Promise.resolve().then(() => read({ 'code-ref': ['v2'] })))
    expect(error.fault.evidence).toContain('--code-ref: code.ref: cannot be beside the other keys')
  })

  it('who logs in is said once', () => {
    const withUser = file.replace('me@server', 'server\nssh: {user: me}')
    const host = readFlags(withUser, 'f.yml', overrides({ host: ['you@other'] })).flags
    expect(host).toMatchObject({ host: 'you@other', ssh: {} })
    expect(host.ssh.user).toBeUndefined()
    expect(read({ 'ssh-user': ['you'] }).flags).toMatchObject({ host: 'server', ssh: { user: 'you' } })
  })
})

it('what an option says of the check comes beside the path that is its short form in the file', () => {
  const short = `${file}check: /up\n`
  const checked = (options: Options) => readFlags(short, 'f.yml', overrides(options)).flags.check
  expect(checked({})).toEqual({ path: '/up' })
  expect(checked({ 'check-statuses': ['204'], 'check-within': ['5'] })).toEqual({
    path: '/up',
    statuses: [204],
    within: 5,
  })
  expect(checked({ 'check-path': ['/down'], 'check-body': ['ok'] })).toEqual({ path: '/down', body: 'ok' })
})

describe('mistakes in them are told with their names', () => {
  it.each<[Options, string]>([
    [{ site: ['Notes'] }, '--site: site: must be lower-case letters'],
    [{ 'daemon-threads': ['many'] }, '--daemon-threads: daemon.threads: must be a whole number'],
    [{ 'daemon-threads': ['0'] }, '--daemon-threads: daemon.threads: must be at least 1'],
    [{ embedded: ['yes'] }, '--embedded: embedded: must be true or false'],
    [{ settings: ['SECRET_KEY=hunter2'] }, '--settings: settings.SECRET_KEY: must not'],
    [{ settings: ['LD_PRELOAD=x'] }, '--settings: settings.LD_PRELOAD: would change the interpreter'],
  ])('%j', async (options, line) => {
    const error = await refusal(() => Promise.resolve().then(() => read(options)))
    expect(error).toMatchObject({
      code: 'CONFIG_INVALID',
      fault: { what: 'the settings have 1 mistake', where: 'f.yml' },
    })
    expect(error.fault.evidence).toContain(line)
    expect(JSON.stringify(error.fault)).not.toContain('hunter2')
  })

  it('together with those of the file', async () => {
    const text = file.replace('site: notes', 'site: Notes')
    const error = await refusal(() =>
      Promise.resolve().then(() => readFlags(text, 'f.yml', overrides({ 'server-name': ['A b'] }))),
    )
    expect(error.fault.evidence?.split('\n')).toEqual([
      expect.stringContaining('f.yml:3:7: site: must be lower-case letters'),
      expect.stringContaining('--server-name: server-name: must be a host name'),
    ])
  })
})

describe('without a file', () => {
  const all = { host: ['h'], site: ['notes'], 'server-name': ['n.test'], 'code-folder': ['app'], wsgi: ['notes:app'] }
  const load = (options: Options) => loadSettings({ document: undefined, overrides: overrides(options), cwd: '/here' })

  it('options are enough', async () => {
    expect(await load(all)).toMatchObject({
      file: undefined,
      directory: '/here',
      flags: { host: 'h', site: 'notes', code: { folder: '/here/app' }, daemon: { scope: 'virtual-host' } },
    })
  })

  it('all that is missing is told at once, with the options to use', async () => {
    const error = await refusal(() => load({ host: ['h'], 'code-folder': ['app'] }))
    expect(error).toMatchObject({ code: 'FIELD_MISSING', exitCode: 2, fault: { what: '3 settings are missing' } })
    expect(error.fault.evidence?.split('\n').map((line) => line.split(':')[0])).toEqual([
      '--site',
      '--server-name',
      '--wsgi',
    ])
  })

  it('what is wrong is told with what is missing', async () => {
    const error = await refusal(() => load({ site: ['A'] }))
    expect(error.code).toBe('CONFIG_INVALID')
    expect(error.fault.evidence?.split('\n').map((line) => line.split(':').slice(0, 2).join(':'))).toEqual([
      'no flags file: host',
      'no flags file: server-name',
      'no flags file: code',
      'no flags file: wsgi',
      '--site: site',
    ])
  })
})

describe('variables that only look like settings', () => {
  it('are told, with what was probably meant', () => {
    expect(
      strayVariables(
        { DEPLOY_FLASK_SITE: 'x', DEPLOY_FLASK_SERVER_NAM: 'x', DEPLOY_FLASK_Q: 'x', OTHER: 'x' },
        settingsTable(),
      ),
    ).toEqual([
      'the environment variable DEPLOY_FLASK_SERVER_NAM is no setting; did you mean DEPLOY_FLASK_SERVER_NAME?',
      'the environment variable DEPLOY_FLASK_Q is no setting',
    ])
  })
})
