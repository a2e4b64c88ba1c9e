import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { Fleet } from '../../src/inventory/fleet-hosts.js'
import { fleetIn, fleetOf, particular } from './fleet.js'

interface Host {
  readonly name: string
  readonly address: string | undefined
  readonly port: number | undefined
  readonly region: string | undefined
}

interface Group {
  readonly name: string
  readonly hosts: readonly string[]
  readonly children: readonly string[]
  readonly region: string | undefined
}

/** What people call hosts and groups, and what they write into settings. */
const label = fc.stringMatching(/^[a-z][a-z0-9]{0,5}$/)
const region = fc.option(
  fc
    .oneof(
      fc.constantFrom(
        'eu',
        '',
        ' a',
        "it's",
        '"',
        'a b',
        '#x',
        'a#b',
        '\\',
        '$(id)',
        '{x}',
        '%s',
        'é😀',
        'k=v',
        '; x',
        '0x10',
      ),
      fc.string({ unit: 'grapheme-ascii', maxLength: 12 }),
    )
    .filter((text) => !/\{[{%]/.test(text)),
  { nil: undefined },
)

const fleets = fc
  .record({
    hosts: fc.uniqueArray(
      fc.record({
        name: label.map((text) => `h-${text}`),
        hasAddress: fc.boolean(),
        port: fc.option(fc.integer({ min: 1, max: 65_535 }), { nil: undefined }),
        region,
      }),
      { selector: ({ name }) => name, minLength: 1, maxLength: 6 },
    ),
    groups: fc.uniqueArray(fc.record({ name: label.map((text) => `g-${text}`), region, seed: fc.nat() }), {
      selector: ({ name }) => name,
      maxLength: 5,
    }),
  })
  .map(({ hosts, groups }) => ({
    hosts: hosts.map(({ hasAddress, ...host }, index): Host => ({
      ...host,
      address: hasAddress ? `192.0.2.${index + 1}` : undefined,
    })),
    groups: groups.map(({ name, region: of, seed }, index): Group => {
      const bit = (at: number): boolean => ((seed >> (at % 31)) & 1) === 1
      return {
        name,
        region: of,
        hosts: hosts.filter((_, at) => bit(at)).map((host) => host.name),
        // only later ones, so that there are no loops
        children: groups.filter((_, at) => at > index && bit(at + 7)).map((group) => group.name),
      }
    }),
  }))

type Model = typeof fleets extends fc.Arbitrary<infer T> ? T : never

const defined = (value: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> =>
  Object.fromEntries(Object.entries(value).filter(([, inner]) => inner !== undefined))

const ours = ({ hosts, groups }: Model): Readonly<Record<string, unknown>> => ({
  hosts: Object.fromEntries(
    hosts.map(({ name, address, port, region: of }) => [
      name,
      defined({
        host: address,
        ssh: port === undefined ? undefined : { port },
        settings: of === undefined ? undefined : { REGION: of },
      }),
    ]),
  ),
  groups: Object.fromEntries(
    groups.map(({ name, hosts: own, children, region: of }) => [
      name,
      defined({ members: [...own, ...children], settings: of === undefined ? undefined : { REGION: of } }),
    ]),
  ),
})

const variables = ({ address, port, region: of }: Partial<Host>): Readonly<Record<string, unknown>> =>
  defined({ ansible_host: address, ansible_port: port, deploy_flask_settings_REGION: of })

/** The quotes of a shell are those of Ansible's INI. */
const quoted = (value: unknown): string => `'${String(value).replaceAll("'", `'"'"'`)}'`

const ini = ({ hosts, groups }: Model): string =>
  [
    ...hosts.map((host) =>
      [host.name, ...Object.entries(variables(host)).map(([key, value]) => `${key}=${quoted(value)}`)].join(' '),
    ),
    ...groups.flatMap(({ name, hosts: own, children }) => [`[${name}]`, ...own, `[${name}:children]`, ...children]),
  ].join('\n')

const yaml = ({ hosts, groups }: Model): string =>
  JSON.stringify({
    all: { hosts: Object.fromEntries(hosts.map((host) => [host.name, variables(host)])) },
    ...Object.fromEntries(
      groups.map((group) => [
        group.name,
        {
          hosts: Object.fromEntries(group.hosts.map((name) => [name, null])),
          children: Object.fromEntries(group.children.map((name) => [name, null])),
          vars: defined({ deploy_flask_settings_REGION: group.region }),
        },
      ]),
    ),
  })

const list = ({ hosts, groups }: Model): string =>
  JSON.stringify({
    _meta: { hostvars: Object.fromEntries(hosts.map((host) => [host.name, variables(host)])) },
    ...Object.fromEntries(
      groups.map((group) => [
        group.name,
        {
          hosts: group.hosts,
          children: group.children,
          vars: defined({ deploy_flask_settings_REGION: group.region }),
        },
      ]),
    ),
  })

const meaning = ({ hosts }: Fleet): unknown =>
  hosts
    .map((host) => ({ name: host.name, groups: [...host.groups].sort(), ...particular(host) }))
    .sort((one, other) => (one.name < other.name ? -1 : 1))

/** Text that looks like something else is that in INI, as in an option; and a line ends where it ends. */
const isTextInIni = (of: string | undefined): boolean =>
  of === undefined || !/^([[{]|true$|false$|(0|[1-9][0-9]*)$)|[\r\n]/.test(of)

it('a fleet means the same in each form that it can be written in', async () => {
  await fc.assert(
    fc.asyncProperty(fleets, async (model) => {
      const file = { version: 1, site: 'shop', 'server-name': 'a.test', code: { path: '/srv/x' }, wsgi: 'a:b' }
      const whole = JSON.stringify({ ...file, ...ours(model) })
      const expected = meaning(await fleetIn({ 'deploy-flask.yml': whole }))
      expect(meaning(await fleetOf('own.json', JSON.stringify({ version: 1, ...ours(model) })))).toEqual(expected)
      expect(meaning(await fleetOf('ansible.json', yaml(model)))).toEqual(expected)
      expect(meaning(await fleetOf('list.json', list(model)))).toEqual(expected)
      // settings of groups have no quotes in INI, and need none in this comparison
      const plain: Model = {
        hosts: model.hosts.map((host) => (isTextInIni(host.region) ? host : { ...host, region: 'x' })),
        groups: model.groups.map((group) => ({ ...group, region: undefined })),
      }
      expect(meaning(await fleetOf('hosts.ini', ini(plain)))).toEqual(meaning(await fleetOf('list.json', list(plain))))
    }),
    { numRuns: 60 },
  )
})
