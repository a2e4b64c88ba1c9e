import { describe, expect, it } from 'vitest'
import { fleetIn, namesOf, particular, refusedIn, shown, site } from './fleet.js'

const fleet = (text: string) => fleetIn({ 'deploy-flask.yml': `${site}${text}` })
const refused = (text: string) => refusedIn({ 'deploy-flask.yml': `${site}${text}` })

describe('the hosts of a flags file', () => {
  it('are a list of addresses, aliases and ranges', async () => {
    const found = await fleet('hosts: [web1, me@192.0.2.7, "db[08:10].example.com", "2001:db8::1", "x[a:c]y[1:2]"]\n')
    expect(namesOf(found)).toEqual([
      ...['web1', '192.0.2.7', 'db08.example.com', 'db09.example.com', 'db10.example.com', '2001:db8::1'],
      ...['xay1', 'xay2', 'xby1', 'xby2', 'xcy1', 'xcy2'],
    ])
    expect(found.hosts.slice(0, 2).map(particular)).toEqual([{ host: 'web1' }, { host: 'me@192.0.2.7' }])
  })

  it('are a mapping to what is particular to each, or a list of such mappings', async () => {
    const entry =
      'host: 192.0.2.7, groups: [canary], server-name: one.example.com, ssh: { port: 2222 }, settings: { A: x }'
    const mapped = await fleet(`hosts:\n  one: { ${entry} }\n  two:\n`)
    const listed = await fleet(`hosts:\n  - { name: one, ${entry} }\n  - two\n`)
    expect(shown(mapped)).toEqual({
      one: {
        groups: ['canary'],
        host: '192.0.2.7',
        'server-name': 'one.example.com',
        'ssh.port': 2222,
        'settings.A': 'x',
      },
      two: { groups: [], host: 'two' },
    })
    expect(shown(listed)).toEqual(shown(mapped))
  })

  it('have the settings of the file with their own laid over, as a flags file of their own would', async () => {
    const { hosts, settingsOf } = await fleet(
      'settings: { A: all, B: all }\nport: 8080\nhosts:\n  one: { server-name: one.example.com, settings: { B: one } }\n  two:\n',
    )
    const [one, two] = hosts.map((host) => settingsOf(host).flags)
    expect([one?.host, one?.['server-name'], one?.settings, one?.port]).toEqual([
      'one',
      'one.example.com',
      { A: 'all', B: 'one' },
      8080,
    ])
    expect([two?.host, two?.['server-name'], two?.settings]).toEqual([
      'two',
      'shop.example.com',
      { A: 'all', B: 'all' },
    ])
  })

  it('say where each of their settings stands', async () => {
    const { hosts, settingsOf } = await fleet('hosts:\n  one:\n    server-name: one.example.com\n')
    const [one] = hosts
    if (one === undefined) throw new Error('there is no host')
    expect(settingsOf(one).where('server-name')).toMatch(/deploy-flask\.yml:8:18$/)
    expect(settingsOf(one).where('site')).toMatch(/deploy-flask\.yml:2:7$/)
  })

  it('are one where the file has always named one', async () => {
    const found = await fleet('host: me@web1\n')
    expect(shown(found)).toEqual({ web1: { groups: [], host: 'me@web1' } })
    const [host] = found.hosts
    expect(host === undefined ? undefined : found.settingsOf(host).flags.host).toBe('me@web1')
  })

  it('may say another place for the code, and nothing of the other is left', async () => {
    const { hosts, settingsOf } = await fleet(
      'hosts:\n  one: { code: { git: https://git.example.com/x.git, ref: next } }\n',
    )
    expect(hosts.map((host) => settingsOf(host).flags.code)).toEqual([
      { git: 'https://git.example.com/x.git', ref: 'next' },
    ])
  })
})

describe('groups', () => {
  it('have hosts and groups as members, and hosts say that they are in them', async () => {
    const found = await fleet(`hosts:
  web[1:2]: { groups: [web] }
  db1:
  lone:
groups:
  db: [db1]
  eu: { members: [web2, db] }
  empty:
`)
    expect(Object.fromEntries(found.hosts.map(({ name, groups }) => [name, groups]))).toEqual({
      web1: ['web'],
      web2: ['web', 'eu'],
      db1: ['db', 'eu'],
      lone: [],
    })
    expect(found.groups).toEqual(['web', 'db', 'eu', 'empty'])
  })

  it('are weaker than hosts, inner ones stronger than outer ones, and all is the weakest', async () => {
    const found = await fleet(`settings: { WHO: file, FILE: file }
hosts: { a: { settings: { WHO: host } }, b: , c: , d: , e: }
groups:
  all: { settings: { WHO: all, ALL: all } }
  inner: { members: [b], settings: { WHO: inner } }
  outer: { members: [a, inner, c], settings: { WHO: outer, OUTER: outer } }
  aside: { members: [d], settings: { WHO: aside } }
  beside: { members: [d], settings: { WHO: beside } }
`)
    const settings = Object.fromEntries(found.hosts.map((host) => [host.name, found.settingsOf(host).flags.settings]))
    expect(settings).toEqual({
      a: { WHO: 'host', FILE: 'file', ALL: 'all', OUTER: 'outer' },
      b: { WHO: 'inner', FILE: 'file', ALL: 'all', OUTER: 'outer' },
      c: { WHO: 'outer', FILE: 'file', ALL: 'all', OUTER: 'outer' },
      // as deep as the other: the later name
      d: { WHO: 'beside', FILE: 'file', ALL: 'all' },
      e: { WHO: 'all', FILE: 'file', ALL: 'all' },
    })
  })

  it('and hosts are weaker than options and variables', async () => {
    const overrides = [
      { path: ['port'], value: 81, origin: 'DEPLOY_FLASK_PORT' },
      { path: ['server-name'], value: 'o.example.com', origin: '--server-name' },
    ]
    const text = `${site}hosts: { a: { port: 82, server-name: a.example.com } }\n`
    const found = await fleetIn({ 'deploy-flask.yml': text }, { overrides })
    const [flags] = found.hosts.map((host) => found.settingsOf(host).flags)
    expect([flags?.port, flags?.['server-name']]).toEqual([81, 'o.example.com'])
  })

  it.each([
    ['the account of a group is not meant by a host that names its own', 'me@a', {}, undefined],
    ['an account in a variable is stronger than both', 'me@a', { DEPLOY_FLASK_SSH_USER: 'you' }, 'you'],
  ])('%s', async (_, host, env, user) => {
    const overrides = Object.entries(env).map(([origin, value]) => ({ path: ['ssh', 'user'], value, origin }))
    const text = `${site}hosts: ["${host}"]\ngroups: { all: { ssh: { user: them } } }\n`
    const found = await fleetIn({ 'deploy-flask.yml': text }, { overrides })
    const [flags] = found.hosts.map((one) => found.settingsOf(one).flags)
    expect([flags?.host, flags?.ssh.user]).toEqual([user === undefined ? 'me@a' : 'a', user])
  })
})

describe('what is wrong is told all at once, with its place', () => {
  it('in hosts, groups, their settings, and those of the file', async () => {
    const { code, what, lines } = await refused(`prot: 80
hosts:
  one: { server-name: One, prot: 1, groups: canary }
  -x:
  two: { ssh: { port: 99999 }, settings: { SECRET_KEY: clear, 3: 4 } }
  two[1:x]:
  host:22:
groups:
  eu: { members: [one, tow], host: one, daemon: { treads: 3 } }
  bad name: [one]
  all: [one]
  ungrouped:
  one: []
`)
    expect([code, what]).toEqual(['CONFIG_INVALID', 'the flags file has 17 mistakes'])
    expect(lines).toMatchInlineSnapshot(`
      [
        "deploy-flask.yml:6:1: prot: unknown key; did you mean port?",
        "deploy-flask.yml:8:23: server-name: must be a host name in lower case without scheme, port or wildcard: www.example.com; other scripts as xn--...; got "One"",
        "deploy-flask.yml:8:28: prot: unknown key; did you mean port?",
        "deploy-flask.yml:8:45: hosts.one.groups: must be a list of groups: [canary]",
        "deploy-flask.yml:9:3: -x: must be a name of letters, digits and . _ - : %, like web1.example.com",
        "deploy-flask.yml:10:23: ssh.port: must be at most 65535",
        "deploy-flask.yml:10:56: settings.SECRET_KEY: must not be written out, it is a secret: write {env: SECRET_KEY} or {file: PATH}",
        "deploy-flask.yml:10:63: settings.3: must be a name of letters, digits and _",
        "deploy-flask.yml:11:3: two[1:x]: [1:x] is no range: it goes from a number to a number, or from a letter to a letter",
        "deploy-flask.yml:12:3: host: must not hold a port: write it as ssh.port",
        "deploy-flask.yml:14:24: eu.tow: is neither a host nor a group; did you mean two?",
        "deploy-flask.yml:14:36: groups.eu.host: belongs to one host, and not to a group",
        "deploy-flask.yml:14:51: daemon.treads: unknown key; did you mean threads?",
        "deploy-flask.yml:15:3: groups.bad name: must be a name of letters, digits and . _ -",
        "deploy-flask.yml:16:3: groups.all: all hosts are in it: it can only have settings",
        "deploy-flask.yml:17:3: groups.ungrouped: is what patterns call the hosts that are in no group",
        "deploy-flask.yml:18:3: one: is a host and a group: nobody could say which one is meant",
      ]
    `)
  })

  it('what is in a group under the names that Ansible has for it', async () => {
    const { lines } = await refused('hosts: [h]\ngroups: { a: { hosts: [h] }, b: { children: [a] } }\n')
    expect(lines).toEqual([
      'deploy-flask.yml:7:16: groups.a.hosts: belongs under `members`',
      'deploy-flask.yml:7:35: groups.b.children: belongs under `members`',
    ])
  })

  it('loops of groups, each once', async () => {
    const { lines } = await refused('hosts: [h]\ngroups: { a: [b], b: [c], c: [a, h], d: [d], e: [a], f: [all] }\n')
    expect(lines).toMatchInlineSnapshot(`
      [
        "deploy-flask.yml:7:31: the group a would be a member of itself: a > b > c > a",
        "deploy-flask.yml:7:42: the group d would be a member of itself: d > d",
        "deploy-flask.yml:7:58: f: all holds every group, and is a member of none",
      ]
    `)
  })

  it('duplicates', async () => {
    const { lines } = await refused('hosts: [web1, "web[1:2]"]\ngroups:\n  a: [web1]\n  a: [web2]\n')
    expect(lines).toMatchInlineSnapshot(`
      [
        "deploy-flask.yml:6:15: hosts.1: the host web1 is written twice",
        "deploy-flask.yml:9:3: groups.a: is written twice",
      ]
    `)
  })

  it.each([
    ['hosts: web1\n', '6:8: hosts: must be a list of hosts, or a mapping of names to settings'],
    ['hosts: [3]\n', '6:9: hosts.0: must be a host name, or a mapping with name'],
    ['hosts: [{ host: a }]\n', '6:9: hosts.0.name: is missing: what the host is called'],
    ['hosts: { a: b }\n', '6:10: hosts.a: must be a mapping of settings'],
    ['hosts: [a]\ngroups: [b]\n', '7:1: groups: must be a mapping of names to members'],
    ['hosts: [a]\ngroups: { b: c }\n', '7:11: groups.b: must be a list of members, or a mapping with members'],
    ['hosts: [a]\ngroups: { b: [3] }\n', '7:11: groups.b: must be a list of hosts and groups'],
    ['hosts: [a]\ninventory: hosts.ini\n', '7:12: inventory: cannot be beside hosts: write one of them'],
    ['hosts: [a]\nhost: b\n', '7:7: host: cannot be beside hosts or inventory'],
    ['inventory: 3\n', '6:12: inventory: must be the path of an inventory'],
    ['inventory: x\ngroups: { a: [b] }\n', '7:1: groups: belongs into the inventory, where there is one'],
    ['inventory: x\nhost: b\n', '7:7: host: cannot be beside hosts or inventory'],
    ['hosts: { a: { version: 1 } }\n', '6:24: version: is the same for all hosts'],
    ['groups: { a: [b] }\n', '6:1: groups: needs hosts beside it'],
    ['hosts: { "a[1:2]": { host: b } }\n', '6:28: hosts.a[1:2].host: is one address, and there are several hosts'],
  ])('%j: %s', async (text, message) => {
    const { lines } = await refused(text)
    expect(lines).toEqual([`deploy-flask.yml:${message}`])
  })

  it('an empty list, and what only some hosts have', async () => {
    expect(await refused('hosts: []\n')).toMatchObject({ code: 'NO_HOST_MATCHES' })
    const text =
      'version: 1\nsite: shop\ncode: { path: /srv/x }\nwsgi: a:b\nhosts: { a: { server-name: a.test }, b: , c: }\n'
    const { lines } = await refusedIn({ 'deploy-flask.yml': text })
    expect(lines).toEqual([
      'deploy-flask.yml:1:1: server-name: is missing for b, c: Host name that the site answers to (ServerName)',
    ])
  })

  it('two names of one address, unless only one of them is chosen', async () => {
    const text = {
      'deploy-flask.yml': `${site}hosts: { a: { host: me@X.test }, b: { host: x.test }, c: { host: x.test, ssh: { port: 23 } } }\n`,
    }
    const { code, lines } = await refusedIn(text)
    expect([code, lines]).toEqual(['HOST_TWICE', ['a, b: the same address and port']])
    expect(namesOf(await fleetIn(text, { limits: ['!a'] }))).toEqual(['b', 'c'])
  })
})
