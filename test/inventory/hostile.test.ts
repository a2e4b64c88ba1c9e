import { symlinkSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { hostAddress } from '../../src/config/fields.js'
import { DeployError } from '../../src/errors.js'
import { fleetHosts } from '../../src/inventory/fleet-hosts.js'
import { hostileValues } from '../config/hostile.js'
import { folderWith, makeFifo, refusal } from '../config/folders.js'
import { fleetIn, fleetOf, particular, refusedIn, refusedOf, site } from './fleet.js'

const bomb = [
  'a: &a [x, x, x, x, x, x, x, x, x]',
  ...'bcdefghi'.split('').map((name, at) => {
    const before = 'abcdefgh'[at] ?? ''
    return `${name}: &${name} [${Array.from({ length: 9 }, () => `*${before}`).join(', ')}]`
  }),
].join('\n')

describe('an inventory that means harm', () => {
  it.each([
    [
      'hosts.ini',
      'web[0:999999999]\n',
      'hosts.ini:1:1: web[0:999999999]: stands for 1000000000 hosts, more than an inventory may hold',
    ],
    [
      'hosts.ini',
      'a[0:999][0:999][0:999]\n',
      'hosts.ini:1:1: a[0:999][0:999][0:999]: stands for 1000000000 hosts, more than an inventory may hold',
    ],
    [
      'hosts.ini',
      'a[1:60000]\nb[1:60000]\n',
      'hosts.ini:2:1: b[1:60000]: stands for 60000 hosts, more than an inventory may hold',
    ],
    [
      'hosts.ini',
      'a ansible_host=-oProxyCommand=id\n',
      'hosts.ini:1:3: host: must be a host name, an address (IPv6 without brackets), or an alias of ssh_config, like vagrant@192.0.2.7; got "-oProxyCommand=id"',
    ],
    [
      'hosts.ini',
      'a ansible_user=-oProxyCommand=id\n',
      'hosts.ini:1:3: ssh.user: must be an account name; got "-oProxyCommand=id"',
    ],
    [
      'hosts.ini',
      '-oProxyCommand=id\n',
      'hosts.ini:1:1: -oProxyCommand=id: must be a name of letters, digits and . _ - : %, like web1.example.com',
    ],
    [
      'hosts.ini',
      '$(id)\n',
      'hosts.ini:1:1: $(id): must be a name of letters, digits and . _ - : %, like web1.example.com',
    ],
    ['hosts.ini', 'a\u001b[2J\n', 'hosts.ini:1:1: a\\u{001b}[2J: has a bracket too many'],
    [
      'hosts.yml',
      'all: { hosts: { a: { deploy_flask_settings: !!js/function x } } }\n',
      'hosts.yml:1:45: tags such as !name are not supported',
    ],
    [
      'hosts.json',
      '{"version":1,"hosts":{"__proto__":{"port":1}}}',
      'hosts.json:1:23: hosts.__proto__: must not be a key',
    ],
    ['hosts.json', '{"web":{"hosts":["a"]},"web":{"hosts":["b"]}}', 'hosts.json:1:24: web: is written twice'],
  ])('%s: %j is refused', async (name, text, line) => {
    const { lines } = await refusedOf(name, text)
    expect(lines).toContain(line)
  })

  it.each([
    ['ours', `version: 1\nhosts: [a]\n${bomb}\n`],
    ['of Ansible', `all: { hosts: { a: { x: &x [1], y: *x } } }\n${bomb}\n`],
  ])('%s with aliases that grow is refused', async (_, text) => {
    expect(await refusedOf('hosts.yml', text)).toMatchObject({ code: 'INVENTORY_INVALID' })
  })

  it.each([
    ['hosts.json', '['.repeat(50_000)],
    ['hosts.json', `{"a":`.repeat(50_000)],
    ['hosts.json', `${'{"a":'.repeat(20_000)}1${'}'.repeat(20_000)}`],
    ['hosts.yml', `all: ${'{children: {a: '.repeat(5_000)}`],
    ['hosts.yml', `all: ${'{children: {a: '.repeat(5_000)}{}${'}}'.repeat(5_000)}`],
  ])('%s that is nested as deep as nobody does is refused', async (name, text) => {
    expect((await refusedOf(name, text)).code).toMatch(/^(INVENTORY_INVALID|NO_HOST_MATCHES)$/)
  })

  it('a file that never ends, a folder, one that is too large, and one that is not text are refused', async () => {
    const folder = folderWith({ folder: null, binary: new Uint8Array([0xff, 0xfe]), large: '#'.repeat(10_000_001) })
    makeFifo(join(folder, 'fifo'))
    symlinkSync('/dev/zero', join(folder, 'endless'))
    for (const name of ['fifo', 'folder', 'binary', 'large', 'endless', 'missing']) {
      const refused = await refusal(() => fleetHosts({ file: undefined, inventory: name, cwd: folder, env: {} }))
      expect([name, refused.code]).toEqual([name, 'INVENTORY_UNREADABLE'])
    }
  })
})

describe('whatever stands in an inventory', () => {
  it('is a host that ssh may be given, or refused', async () => {
    const texts = hostileValues.filter((_, index) => index % 97 === 0)
    for (const text of texts) {
      const forms: readonly (readonly [string, string])[] = [
        ['hosts.json', JSON.stringify({ version: 1, hosts: [text] })],
        ['hosts.json', JSON.stringify({ version: 1, hosts: { a: { host: text } } })],
        ['hosts.json', JSON.stringify({ _meta: { hostvars: { a: { ansible_host: text } } } })],
        ['hosts.ini', `${text}\n`],
      ]
      for (const [name, inventory] of forms) {
        const fleet = await fleetOf(name, inventory).catch((error: unknown) => {
          if (error instanceof DeployError && error.exitCode === 2) return undefined
          throw error
        })
        for (const host of fleet?.hosts ?? []) {
          expect(hostAddress.safeParse(particular(host)['host']).success, JSON.stringify(text)).toBe(true)
        }
      }
    }
  })

  it('is read or refused, and never a mistake of ours', async () => {
    const pieces = fc.constantFrom(
      ...[
        '[',
        ']',
        ':',
        '=',
        '"',
        "'",
        '\\',
        '#',
        ';',
        ' ',
        '\n',
        '\t',
        '\0',
        'web',
        '[1:3]',
        '[web]',
        '[web:vars]',
        '[web:children]',
      ],
      ...[
        'all:',
        '  hosts:',
        '  vars: ',
        '{',
        '}',
        ',',
        'ansible_host=',
        'deploy_flask_settings=',
        '- ',
        '&x',
        '*x',
        '!vault',
        'é',
        '\u2028',
      ],
      ...[
        'version: 1\n',
        'hosts: ',
        'groups: ',
        '__proto__',
        'constructor',
        '---\n',
        '%YAML 1.1\n',
        '<<: ',
        '? ',
        '| \n',
      ],
    )
    const text = fc.array(pieces, { maxLength: 25 }).map((all) => all.join(''))
    await fc.assert(
      fc.asyncProperty(
        text,
        fc.constantFrom('hosts.ini', 'hosts.yml', 'hosts.json', 'hosts'),
        async (inventory, name) => {
          const error: unknown = await fleetOf(name, inventory).then(
            () => undefined,
            (thrown: unknown) => thrown,
          )
          if (error === undefined) return
          expect(error).toBeInstanceOf(DeployError)
          expect(error).toMatchObject({ exitCode: 2 })
          if (error instanceof DeployError) expect(error.fault.evidence ?? '').not.toMatch(/[\0\u001b\u2028]/)
        },
      ),
      { numRuns: 200 },
    )
  })

  it('of a flags file is the same', async () => {
    for (const text of hostileValues.filter((_, index) => index % 23 === 0)) {
      const whole = JSON.stringify({ hosts: { [text]: { groups: [text] } }, groups: { [text]: [text] } }).slice(1, -1)
      const tree = {
        'deploy-flask.yml': `{"version":1,"site":"shop","server-name":"a.test","code":{"path":"/srv/x"},"wsgi":"a:b",${whole}}`,
      }
      const { code } = await refusedIn(tree)
      expect(code).toMatch(/^(CONFIG_INVALID|YAML_INVALID)$/)
    }
  })

  it('may be called as parts of an object are', async () => {
    const { hosts } = await fleetIn({
      'deploy-flask.yml': `${site}hosts: [constructor, toString, a]\ngroups: { valueOf: [constructor] }\n`,
    })
    expect(hosts.map(({ name, groups }) => [name, groups])).toEqual([
      ['constructor', ['valueOf']],
      ['toString', []],
      ['a', []],
    ])
  })
})
