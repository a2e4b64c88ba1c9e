import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fits } from '../../src/inventory/wildcard.js'
import { fleetIn, namesOf, refusedIn, site } from './fleet.js'

const tree = {
  'deploy-flask.yml': `${site}hosts: ["web[1:3]", db1, "2001:db8::1"]
groups: { web: [web1, web2, web3], canary: [web2], nobody: [], both: [web1, db1] }
`,
  'failed.txt': '# of last night\nweb1\n\nweb3  # slow\n',
  'empty.txt': '# none\n',
  'wrong.txt': 'web1\nwbe2\n!web9\n',
}

const chosen = async (...limits: readonly string[]) => namesOf(await fleetIn(tree, { limits }))
const refused = (...limits: readonly string[]) => refusedIn(tree, { limits })

describe('--limit', () => {
  it.each([
    [['web'], ['web1', 'web2', 'web3']],
    [
      ['web3', 'web1'],
      ['web1', 'web3'],
    ],
    [
      ['web', '!canary'],
      ['web1', 'web3'],
    ],
    [['all:!web'], ['db1', '2001:db8::1']],
    [['ungrouped'], ['2001:db8::1']],
    [['2001:db8::1,web1'], ['web1', '2001:db8::1']],
    [['!2001:db8::1'], ['web1', 'web2', 'web3', 'db1']],
    [['web:&both'], ['web1']],
    [['@failed.txt'], ['web1', 'web3']],
    [['@failed.txt', '!web1'], ['web3']],
    [[' web1 , web2 '], ['web1', 'web2']],
    [['nobody,web1'], ['web1']],
    [['web[-2]'], ['web2']],
  ])('%j leaves %j', async (limits, names) => {
    expect(await chosen(...limits)).toEqual(names)
  })

  it('that names somebody unknown is an error, also where others are known, and where it would leave out', async () => {
    const { code, what, lines } = await refused('web1,wbe2', 'all:!web9', 'db*x', 'web[7]', '@wrong.txt')
    expect([code, what]).toEqual(['NO_HOST_MATCHES', '6 patterns name no host of the fleet'])
    expect(lines).toEqual([
      '--limit wbe2: names no host; did you mean web2?',
      '--limit !web9: names no host; did you mean web1?',
      '--limit db*x: names no host',
      '--limit web[7]: names no host',
      'wrong.txt:2: wbe2: names no host; did you mean web2?',
      'wrong.txt:3: !web9: names no host; did you mean web1?',
    ])
  })

  it.each([[['web1:&db1']], [['nobody']], [['web1', '!web']], [['@empty.txt']]])('%j leaves nobody', async (limits) => {
    expect(await refused(...limits)).toMatchObject({ code: 'NO_HOST_MATCHES' })
  })

  it.each([
    ['~web.*', '--limit ~web.*: is a regular expression, which is not read: use * and ? and names'],
    ['web[a]', '--limit web[a]: [a] must be a position: [0], [-1], [0:2] or [3:]'],
    ['-oProxyCommand=id', '--limit -oProxyCommand=id: must be names of hosts and groups, with * and ? where need be'],
    ['a\u001b[2J', '--limit a\\u{001b}[2J: must be names of hosts and groups, with * and ? where need be'],
    ['', '--limit : is empty'],
    [',', '--limit ,: is empty'],
  ])('%j is no pattern', async (limit, line) => {
    expect(await refused(limit)).toMatchObject({ code: 'USAGE', lines: [line] })
  })

  it('names a file that must be there', async () => {
    expect(await refused('@missing.txt')).toMatchObject({ code: 'INVENTORY_UNREADABLE' })
  })
})

describe('a pattern of canaries', () => {
  it('means those of the chosen hosts that it names in the whole fleet', async () => {
    const fleet = await fleetIn(tree, { limits: ['web'] })
    expect([...fleet.matching('both')]).toEqual(['web1'])
    expect(() => fleet.matching('nobdoy')).toThrow('a pattern names no host of the fleet')
  })
})

describe('--host', () => {
  const given = (value: string) => ({ overrides: [{ path: ['host'], value, origin: '--host' }] })

  it('chooses one host of a fleet, and is the address where there is none', async () => {
    expect(namesOf(await fleetIn(tree, given('db1')))).toEqual(['db1'])
    expect(await refusedIn(tree, given('db2'))).toMatchObject({
      code: 'NO_HOST_MATCHES',
      what: 'db2 is no host of this fleet; did you mean db1?',
    })
    const one = { 'deploy-flask.yml': `${site}host: me@a\n` }
    expect((await fleetIn(one, given('you@b'))).hosts.map(({ overrides }) => overrides)).toEqual([
      [{ path: ['host'], value: 'you@b', origin: '--host' }],
    ])
  })
})

it('wildcards fit as the regular expression would that they stand for', () => {
  const name = fc.string({ unit: fc.constantFrom('a', 'b', '.'), maxLength: 10 })
  const pattern = fc.string({ unit: fc.constantFrom('a', 'b', '.', '*', '?'), maxLength: 8 })
  fc.assert(
    fc.property(name, pattern, (text, wild) => {
      const source = wild.replaceAll('.', '\\.').replaceAll('*', '.*').replaceAll('?', '.')
      expect(fits(text, wild)).toBe(new RegExp(`^${source}$`, 's').test(text))
    }),
    { numRuns: 2_000 },
  )
})
