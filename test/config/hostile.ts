import fc from 'fast-check'
import type { z } from 'zod'
import { keysAt } from '../../src/config/reference.js'
import type { flagsFile } from '../../src/config/schema.js'
import { Authority } from '../helpers/certificates.js'
import type { Tree } from './folders.js'

/** A flags file in which everything is written that can stand in one file; it resolves with `anySecret`. */
export const maximalFlags = {
  version: 1,
  host: 'a.test',
  ssh: {
    user: 'deployer',
    port: 2222,
    'identity-file': 'key',
    'config-file': 'ssh.conf',
    transport: 'openssh',
    'host-key': 'SHA256:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU',
    'sudo-password': { env: 'PW' },
  },
  fleet: { rolling: '25%', canary: 'staging', 'stop-after': '10%' },
  site: 'notes',
  'server-name': 'notes.test',
  'server-aliases': ['www.notes.test'],
  profile: 'hardened',
  addresses: ['192.0.2.7', '[2001:db8::7]'],
  port: 8080,
  tls: {
    certificate: '/etc/ssl/certs/notes.pem',
    key: '/etc/ssl/private/notes.key',
    port: 8443,
    redirect: false,
    hsts: 60,
  },
  adopted: { 'virtual-host': 'a'.repeat(64), script: '/srv/by-hand/notes.wsgi', 'script-hash': 'b'.repeat(64) },
  root: '/srv/notes',
  code: { path: '/srv/code' },
  venv: '/srv/notes-venv',
  wsgi: 'notes:app',
  mount: '/notes',
  wrapper: 'notes.middleware:wrap',
  applications: [
    { mount: '/wiki', wsgi: 'wiki.web:create_app()', wrapper: 'wiki.web:wrap', 'process-group': 'second' },
    {
      mount: '/blog',
      script: 'blog/blog.wsgi',
      callable: 'blog',
      'application-group': 'writers',
      'pass-authorization': true,
      'chunked-requests': true,
      preload: true,
      'max-body': 1000,
      static: { '/static/': { path: 'blog/static', 'max-age': 60, headers: { 'X-Frame-Options': 'DENY' } } },
    },
    { mount: '/old/', scripts: '/srv/old-scripts', 'process-group': '%{ENV:PROCESS_GROUP}' },
    { match: '^/m/([^/]+)', script: '/srv/matched/$1.wsgi', 'application-group': '%{ENV:demo.group}' },
  ],
  directories: [
    {
      url: '/mixed/',
      folder: 'mixed',
      handlers: { '.wsgi': 'wsgi-script', '.cgi': 'cgi-script' },
      multiviews: true,
      indexes: true,
      'directory-index': ['index.html', 'index.wsgi'],
      htaccess: ['FileInfo', 'Indexes'],
      callable: 'page',
      'process-group': 'second',
      'application-group': 'pages',
    },
    { url: '/', folder: 'public', handlers: { '.wsgi': 'wsgi-script' }, fallback: { script: 'site.wsgi' } },
    { url: '/scripts/', folder: '/srv/only-scripts', handler: 'wsgi-script' },
  ],
  'user-directories': 'public_html/wsgi-scripts',
  'application-group': '%{RESOURCE}',
  'pass-authorization': false,
  'chunked-requests': false,
  preload: false,
  requirements: 'requirements.txt',
  pip: { 'index-url': 'https://packages.test/simple' },
  apt: { 'lock-seconds': 60, 'stall-seconds': 600 },
  settings: { TITLE: 'Notes', SECRET_KEY: { env: 'SECRET_KEY' } },
  sqlite: ['notes.db', '/srv/notes/data/more.db'],
  init: 'flask init-db',
  static: {
    '/media/': 'media',
    '/favicon.ico': 'assets/favicon.ico',
    '/cached/': { path: '/srv/shared/assets', 'max-age': 3600, headers: { 'Cache-Control': 'public' } },
  },
  'static-patterns': [{ match: '^/([^/]+\\.css)$', file: 'styles/$1' }],
  environ: {
    'demo.title': 'a title, "quoted"',
    'demo.debugging': {
      default: '0',
      when: [
        { attribute: 'Remote_Addr', matches: '^127\\.', value: '1' },
        { test: '%{HTTP:X-Debug}', matches: '^yes$', value: '2' },
      ],
    },
    'demo.group': { default: 'one', when: [{ attribute: 'User-Agent', matches: 'curl', value: 'two' }] },
    PROCESS_GROUP: { map: 'groups', key: '%{REQUEST_URI}', default: 'second' },
  },
  'rewrite-maps': {
    groups: { type: 'txt', entries: { '/old/a.wsgi': 'notes' } },
    spare: { type: 'dbm', entries: { key: 'value' } },
  },
  authentication: { realm: 'Notes', users: { ada: { env: 'ADA' }, grace: { env: 'GRACE' } } },
  access: [
    { url: '/notes/admin/', addresses: ['192.0.2.0/24', '2001:db8::/32'], users: ['ada'], satisfy: 'any' },
    { folder: 'mixed', deny: true },
  ],
  user: 'notes',
  group: 'notes',
  daemon: {
    name: 'notes',
    scope: 'virtual-host',
    user: 'notes',
    group: 'notes',
    'supplementary-groups': ['video'],
    threads: 3,
    processes: 2,
    umask: '0027',
    home: '/srv/code',
    chroot: '/srv/jail',
    lang: 'C.UTF-8',
    locale: 'C.UTF-8',
    'python-home': '/srv/notes-venv',
    'python-path': ['/srv/lib', '/srv/more'],
    'python-eggs': '/srv/eggs',
    'display-name': '%{GROUP}',
    'socket-user': 'www-data',
    'script-user': 'root',
    'newrelic-config-file': '/srv/newrelic.ini',
    'newrelic-environment': 'production',
  },
  'process-groups': {
    second: { threads: 2, 'script-group': 'root' },
    spare: {
      scope: 'server',
      user: 'spare',
      group: 'spare',
      'supplementary-groups': ['audio'],
      umask: '0007',
      home: '/srv/spare',
      chroot: '/srv/jail',
      lang: 'C.UTF-8',
      locale: 'C.UTF-8',
      'python-home': '/srv/spare-venv',
      'python-path': ['/srv/lib'],
      'python-eggs': '/srv/eggs',
      'display-name': 'spare',
      'socket-user': 'www-data',
      'script-user': 'root',
      'newrelic-config-file': '/srv/newrelic.ini',
      'newrelic-environment': 'production',
    },
  },
  'max-body': 1_000_000,
  timeouts: { idle: 60, header: 20, body: 30, 'minimum-rate': 500 },
  'error-documents': { '404': '/notes/missing', '503': 'Back soon.' },
  'log-level': { default: 'warn', wsgi: 'info' },
  headers: { 'X-Content-Type-Options': 'nosniff', 'Referrer-Policy': 'same-origin' },
  'server-tokens': 'Prod',
  check: { path: '/notes/', statuses: [200], body: 'all is well', within: 30 },
} satisfies z.input<typeof flagsFile>

const { certificate, key } = new Authority().issue('notes.test')

/** The files that `maximalFlags` in its other forms finds beside it. */
export const hostileTree = {
  secret: 'hunter2\n',
  'dist/notes-1.0-py3-none-any.whl': 'wheel',
  'notes.pem': certificate,
  'notes.key': key,
  'code/notes.py': 'app = 1\n',
  'code/requirements.txt': '',
  'code/blog/blog.wsgi': 'blog = 1\n',
  'code/blog/static/a.css': '',
  'code/mixed/index.html': '',
  'code/public/site.wsgi': 'application = 1\n',
  'code/media/a.png': '',
  'code/assets/favicon.ico': '',
  'code/styles/a.css': '',
} satisfies Tree

const variables = new Map([
  ['HOME', '/home/me'],
  ['NOTES_PEM', certificate],
  ['NOTES_KEY', key],
])

/** Whatever environment variable is asked for, it is there. */
export const anySecret: Readonly<Record<string, string>> = new Proxy<Record<string, string>>(
  {},
  { get: (_, name) => variables.get(String(name)) ?? 'hunter2' },
)

type Path = readonly (string | number)[]
type Json = Readonly<Record<string, unknown>>

const isRecord = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value)

/** `edit` is given what stands at the path. */
const edited = (whole: unknown, [segment, ...rest]: Path, edit: (old: unknown) => unknown): unknown => {
  if (segment === undefined) return edit(whole)
  if (typeof segment === 'number') {
    const list: readonly unknown[] = Array.isArray(whole) ? whole : []
    return list.map((item, index) => (index === segment ? edited(item, rest, edit) : item))
  }
  const record = isRecord(whole) ? whole : {}
  return { ...record, [segment]: edited(record[segment], rest, edit) }
}

const put = (whole: unknown, path: Path, value: unknown): unknown => edited(whole, path, () => value)

const without = (whole: unknown, ...keys: readonly string[]): unknown =>
  isRecord(whole) ? Object.fromEntries(Object.entries(whole).filter(([key]) => !keys.includes(key))) : whole

const given = {
  file: { certificate: { file: 'notes.pem' }, key: { file: 'notes.key' } },
  env: { certificate: { env: 'NOTES_PEM' }, key: { env: 'NOTES_KEY' } },
}
const acme = { email: 'me@notes.test', agree: true, server: 'https://acme.test/directory' }

const repository = { git: 'https://git.test/notes.git', ref: 'main', subfolder: 'code' }

/** What another form excludes: how the maximal file is changed before it holds the other form. */
const otherForms: readonly (readonly [field: Path, change: (flags: unknown) => unknown])[] = [
  [['code', 'folder'], (flags) => put(flags, ['code'], { folder: 'code' })],
  ...(['git', 'ref', 'subfolder'] as const).map(
    (field) => [['code', field], (flags: unknown) => put(flags, ['code'], { ...repository })] as const,
  ),
  [['requirements', 0], (flags) => put(flags, ['requirements'], ['Flask'])],
  [['init', 0], (flags) => put(flags, ['init'], ['flask', 'init-db'])],
  [
    ['code', 'package'],
    (flags) => ({
      ...(without(
        flags,
        ...['applications', 'directories', 'static', 'static-patterns', 'requirements', 'venv'],
        ...['environ', 'rewrite-maps', 'process-groups'],
      ) as Json),
      access: [{ users: 'any' }],
      code: { package: 'dist/notes-1.0-py3-none-any.whl' },
    }),
  ],
  [['build'], (flags) => put(put(flags, ['code'], { folder: 'code' }), ['build'], 'flask digest compile')],
  [['build', 0], (flags) => put(put(flags, ['code'], { folder: 'code' }), ['build'], ['flask', 'digest'])],
  [['migrate'], (flags) => put(put(flags, ['code'], { folder: 'code' }), ['migrate'], 'flask db upgrade')],
  [['migrate', 0], (flags) => put(put(flags, ['code'], { folder: 'code' }), ['migrate'], ['flask', 'db', 'upgrade'])],
  ...(['certificate', 'key'] as const).flatMap((field) =>
    (['file', 'env'] as const).map(
      (way) => [['tls', field, way], (flags: unknown) => put(flags, ['tls'], given[way])] as const,
    ),
  ),
  ...(['email', 'server'] as const).map(
    (field) => [['tls', 'acme', field], (flags: unknown) => put(put(flags, ['port'], 80), ['tls'], { acme })] as const,
  ),
  [['ssh', 'host-key', 0], (flags) => put(flags, ['ssh', 'host-key'], [maximalFlags.ssh['host-key']])],
  [['ssh', 'sudo-password', 'file'], (flags) => put(flags, ['ssh', 'sudo-password'], { file: 'secret' })],
  [['settings', 'TOKEN', 'file'], (flags) => put(flags, ['settings', 'TOKEN'], { file: 'secret' })],
  [
    ['authentication', 'users', 'ada', 'file'],
    (flags) => put(flags, ['authentication', 'users', 'ada'], { file: 'secret' }),
  ],
  [['authentication', 'users-file'], (flags) => put(flags, ['authentication'], { 'users-file': '/etc/apache2/users' })],
  [
    ['authentication', 'users-file', 'file'],
    (flags) => put(flags, ['authentication'], { 'users-file': { file: 'secret' } }),
  ],
  [
    ['rewrite-maps', 'spare', 'file'],
    (flags) => put(flags, ['rewrite-maps', 'spare'], { type: 'dbm', file: '/srv/maps/spare.dbm' }),
  ],
  [
    ['applications', 1, 'static', '/static/'],
    (flags) => put(flags, ['applications', 1, 'static'], { '/static/': 'blog/static' }),
  ],
  [
    ['daemon', 'script-group'],
    (flags) =>
      edited(flags, ['daemon'], (old) => ({ ...(without(old, 'script-user') as Json), 'script-group': 'root' })),
  ],
  [
    ['directories', 1, 'fallback', 'wsgi'],
    (flags) => put(flags, ['directories', 1, 'fallback'], { wsgi: 'notes:app' }),
  ],
  [['check'], (flags) => put(flags, ['check'], '/notes/')],
  [['access', 0, 'users'], (flags) => put(flags, ['access', 0, 'users'], 'any')],
  [['log-level'], (flags) => put(flags, ['log-level'], 'info')],
  [
    ['existing-site', 'file'],
    (flags) => ({
      ...(without(
        edited(flags, ['directories'], (old) => (Array.isArray(old) ? old.filter((_, index) => index !== 1) : old)),
        ...[
          'addresses',
          'port',
          'tls',
          'server-aliases',
          'error-documents',
          'timeouts',
          'log-level',
          'user-directories',
        ],
        ...['rewrite-maps', 'environ', 'applications', 'static', 'static-patterns', 'adopted'],
      ) as Json),
      'existing-site': { file: 'php.conf' },
    }),
  ],
]

interface Place {
  readonly path: Path
  /** The name itself is the text: a key of a mapping whose keys are free. */
  readonly isKey: boolean
}

const textPlaces = (value: unknown, path: Path = []): readonly Place[] => {
  if (typeof value === 'string') return [{ path, isKey: false }]
  if (Array.isArray(value)) return value.flatMap((item, index) => textPlaces(item, [...path, index]))
  if (!isRecord(value)) return []
  const isFree = keysAt(path).length === 0
  return Object.entries(value).flatMap(([key, inner]) => {
    const here = [...path, key]
    return [...(isFree ? [{ path: here, isKey: true }] : []), ...textPlaces(inner, here)]
  })
}

const renamed = (record: unknown, from: string, to: string): unknown =>
  isRecord(record)
    ? Object.fromEntries(Object.entries(record).map(([key, value]) => [key === from ? to : key, value]))
    : record

export interface TextField {
  /** As messages name it: `applications.0.mount`; of a key of a mapping, the old key with `(key)` behind it. */
  readonly path: string
  readonly segments: Path
  readonly isKey: boolean
  /** `flags` is `maximalFlags`. */
  readonly put: (flags: object, value: string) => object
}

const asObject = (value: unknown): object => (typeof value === 'object' && value !== null ? value : {})

const fieldAt = ({ path, isKey }: Place, change: (flags: unknown) => unknown = (flags) => flags): TextField => ({
  path: `${path.join('.')}${isKey ? ' (key)' : ''}`,
  segments: path,
  isKey,
  put: (flags, value) =>
    asObject(
      isKey
        ? edited(change(flags), path.slice(0, -1), (old) => renamed(old, String(path.at(-1)), value))
        : put(change(flags), path, value),
    ),
})

/** Every text that can be written in a flags file: values, and keys of mappings whose keys are free. */
export const textFields: readonly TextField[] = [
  ...textPlaces(maximalFlags).map((place) => fieldAt(place)),
  ...otherForms.map(([path, change]) => fieldAt({ path, isKey: false }, change)),
]

/** `maximalFlags` in its other forms; each of them resolves, too. */
export const otherFlags: readonly (readonly [field: string, flags: object])[] = otherForms.map(([path, change]) => [
  path.join('.'),
  asObject(change(maximalFlags)),
])

const repeated = [1, 63, 64, 128, 253, 254, 255, 256, 4096, 131_072].map((length) => 'a'.repeat(length))

/** What people, accidents and attackers write into text fields. */
const nasty: readonly string[] = [
  ...['', ' ', ' a', 'a ', "'", '"', `'"'"'`, '\\', 'a\\', 'a\nb', 'a\r\nb', 'a\tb', '\0', 'a\0b', '\u001b[2J'],
  ...['\u001b]52;c;YQ==\u0007', '\u202e', '\u2028', '\ufeff', 'é', 'e\u0301', '😀', '\ud800', '\udc00a', '\uffff'],
  ...['%s%n', '{{7*7}}', '${HOME}', '$(touch /tmp/p)', '`id`', '; id', '| id', '&& id', '& id', '> /tmp/p', '<(id)'],
  ...['!!', '~', '~root', '*', '?', '[a-z]', '{a,b}', '#x', 'a #x', 'a: b', '- a', '-n', '--help', '-oProxyCommand=id'],
  ...['__proto__', 'constructor', 'toString', 'null', 'undefined', 'NaN', 'true', 'no', '0', '010', '0x50', '8e1'],
  ...['1e3', '@@PW@@', '_x.test', '-x.test', 'http://a.test', '%{X}', '#c', 'пример.test', 'a b.test', '*.test'],
  ...[
    '[::1]',
    'a.test:99999',
    'a..b',
    '.a',
    'a.',
    'xn--e1afmkfd.test',
    `${'l'.repeat(64)}.test`,
    'A.TEST',
    'localhost',
  ],
  ...['1.2.3.4', 'a.test>', 'a.test\nCustomLog "|/bin/sh -c id"', '</VirtualHost>', '../../x', '000-a'],
  ...['a.test ServerAlias b.test', '/', '/etc', '/etc/passwd', '//etc', '/./etc', '/var/www/../../etc', '/var/www/x/.'],
  ...['.', '..', 'a/', '/a/', 'a//b', '~/x', '/a b', "/a'b", '/a%b', '/a:b', '/a,b', '-rf', '/-rf', '/a\n'],
  ...[`/${'a'.repeat(255)}`, `/${'a'.repeat(256)}`, '-----BEGIN\nabc\n-----END\n', '=a', 'a=b', '$1', '\\1', '$&'],
  ...['%7B', '000000', '{{x}}', '!vault', 'A B', '1A', 'PATH', 'LD_PRELOAD', 'PYTHONPATH', 'BASH_ENV', 'a-b', 'A\nB'],
  ...['a:b', 'a:b()', 'a.b:c', 'a:b:c', 'a:b(c)', 'root', 'www-data', 'root:root', 'www-data:', ':x', '-R', '-1'],
  ...['4294967295', 'ünï', 'a$', 'user@host', 'host:22', '::1', 'fe80::1%eth0', '127.1', '0x7f000001', 'a@b@c', '８０'],
  ...['https://u:p@a.test/', 'https://a.test/"x', 'file:///etc', 'flask==1; os_name', '-r /etc/passwd', 'git+ssh://a'],
  ...['flask @ file:///x', './', 'flask[async]', 'apache2-', '%{GLOBAL}', '%{ENV:X}', '%{RESOURCE}', '%{SERVER}'],
  ...[
    '^/(a+)+$',
    '^/([^/]+)',
    '^/(.*)$',
    '(a|aa)+$',
    '(',
    ')',
    '[',
    'styles/$0',
    '$2',
    '/srv/$1/x',
    'expr=%{REQUEST_URI}',
  ],
  ...[
    '--reference=/etc/shadow',
    '#4294967295',
    'nobody',
    '0',
    '.',
    `${'u'.repeat(33)}`,
    '65536',
    '080',
    'Infinity',
    '80.0',
  ],
  ...['-uid', '--upload-pack=id', 'ext::sh -c id', 'ssh://-oProxyCommand=id/x', 'a@{u}', 'HEAD^{/x}', 'refs/../x'],
  ...['apache2=2.4', 'apache2+', 'pkg/bionic', '^lamp', './x.deb', '-oX=y', 'lib*', ':i386', 'php*', 'mpm_event'],
  ...[
    'os.system',
    'import',
    '__init__',
    'user=root',
    '/run',
    '/boot',
    '/dev/sda',
    '/usr',
    '/root',
    '//',
    '/..',
    'a.b/../c',
  ],
  ...['none', 'None', 'any', 'all granted', 'Require all granted', 'threads=0 user=root', 'x.wsgi', '.wsgi', '.py'],
  ...[
    '.htaccess',
    '.git',
    '/.git/',
    '/a.py',
    '/srv/notes',
    '/srv/notes/data',
    '/srv/notes-venv',
    '/usr/share/javascript',
  ],
  ...[
    '/home',
    '/home/me',
    '/srv',
    '/proc/self',
    '/dev/null',
    '/tmp/x',
    '/wiki',
    '/wiki/',
    '/WIKI',
    '/notes',
    '/media/',
  ],
]

const parts: readonly (readonly [before: string, after: string])[] = [
  ['a', ''],
  ['/', ''],
  ['/srv/', ''],
  ['', '/'],
  ['%{ENV:', '}'],
  ['^/', '$'],
  ['a ', '" b'],
  ['x\\', "'"],
]

/** At least two thousand, the same in every run. */
export const hostileValues: readonly string[] = [
  ...new Set([
    ...nasty,
    ...repeated,
    ...parts.flatMap(([before, after]) => nasty.map((value) => `${before}${value}${after}`)),
    ...fc.sample(fc.string({ unit: 'binary', minLength: 1, maxLength: 24 }), { numRuns: 250, seed: 20_261_124 }),
    ...fc.sample(fc.string({ unit: 'grapheme-ascii', minLength: 1, maxLength: 24 }), {
      numRuns: 300,
      seed: 20_261_125,
    }),
  ]),
]
