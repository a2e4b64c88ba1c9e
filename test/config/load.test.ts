import { describe, expect, it } from 'vitest'
import { readFlags } from '../../src/config/load.js'
import { refusal } from './folders.js'

const valid = `version: 1
host: vagrant@192.0.2.7
site: notes
server-name: notes.example.com
code: {folder: .}
wsgi: notes:app
`

/** What is told about a file of these lines behind the valid ones, without the name of the file. */
const told = async (text: string): Promise<readonly string[]> => {
  const error = await refusal(() => readFlags(text, 'deploy-flask.yml'))
  expect(error).toMatchObject({ code: expect.stringMatching(/^(CONFIG|YAML)_INVALID$/) as unknown, exitCode: 2 })
  return (error.fault.evidence ?? '').split('\n').map((line) => line.replace(/^deploy-flask\.yml:/, ''))
}

it('a small file is complete: everything else has a default', () => {
  expect(readFlags(valid, 'f').flags).toMatchObject({
    host: 'vagrant@192.0.2.7',
    port: 80,
    ssh: {},
    settings: {},
    sqlite: [],
    daemon: { scope: 'virtual-host' },
    applications: [],
    check: {},
  })
})

it('JSON is read by the same rules, with tabs, and with its mistakes placed', async () => {
  const json = JSON.stringify(readFlags(valid, 'f').flags, null, '\t')
  expect(readFlags(json, 'f').flags).toEqual(readFlags(valid, 'f').flags)
  expect(await told(json.replace('"port": 80', '"port": "x"'))).toEqual([
    expect.stringMatching(/^\d+:10: port: must be a whole number$/),
  ])
})

it('a field can be asked for its place later', () => {
  const { where } = readFlags(`${valid}sqlite:\n  - a.db\n  - b.db\n`, 'f.yml')
  expect(where('sqlite', 1)).toBe('f.yml:9:5')
  expect(where('code')).toBe('f.yml:5:1')
  expect(where('root')).toBe('f.yml:1:1')
})

const inValid: readonly (readonly [string, string, string])[] = [
  ['an unknown key with a near one', 'sqlit: [a]', '7:1: sqlit: unknown key; did you mean sqlite?'],
  ['an underscore', 'max_body: 1', '7:1: max_body: unknown key; did you mean max-body?'],
  ['a key in capitals', 'maxBody: 1', '7:1: maxBody: unknown key; did you mean max-body?'],
  ['a key of another level', 'threads: 3', '7:1: threads: unknown key; did you mean daemon.threads?'],
  ['a key of a group', 'daemon:\n  treads: 3', '8:3: daemon.treads: unknown key; did you mean threads?'],
  [
    'a key of an application',
    'applications:\n  - {mont: /a}',
    '8:6: applications.0.mont: unknown key; did you mean mount?',
  ],
  [
    'a key of a process group',
    'process-groups: {a: {treads: 3}}',
    '7:22: process-groups.a.treads: unknown key; did you mean threads?',
  ],
  [
    'a key of a condition',
    'environ: {A: {when: [{atribute: X, matches: y, value: z}]}}',
    '7:23: environ.A.when.0.atribute: unknown key; did you mean attribute?',
  ],
  [
    'a key of a static folder',
    'static: {/a/: {path: a, max_age: 3}}',
    '7:25: static./a/.max_age: unknown key; did you mean max-age?',
  ],
  [
    'a key of an application at the top',
    'callable: app',
    '7:1: callable: unknown key; did you mean applications[].callable?',
  ],
  [
    'a missing key in a list',
    'directories: [{folder: a}]',
    '7:15: directories.0.url: is missing: URL prefix (Alias): /wsgi/',
  ],
  [
    'a missing key in a mapping',
    'static: {/a/: {max-age: 3}}',
    '7:10: static./a/.path: is missing: Folder or file, inside the code or on the host',
  ],
  [
    'an option of a newer mod_wsgi',
    'daemon: {switch-interval: 1}',
    '7:10: daemon.switch-interval: is an option of mod_wsgi 6; for the Python 3.6 of Ubuntu 18.04 there is mod_wsgi 4.9.4',
  ],
  [
    'a newer option of a process group',
    'process-groups: {a: {interrupt-timeout: 1}}',
    '7:22: process-groups.a.interrupt-timeout: is an option of mod_wsgi 6',
  ],
  [
    'an option under its old name',
    'daemon: {proxy-buffer-size: 70000}',
    '7:10: daemon.proxy-buffer-size: is the old name of response-buffer-size',
  ],
  [
    'no threads',
    'daemon: {threads: 0}',
    '7:19: daemon.threads: must be at least 1: 0 is a mode of mod_wsgi that serves no requests',
  ],
  [
    'a range that goes backwards',
    'static-patterns: [{match: "^/([z-a]+)$", file: a/$1}]',
    '7:27: static-patterns.0.match: must not hold [z-a]+',
  ],
  [
    'a repetition that goes backwards',
    'static-patterns: [{match: "^/([a-z]{5,2})$", file: a/$1}]',
    '7:27: static-patterns.0.match: must not hold [a-z]{5,2}, in which a range goes backwards',
  ],
  [
    'a pattern that takes long',
    'static-patterns: [{match: "^/[^/]+a[^/]+b([^/]+)$", file: a/$1}]',
    '7:27: static-patterns.0.match: must not repeat more than two sets between two slashes',
  ],
  [
    'a range with a slash in it',
    'static-patterns: [{match: "^/([.-9]+)$", file: a/$1}]',
    '7:27: static-patterns.0.match: must not let [.-9]+ match a slash',
  ],
  ['an address that is none', 'addresses: [999.1.1.1]', '7:13: addresses.0: is no address'],
  ['a network that is none', 'access: [{addresses: [10.0.0.0/99]}]', '7:23: access.0.addresses.0: is no address'],
  ['a key that is like nothing', 'frobnicate: 1', '7:1: frobnicate: unknown key'],
  ['a key that would move the cursor', '"a\\e[2Jb": 1', '7:1: a\\u{001b}[2Jb: unknown key'],
  ['a key written twice', 'port: 80\nport: 81', '8:1: port: is written twice'],
  ['a key that reaches into JavaScript', '__proto__: {a: 1}', '7:1: __proto__: must not be a key'],
  ['the same one in settings', 'settings: {__proto__: x}', '7:12: settings.__proto__: must not be a key'],
  ['a number as text', 'port: "80"', '7:7: port: must be a whole number: write it without quotes, 80'],
  ['a broken number', 'port: 80.5', '7:7: port: must be a whole number'],
  ['a number out of range', 'port: 65536', '7:7: port: must be at most 65535'],
  ['a number with a zero before it', 'port: 080', '7:7: port: is read as the number 80: write 80, or "080" in quotes'],
  ['a hexadecimal number', 'port: 0x50', '7:7: port: is read as the number 80: write 80, or "0x50" in quotes'],
  ['a number that was meant as text', 'user: 3.10', '7:7: user: is read as the number 3.1: write 3.1, or "3.10"'],
  ['yes, which is text', 'allow-unsupported: yes', '7:20: allow-unsupported: must be true or false'],
  ['no value', 'root:', '7:6: root: has no value; must be text'],
  ['text for a list', 'server-aliases: a.test', '7:17: server-aliases: must be a list: [one, two]'],
  ['an empty list', 'check: {statuses: []}', '7:9: check.statuses: must have at least 1 entry'],
  ['text for a mapping', 'daemon: fast', '7:9: daemon: must be a mapping of keys to values'],
  ['a relative root', 'root: srv/x', '7:7: root: must be an absolute path of plain characters'],
  ['a wrong value, which is repeated', 'user: A', '7:7: user: must be an account name, not a number: lower-case'],
  ['root as the account', 'user: root', '7:7: user: must not be root'],
  ['a group with rights', 'group: docker', '7:8: group: would give the application rights over the whole host'],
  [
    'a password in a URL',
    'pip: {index-url: "https://a:b@c/"}',
    '7:18: pip.index-url: must not hold a user or password',
  ],
  ['the dot as static folder', 'static: {/static/: .}', '7:20: static./static/: must be a path inside the code'],
  ['a prefix without slashes', 'static: {static: s}', '7:10: static.static: must be a URL path: /media/ for a folder'],
  ['an alias', 'root: &a /srv/x\nuser: *a', '8:7: user: aliases are not supported: write the value out'],
  ['a tag', 'user: !!js/function x', '7:7: tags such as !name are not supported'],
  ['a second document', '---\nversion: 1', '7:1: a second document begins here: a flags file holds one'],
  ['a tab', '\tuser: x', '7:1: is indented with a tab: use blanks'],
  ['a bad beginning', 'user: @x', '7:7: begins with a character that YAML keeps for itself'],
  ['two colons', 'user: a: b', '7:7: there are two keys on one line'],
  ['an open quote', 'user: "x', '8:1: a closing quote or bracket, a colon or a comma is missing'],
]

it.each(inValid)('%s is refused with its place', async (_, line, message) => {
  const lines = await told(`${valid}${line}\n`)
  expect(lines).toHaveLength(1)
  expect(lines[0]?.slice(0, message.length)).toBe(message)
})

describe('values that may have several forms say which ones', () => {
  const code =
    'must be one of {folder: PATH} or {package: PATH}, a folder or a wheel on this computer, {git: URL}, a repository, ' +
    'or {path: PATH}, a folder on the host'
  const secret = 'must be {env: NAME} or {file: PATH}: a secret is never written in the flags file itself'
  const setting = 'must be text, a number, true or false, or a secret as {env: NAME} or {file: PATH}'
  it.each([
    ['code: .', `7:7: code: ${code}`],
    ['code: {}', `7:1: code: ${code}`],
    ['code: {folder: a, path: /b}', `7:1: code: ${code}`],
    ['code: {foldr: a}', `7:8: code.foldr: unknown key; did you mean folder?; ${code}`],
    ['code: {folder: 3}', '7:16: code.folder: must be text: write it in quotes, "3"'],
    ['code: {path: b}', '7:14: code.path: must be an absolute path of plain characters'],
    ['settings: {A: }', `7:15: settings.A: ${setting}`],
    ['settings: {A: [1]}', `7:12: settings.A: ${setting}`],
    ['settings: {A: {envv: X}}', `7:16: settings.A.envv: unknown key; did you mean env?; ${secret}`],
    ['settings: {A: {env: "a b"}}', '7:21: settings.A.env: must be the name of an environment variable'],
    ['settings: {A: {env: }}', '7:21: settings.A.env: has no value; must be text'],
    ['ssh: {sudo-password: hunter2}', `7:22: ssh.sudo-password: ${secret}`],
    ['requirements: true', '7:15: requirements: must be the path of a file inside the code, or a list'],
    ['requirements: ../r.txt', '7:15: requirements: must be a relative path'],
    ['requirements: [Flask, -r x]', '7:23: requirements.1: must be a requirement such as Flask==2.0.3'],
    ['sqlite: [3]', '7:10: sqlite.0: must be an absolute path on the host, or one relative to <root>/data'],
    ['sqlite: [../a]', '7:10: sqlite.0: must be an absolute path on the host, or one relative to <root>/data'],
    ['init: true', '7:7: init: must be a command such as "flask init-db", or a list of its words'],
    ['init: "a; b"', '7:7: init: must be a plain command such as "flask init-db"'],
    ['init: []', '7:1: init: must have at least 1 entry'],
    ['init: [flask, 3]', '7:15: init.1: must be text: write it in quotes, "3"'],
  ])('%s', async (line, message) => {
    const base = line.startsWith('code:') ? valid.replace('code: {folder: .}\n', '# code\n') : valid
    const lines = await told(`${base}${line}\n`)
    expect(lines).toHaveLength(1)
    expect(lines[0]?.slice(0, message.length)).toBe(message)
  })
})

it('all mistakes are told at once, in the order of the file', async () => {
  const text =
    'host: a:22\nsite: Shop\ncode: {folder: .}\nsever-name: a.test\nwsgi: shop\nport: x\nport: 1\nuser: !x y\n'
  const lines = await told(text)
  expect(lines.map((line) => line.split(': ').slice(0, 2).join(' '))).toEqual([
    '1:1 version',
    '1:1 server-name',
    '1:7 host',
    '2:7 site',
    '4:1 sever-name',
    '5:7 wsgi',
    '7:1 port',
    '8:7 tags such as !name are not supported',
  ])
})

it('missing keys are explained, and placed at what should hold them', async () => {
  expect(await told('# nothing\nversion: 1\n')).toEqual([
    expect.stringContaining('1:1: host: is missing: Host to deploy to'),
    expect.stringContaining('1:1: site: is missing: Name of the site'),
    expect.stringContaining('1:1: server-name: is missing'),
    expect.stringContaining('1:1: code: is missing'),
  ])
  expect(await told(valid.replace('version: 1\n', ''))).toEqual(['1:1: version: is missing: write version: 1'])
})

it.each([
  ['nothing', ''],
  ['only comments', '# soon\n'],
])('a file with %s is refused as empty', async (_, text) => {
  expect(await told(text)).toEqual(['1:1: the file is empty'])
})

it.each(['- a\n', 'text\n', '3\n'])('a file that is no mapping is refused: %j', async (text) => {
  expect(await told(text)).toEqual(['1:1: must be a mapping of keys to values'])
})

it('a %YAML line cannot bring back the rules of YAML 1.1', async () => {
  expect(await told(`%YAML 1.1\n---\n${valid}`)).toEqual([
    '1:1: a %YAML line is not supported: YAML 1.2 is what is read',
  ])
})

it('a thousand million laughs are refused at once', async () => {
  const level = (n: number) =>
    `a${n}: &a${n} [${Array(9)
      .fill(`*a${n - 1}`)
      .join(', ')}]`
  const bomb = ['a0: &a0 [lol]', ...Array.from({ length: 12 }, (_, index) => level(index + 1))].join('\n')
  await told(bomb)
})

describe('secrets', () => {
  it.each([
    ['settings: {SECRET_KEY: hunter2}', 'settings.SECRET_KEY: must not be written out'],
    ['settings: {DB_PASSWORD: "hunter2"}', 'write {env: DB_PASSWORD} or {file: PATH}'],
    ['settings: {DATABASE_URL: "postgres://u:hunter2@db/x"}', 'settings.DATABASE_URL: must not be written out'],
    ['settings: {PIN: 0hunter2, X: [hunter2]}', 'settings.X: must be text'],
    ['settings: {PIN: 00123}', 'settings.PIN: is read as a number'],
    ['ssh: {sudo-password: hunter2}', 'ssh.sudo-password: must be {env: NAME}'],
    ['ssh: {user: "u:hunter2@h"}', 'ssh.user: must be an account name'],
    ['user: hunter2AAAAAAAAAAAAAAAAAA', 'user: must be an account name'],
    ['user: @hunter2', 'begins with a character'],
    ['user: *hunter2', 'aliases are not supported'],
    ['user: "hunter2', 'a closing quote'],
    ['password: hunter2', 'password: unknown key'],
  ])('%s is refused without being repeated', async (line, message) => {
    const lines = (await told(`${valid}${line}\n`)).join('\n')
    expect(lines).toContain(message)
    expect(lines).not.toMatch(/hunter2|00123/)
  })

  it('names that only sound like secrets may stand in the file', () => {
    const settings = 'settings: {PASSWORD_MIN_LENGTH: 8, TOKEN_URL: "https://id.test/token", SECRET_KEY: {env: X}}'
    expect(() => readFlags(`${valid}${settings}\n`, 'f')).not.toThrow()
  })
})

describe('a file of a newer version', () => {
  it('is refused with nothing but that, for its keys may mean something else', async () => {
    const error = await refusal(() => readFlags(valid.replace('version: 1', 'version: 2\nthis-is: new'), 'f.yml'))
    expect(error).toMatchObject({
      code: 'FLAGS_VERSION_UNKNOWN',
      exitCode: 2,
      fault: { where: 'f.yml', evidence: 'f.yml:1:10: version: 2 is newer than 1' },
    })
  })

  it.each(['0', '1.5', '"2"', 'two', '[2]'])('is told from a version that never was: %s', async (version) => {
    const error = await refusal(() => readFlags(valid.replace('version: 1', `version: ${version}`), 'f.yml'))
    expect(error.code).toBe('CONFIG_INVALID')
  })
})

it('text that is no YAML is told from settings that cannot be', async () => {
  const error = await refusal(() => readFlags(`${valid}init: "flask\n`, 'f.yml'))
  expect(error).toMatchObject({ code: 'YAML_INVALID', fault: { where: 'f.yml' } })
  expect(error.fault.what).toBe('the flags file cannot be read as YAML or JSON')
})

describe('comments of JavaScript', () => {
  it.each(['{\n  // my host\n  "version": 1\n}\n', '{"version": 1, /* x */ "host": "h"}\n'])('%j', async (text) => {
    const error = await refusal(() => Promise.resolve().then(() => readFlags(text, 'f.json')))
    expect(error).toMatchObject({ code: 'YAML_INVALID', exitCode: 2 })
    expect(error.fault.evidence).toMatch(/^f\.json:\d+:\d+: comments begin with #/)
    expect(error.fault.evidence?.split('\n')).toHaveLength(1)
  })
})
