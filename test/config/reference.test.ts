import { expect, it } from 'vitest'
import { flagsFileJsonSchema } from '../../src/config/json-schema.js'
import { fieldReference, keysAt } from '../../src/config/reference.js'

it('every field has a description and a type', () => {
  for (const row of fieldReference()) {
    expect(row.description, row.key).not.toBe('')
    expect(row.type, row.key).not.toBe('')
  }
})

it('no key is told twice, and the required ones are those without which nothing can be done', () => {
  const keys = fieldReference().map(({ key }) => key)
  expect(new Set(keys).size).toBe(keys.length)
  expect(
    fieldReference()
      .filter((row) => row.default === 'required')
      .map(({ key }) => key),
  ).toEqual(['version', 'host', 'site', 'server-name', 'code', 'wsgi'])
})

it.each([
  ['port', 'whole number', '80'],
  ['daemon', 'mapping', ''],
  ['daemon.threads', 'whole number', '5'],
  ['check.path', 'text', '"/"'],
  ['code', '{folder: text} or {path: text}', 'required'],
  ['settings', 'mapping to text or number or true or false or {env: text} or {file: text}', '{}'],
  ['settings.<NAME>.env', 'text', ''],
  ['requirements', 'text or list of text or false', ''],
  ['check.statuses', 'list of whole number', ''],
])('%s is a %s with the default %j', (key, type, fallback) => {
  expect(fieldReference()).toContainEqual(expect.objectContaining({ key, type, default: fallback }))
})

it('the keys of each place are known', () => {
  expect(keysAt([])).toContain('server-name')
  expect(keysAt(['code'])).toEqual(['folder', 'path'])
  expect(keysAt(['settings', 'ANY'])).toEqual(['env', 'file'])
  expect(keysAt(['sqlite', 0])).toEqual([])
  expect(keysAt(['constructor'])).toEqual([])
})

it('the JSON Schema is strict on every level and complete for editors', () => {
  const schema = flagsFileJsonSchema()
  expect(schema.$schema).toBe('http://json-schema.org/draft-07/schema#')
  expect(schema.additionalProperties).toBe(false)
  expect(schema.required).toEqual(['version', 'host', 'site', 'server-name', 'code', 'wsgi'])
  expect(JSON.stringify(schema)).not.toContain('"$ref"')
})
