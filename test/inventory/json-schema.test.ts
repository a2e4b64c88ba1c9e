import { readFileSync } from 'node:fs'
import { Ajv } from 'ajv'
import { expect, it } from 'vitest'
import { parseYaml } from '../../src/config/yaml.js'
import { flagsFile } from '../../src/config/schema.js'
import { editorJsonSchema, inventoryJsonSchema } from '../../src/inventory/json-schema.js'

const page = readFileSync(new URL('../../docs/how-to/inventory.md', import.meta.url), 'utf8')
const examples = [...page.matchAll(/^```yaml\n([\s\S]*?)^```/gm)].map(([, text = '']) => parseYaml(text).value)

const ajv = new Ajv({ strict: false, validateFormats: false })
const isFlagsFile = ajv.compile(editorJsonSchema())
const isInventory = ajv.compile(inventoryJsonSchema())

it('what the documentation shows is a flags file or an inventory, as an editor sees it', () => {
  expect(examples.map((value) => [isFlagsFile(value), isInventory(value)])).toEqual([
    [true, false],
    // everything else may be said of each host, or by options
    [true, true],
    [true, false],
  ])
})

const site = { version: 1, site: 'shop', 'server-name': 'a.test', code: { path: '/opt/x' }, wsgi: 'a:b' }

it.each([
  [{ ...site, host: 'a' }, true],
  [{ ...site, hosts: ['a', { name: 'b', port: 81 }] }, true],
  [{ ...site, hosts: { a: null, b: { groups: ['c'] } } }, true],
  [{ version: 1, hosts: { a: { ...site, version: undefined } } }, true],
  [site, false],
  [{ ...site, host: 'a', hosts: ['b'] }, false],
  [{ ...site, hosts: ['b'], inventory: 'x' }, false],
  [{ ...site, hosts: { a: { prot: 1 } } }, false],
  [{ ...site, hosts: ['a'], groups: { b: { members: ['a'], host: 'c' } } }, false],
  [{ version: 1, host: 'a' }, false],
])('%j is a flags file: %s', (value, isOne) => {
  expect(isFlagsFile(JSON.parse(JSON.stringify(value)))).toBe(isOne)
})

it('no setting is called as what hosts and groups say beside settings', () => {
  for (const key of ['name', 'groups', 'members', 'hosts', 'inventory']) {
    expect(Object.keys(flagsFile.shape)).not.toContain(key)
  }
})
