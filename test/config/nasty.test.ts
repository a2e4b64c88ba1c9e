import { describe, expect, it } from 'vitest'
import { readFlags } from '../../src/config/load.js'
import { DeployError } from '../../src/errors.js'

const repeated = [1, 63, 64, 128, 253, 254, 255, 256, 4096, 131_072].map((length) => 'a'.repeat(length))

/** What people, accidents and attackers write into text fields. */
const nasty: readonly string[] = [
  ...['', ' ', ' a', 'a ', "'", '"', `'"'"'`, '\\', 'a\\', 'a\nb', 'a\r\nb', 'a\tb', '\0', 'a\0b', '\u001b[2J'],
  ...['\u001b]52;c;YQ==\u0007', '\u202e', '\u2028', '\ufeff', 'é', 'e\u0301', '😀', '\ud800', '\udc00a', '\uffff'],
  ...['%s%n', '{{7*7}}', '${HOME}', '$(touch /tmp/p)', '`id`', '; id', '| id', '&& id', '& id', '> /tmp/p', '<(id)'],
  ...['!!', '~', '~root', '*', '?', '[a-z]', '{a,b}', '#x', 'a #x', 'a: b', '- a', '-n', '--help', '-oProxyCommand=id'],
  ...['__proto__', 'constructor', 'null', 'undefined', 'NaN', 'true', 'no', '0', '010', '0x50', '8e1', '1e3', '@@PW@@'],
  ...[
    '_x.test',
    '-x.test',
    'http://a.test',
    '%{X}',
    '#c',
    'пример.test',
    'a b.test',
    '*.test',
    '[::1]',
    'a.test:99999',
  ],
  ...['a..b', '.a', 'a.', 'xn--e1afmkfd.test', `${'l'.repeat(64)}.test`, 'A.TEST', 'localhost', '1.2.3.4', 'a.test>'],
  ...['a.test\nCustomLog "|/bin/sh -c id"', '</VirtualHost>', '../../x', '000-a', 'a.test ServerAlias b.test'],
  ...[
    '/',
    '/etc',
    '/etc/passwd',
    '//etc',
    '/./etc',
    '/var/www/../../etc',
    '/var/www/x/.',
    '.',
    '..',
    'a/',
    '/a/',
    'a//b',
  ],
  ...[
    '~/x',
    '/a b',
    "/a'b",
    '/a%b',
    '/a:b',
    '/a,b',
    '-rf',
    '/-rf',
    '/a\n',
    `/${'a'.repeat(255)}`,
    `/${'a'.repeat(256)}`,
  ],
  ...['-----BEGIN\nabc\n-----END\n', '=a', 'a=b', '$1', '\\1', '$&', '%7B', '000000', '{{x}}', '!vault'],
  ...[
    'A B',
    '1A',
    'PATH',
    'LD_PRELOAD',
    'PYTHONPATH',
    'BASH_ENV',
    'a-b',
    'A\nB',
    'a:b',
    'a:b()',
    'a.b:c',
    'a:b:c',
    'a:b(c)',
  ],
  ...[
    'root',
    'www-data',
    'root:root',
    'www-data:',
    ':x',
    '-R',
    '-1',
    '4294967295',
    'ünï',
    'a$',
    'user@host',
    'host:22',
  ],
  ...[
    '::1',
    'fe80::1%eth0',
    '127.1',
    '0x7f000001',
    'a@b@c',
    '８０',
    'https://u:p@a.test/',
    'https://a.test/"x',
    'file:///etc',
  ],
  ...['flask==1; os_name', '-r /etc/passwd', 'git+ssh://a', 'flask @ file:///x', './', 'flask[async]', 'apache2-'],
  ...repeated,
]

const valid = {
  version: 1,
  host: 'a.test',
  ssh: { user: 'a', 'identity-file': 'a', 'config-file': 'a', 'sudo-password': { env: 'A' } },
  site: 'notes',
  'server-name': 'notes.test',
  'server-aliases': ['b.test'],
  root: '/srv/notes',
  code: { folder: '.' },
  wsgi: 'notes:app',
  requirements: 'requirements.txt',
  pip: { 'index-url': 'https://a.test/simple' },
  apt: { 'lock-seconds': 60, 'stall-seconds': 600 },
  settings: { A: 'a', B: { env: 'B' }, C: { file: 'c' } },
  sqlite: ['a.db'],
  init: 'flask init-db',
  static: { '/static/': 'static' },
  user: 'notes',
  group: 'notes',
  check: { path: '/' },
}

type Path = readonly (string | number)[]

const isRecord = (value: unknown): value is Record<string | number, unknown> =>
  typeof value === 'object' && value !== null

const at = (value: unknown, path: Path): unknown =>
  path.reduce<unknown>((inner, segment) => (isRecord(inner) ? inner[segment] : undefined), value)

const withValue = (whole: unknown, [segment, ...rest]: Path, value: unknown): unknown => {
  if (segment === undefined) return value
  if (Array.isArray(whole)) {
    return whole.map((item: unknown, index) => (index === segment ? withValue(item, rest, value) : item))
  }
  return isRecord(whole) ? { ...whole, [segment]: withValue(whole[segment], rest, value) } : { [segment]: value }
}

/** Every place of the valid file that holds text; a new text field joins when it is written there. */
const textPlaces = (value: unknown, path: Path = []): readonly Path[] => {
  if (typeof value === 'string') return [path]
  if (Array.isArray(value)) return value.flatMap((item, index) => textPlaces(item, [...path, index]))
  return isRecord(value) ? Object.entries(value).flatMap(([key, inner]) => textPlaces(inner, [...path, key])) : []
}

const others: readonly (readonly [string, unknown])[] = [
  ['code.path', withValue(valid, ['code'], { path: '/srv/app' })],
  ['requirements.0', withValue(valid, ['requirements'], ['Flask'])],
  ['init.0', withValue(valid, ['init'], ['flask'])],
]

const places: readonly (readonly [string, unknown, Path])[] = [
  ...textPlaces(valid).map((path) => [path.join('.'), valid, path] as const),
  ...others.map(([name, base]) => {
    const path = name.split('.').map((segment) => (/^\d+$/.test(segment) ? Number(segment) : segment))
    return [name, base, path] as const
  }),
]

const refusalOf = (text: string): string => {
  try {
    readFlags(text, 'f.json')
    return ''
  } catch (error) {
    if (error instanceof DeployError && ['CONFIG_INVALID', 'YAML_INVALID'].includes(error.code))
      return error.fault.evidence ?? ''
    throw error
  }
}

/** YAML and JSON both know these escapes, so that the very characters reach the field. */
const asText = (flags: unknown): string => JSON.stringify(flags).replace(/[\u007f-\uffff]/g, escaped)

const escaped = (character: string): string => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`

it('the file that the values are put into is valid', () => {
  for (const [, base] of places) expect(refusalOf(asText(base))).toBe('')
})

describe('every nasty value is rejected naming the field, or comes through exactly', () => {
  it.each(places)('%s', (name, base, path) => {
    for (const value of nasty) {
      const text = asText(withValue(base, path, value))
      const evidence = refusalOf(text)
      if (evidence === '') expect(at(readFlags(text, 'f.json').flags, path), JSON.stringify(value)).toBe(value)
      else {
        // one mistake, whatever the value holds: it cannot forge a line of the report or repaint the terminal
        expect(evidence, JSON.stringify(value)).toMatch(/^f\.json:1:\d+: [^\p{C}\p{Zl}\p{Zp}]+$/u)
        expect(evidence).toContain(`: ${name}: `)
        expect(evidence.length).toBeLessThan(400)
      }
    }
  })
})

describe('every nasty key is rejected naming the mapping, or comes through exactly', () => {
  it.each([
    ['settings', 'a'],
    ['static', 'static'],
  ])('%s', (mapping, value) => {
    for (const key of nasty) {
      const text = asText({ ...valid, [mapping]: {} }).replace(
        `"${mapping}":{}`,
        () => `"${mapping}":${asText(Object.fromEntries([[key, value]]))}`,
      )
      const evidence = refusalOf(text)
      if (evidence === '') expect(at(readFlags(text, 'f.json').flags, [mapping])).toEqual({ [key]: value })
      else expect(evidence, JSON.stringify(key)).toMatch(new RegExp(`^f\\.json:1:\\d+: ${mapping}[^\\p{C}]+$`, 'u'))
    }
  })
})

/** What must never come through, whatever else a field takes. */
const fatal: readonly (readonly [string, readonly string[]])[] = [
  [
    'server-name',
    ['_x.test', '-x.test', '${FOO}', '%{X}', 'a.test\nCustomLog "x"', '*.test', '1.2.3.4', 'A.TEST', 'a.'],
  ],
  ['root', ['/', '//etc', '/./etc', '/var/www/../../etc', '/a b', '/a:b', '~/x', 'a', '/a/', '/.hidden', '/-rf']],
  ['user', ['root', '0', '-1', 'root:root', '-R', 'ünï', 'a$', 'a'.repeat(33)]],
  ['host', ['-oProxyCommand=id', 'host:22', '[::1]:22', 'a@b@c', 'a b', '']],
  ['wsgi', ['notes', 'a:b:c', 'a:b(c)', 'a-b:c', ':app', 'app:']],
  ['init', ['a;b', '$(id)', 'a  b', ' a', '']],
  ['check.path', ['x', '/ x', '/\n', '']],
  ['ssh.user', ['-l', 'a b', '']],
]

it.each(fatal.flatMap(([name, values]) => values.map((value) => [name, value] as const)))(
  '%s never takes %j',
  (name, value) => {
    expect(refusalOf(asText(withValue(valid, name.split('.'), value)))).toContain(`: ${name}: `)
  },
)

it('what is long or has been made to be slow is judged at once', () => {
  for (const [, base, path] of places) {
    for (const unit of ['a', '-', '.', 'a.', 'a/', '/a', '!', '=!', ' ', 'a ', ':', '::']) {
      refusalOf(asText(withValue(base, path, `${unit.repeat(20_000)}\n`)))
      refusalOf(asText(withValue(base, path, `a${unit.repeat(100)}(`)))
    }
  }
})
