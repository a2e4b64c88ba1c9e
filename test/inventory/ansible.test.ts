import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import type { Fleet } from '../../src/inventory/fleet-hosts.js'
import { fleetIn, fleetOf, namesOf, particular, refusedOf, shown, site } from './fleet.js'

const recorded = (name: string): string => readFileSync(new URL(`recorded/${name}`, import.meta.url), 'utf8')

/** Without order, in which Ansible's own output differs from the file. */
const sorted = (fleet: Fleet): unknown =>
  fleet.hosts
    .map((host) => ({ name: host.name, groups: [...host.groups].sort(), settings: particular(host) }))
    .sort((one, other) => (one.name < other.name ? -1 : 1))

describe('an inventory of Ansible', () => {
  it('of INI means what Ansible itself makes of it, as JSON and as YAML', async () => {
    const [ini, json, yaml] = await Promise.all(
      ['hosts.ini', 'hosts.json', 'hosts.yaml'].map((name) => fleetOf(name, recorded(name))),
    )
    if (ini === undefined || json === undefined || yaml === undefined) throw new Error('there are three')
    expect(sorted(json)).toEqual(sorted(ini))
    expect(sorted(yaml)).toEqual(sorted(ini))
    expect(shown(ini)).toMatchObject({
      dba: {
        groups: ['db', 'prod', 'zz', 'aa'],
        host: '192.0.2.9',
        'settings.Z': 'a',
        'ssh.user': 'deployer',
        'server-name': 'prod.example.com',
        'settings.REGION': 'eu',
        'settings.ALL': 1,
        'ssh.identity-file': '/home/me/.ssh/id',
      },
      '2001:db8::1': { groups: ['cols'], host: '2001:db8::1', 'ssh.port': 22 },
      'web03.example.com': { 'ssh.port': 2222, port: 81 },
    })
  })

  const patterns = z.record(z.string(), z.array(z.string())).parse(JSON.parse(recorded('patterns.json')))

  it.each(Object.entries(patterns))('is chosen from by %s as by Ansible', async (pattern, names) => {
    const { hosts } = await fleetOf('hosts.ini', recorded('hosts.ini'), { limits: [pattern] })
    expect([...namesOf({ hosts })].sort()).toEqual([...names].sort())
  })
})

describe('variables of Ansible', () => {
  it('that are not used are named once, and their values never', async () => {
    const text =
      'a http_port=80 db_password=geheim\nb http_port=81\n[all:vars]\nansible_ssh_common_args=-o ProxyCommand=id\n'
    const { notes } = await fleetOf('hosts.ini', text)
    expect(notes.map((note) => note.replace(/^.*hosts\.ini/, 'hosts.ini'))).toEqual([
      'hosts.ini: variables that deploy-flask does not use: http_port, db_password, ansible_ssh_common_args',
      'hosts.ini: arguments for ssh are not used: what ssh needs to reach a host belongs into ssh_config',
    ])
    expect(JSON.stringify(notes)).not.toMatch(/geheim|ProxyCommand=/)
  })

  it('are our settings where they begin with deploy_flask_, of each kind', async () => {
    const ini = `a deploy_flask_preload=True deploy_flask_daemon_threads=8 deploy_flask_server_aliases="['x.test', 'y.test']"
[all:vars]
deploy_flask_settings={'A': 'x', 'B': 2}
deploy_flask_settings_SECRET_KEY={env: SHOP_KEY}
deploy_flask_code_folder=../shop
deploy_flask_ssh_sudo_password={file: sudo}
`
    const yaml = `all:
  hosts:
    a:
      deploy_flask_preload: true
      deploy_flask_daemon_threads: 8
      deploy_flask_server_aliases: [x.test, y.test]
  vars:
    deploy_flask_settings: { A: x, B: 2 }
    deploy_flask_settings_SECRET_KEY: { env: SHOP_KEY }
    deploy_flask_code_folder: ../shop
    deploy_flask_ssh_sudo_password: { file: sudo }
    python: 3.10
`
    const [one, other] = [await fleetOf('hosts.ini', ini), await fleetOf('hosts.yml', yaml)]
    const plain = (fleet: Fleet): string =>
      JSON.stringify(shown(fleet)).replaceAll(/\/tmp\/config-[A-Za-z0-9]+/g, '/here')
    expect(JSON.parse(plain(one))).toEqual({
      a: {
        groups: [],
        host: 'a',
        preload: true,
        'daemon.threads': 8,
        'server-aliases': ['x.test', 'y.test'],
        'settings.A': 'x',
        'settings.B': 2,
        'settings.SECRET_KEY': { env: 'SHOP_KEY' },
        'code.folder': '/tmp/shop',
        'ssh.sudo-password': { file: '/here/sudo' },
      },
    })
    expect(JSON.parse(plain(other))).toEqual(JSON.parse(plain(one)))
  })

  it('that are wrong, secret, or for something else than ssh are refused, all at once', async () => {
    const { code, lines } = await refusedOf(
      'hosts.ini',
      `a ansible_port=ssh ansible_password=geheim
b ansible_become_pass='{{ vault }}' ansible_host="{{ lookup('pipe', 'id') }}" deploy_flask_prot=1
c ansible_connection=docker rest
d deploy_flask_settings_SECRET_KEY=geheim deploy_flask_server_name=D
"e
[web:vars]
x=1
[other:children]
nobody
[x:y]
f g=1
[vars:vars]
[vars]
ansible_host=1
[all:vars]
ansible_host=192.0.2.1
nothing
ansible_group_priority=x
[ungrouped:vars]
`,
    )
    expect(code).toBe('INVENTORY_INVALID')
    expect(lines.join()).not.toContain('geheim')
    expect(lines).toMatchInlineSnapshot(`
      [
        "hosts.ini:1:3: ssh.port: must be a whole number",
        "hosts.ini:1:20: a.ansible_password: must not be here: for sudo write deploy_flask_ssh_sudo_password={env: NAME} or {file: PATH}; for ssh use a key and an agent",
        "hosts.ini:2:3: b.ansible_become_pass: must not be here: for sudo write deploy_flask_ssh_sudo_password={env: NAME} or {file: PATH}; for ssh use a key and an agent",
        "hosts.ini:2:37: b.ansible_host: holds a template: write the value itself",
        "hosts.ini:2:79: b.deploy_flask_prot: is no setting: deploy-flask apply --help, and docs/settings.md, have them all",
        "hosts.ini:3:3: c.ansible_connection: must be ssh: hosts are reached in no other way",
        "hosts.ini:3:29: c: must be NAME=VALUE: what stands behind a host is its variables",
        "hosts.ini:4:3: settings.SECRET_KEY: must not be written out, it is a secret: write {env: SECRET_KEY} or {file: PATH}",
        "hosts.ini:4:43: server-name: must be a host name in lower case without scheme, port or wildcard: www.example.com; other scripts as xn--...; got "D"",
        "hosts.ini:5:1: a quote is not closed",
        "hosts.ini:6:1: web: has variables, but there is no section [web]",
        "hosts.ini:9:1: other.nobody: is neither a host nor a group",
        "hosts.ini:10:1: x: must be [x], [x:children] or [x:vars]",
        "hosts.ini:14:1: ansible_host=1: must be a name of letters, digits and . _ - : %, like web1.example.com",
        "hosts.ini:16:1: all.ansible_host: belongs to one host, and not to a group",
        "hosts.ini:17:1: all: must be NAME=VALUE",
        "hosts.ini:18:1: all.ansible_group_priority: must be a whole number",
        "hosts.ini:19:1: ungrouped: is not a group: write variables of all hosts in [all:vars], others beside the host",
      ]
    `)
  })

  it('of vault are refused, in YAML and in what --list writes', async () => {
    const yaml = 'all:\n  hosts:\n    a:\n      x: !vault |\n        $ANSIBLE_VAULT;1.1;AES256\n        6162\n'
    const json =
      '{"_meta":{"hostvars":{"a":{"x":{"__ansible_vault":"$ANSIBLE_VAULT;1.1"},"ansible_user":{"__ansible_vault":"y"}}}}}'
    expect((await refusedOf('hosts.yml', yaml)).lines).toMatchInlineSnapshot(`
      [
        "hosts.yml:4:10: is vault text, which is not read: write {env: NAME} or {file: PATH} where it is a setting of deploy-flask; otherwise ansible-inventory --list writes an inventory that can be read",
      ]
    `)
    expect((await refusedOf('hosts.json', json)).lines).toMatchInlineSnapshot(`
      [
        "hosts.json:1:73: a.ansible_user: is vault text, which is not read: write {env: NAME} or {file: PATH}",
      ]
    `)
  })
})

describe('nothing is executed, and what would have to be is refused', () => {
  it.each([
    ['hosts', '#!/bin/sh\necho web1\n', 'this inventory is a program, and nothing is executed'],
    ['aws.yml', 'plugin: amazon.aws.aws_ec2\n', 'this configures a plugin of Ansible, which would have to be executed'],
    ['hosts.yml', '$ANSIBLE_VAULT;1.1;AES256\n6162\n', 'this inventory is encrypted by ansible-vault'],
    ['hosts.toml', '[web.hosts]\nweb1 = {}\n', 'inventories of TOML are not read'],
    ['hosts', 'web1\n\0\n', 'this inventory is not text: it holds NUL characters'],
  ])('%s: %j', async (name, text, message) => {
    expect(await refusedOf(name, text)).toMatchObject({
      code: 'INVENTORY_UNREADABLE',
      what: message,
      remedy: 'let Ansible write it out, and name that file: ansible-inventory -i INVENTORY --list > inventory.json',
    })
  })

  it('variables of files beside it are noted as not read', async () => {
    const { notes } = await fleetIn({
      'deploy-flask.yml': `${site}inventory: in/hosts\n`,
      'in/hosts': 'web1\n',
      'in/group_vars/all.yml': 'ansible_user: me\n',
    })
    expect(notes.map((note) => note.replace(/^.*in\/hosts/, 'in/hosts'))).toEqual([
      'in/hosts: group_vars beside it is not read; ansible-inventory --list puts it into one file',
    ])
  })
})
