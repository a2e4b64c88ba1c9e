import { expect, it } from 'vitest'
import { flagsFileJsonSchema } from '../../src/config/json-schema.js'
import { descriptionAt, fieldReference, keysAt } from '../../src/config/reference.js'

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
  ).toEqual([
    ...[
      'version',
      'host',
      'site',
      'server-name',
      'tls.acme.email',
      'tls.acme.agree',
      'existing-site.file',
      'code',
      'directories[].url',
      'directories[].folder',
    ],
    ...['static-patterns[].match', 'static-patterns[].file'],
  ])
})

it.each([
  ['port', 'whole number', '80'],
  ['daemon', 'mapping', ''],
  ['daemon.threads', 'whole number', ''],
  ['check.path', 'text', ''],
  ['profile', 'hardened or seed', '"hardened"'],
  ['applications', 'list of mappings', '[]'],
  ['applications[].mount', 'text', ''],
  ['directories[].handler', 'wsgi-script', ''],
  ['static.<URL>.max-age', 'whole number', ''],
  ['environ.<NAME>.when[].attribute', 'text', ''],
  ['rewrite-maps.<NAME>.type', 'txt or dbm', '"txt"'],
  ['authentication.users.<LOGIN>.env', 'text', ''],
  ['code', '{folder: text} or {package: text} or {path: text} or mapping', 'required'],
  ['settings', 'mapping to text or number or true or false or {env: text} or {file: text}', '{}'],
  ['settings.<NAME>.env', 'text', ''],
  ['requirements', 'text or list of text or false', ''],
  ['check.statuses', 'list of whole number', ''],
])('%s is a %s with the default %j', (key, type, fallback) => {
  expect(fieldReference()).toContainEqual(expect.objectContaining({ key, type, default: fallback }))
})

it('what is the same is told once, and really is the same', () => {
  const keys = fieldReference().map(({ key }) => key)
  expect(keys.filter((key) => key.startsWith('process-groups.'))).toEqual(['process-groups.<NAME>'])
  expect(keysAt(['process-groups', 'ANY'])).toEqual(keysAt(['daemon']).filter((key) => key !== 'name'))
  expect(keys.filter((key) => key.startsWith('applications[].static.'))).toEqual(['applications[].static.<URL>'])
  expect(keysAt(['applications', 0, 'static', '/a/'])).toEqual(keysAt(['static', '/a/']))
})

it('a field in a list has its description', () => {
  expect(descriptionAt(['directories', 2, 'folder'])).toBe('Folder inside the code or on the host')
  expect(descriptionAt(['nothing', 'there'])).toBeUndefined()
})

it('the keys of each place are known', () => {
  expect(keysAt([])).toContain('server-name')
  expect(keysAt(['code'])).toEqual(['folder', 'package', 'path', 'git', 'ref', 'subfolder'])
  expect(keysAt(['settings', 'ANY'])).toEqual(['env', 'file'])
  expect(keysAt(['applications', 3, 'static', '/a/'])).toEqual(['path', 'max-age', 'headers'])
  expect(keysAt(['process-groups', 'ANY'])).toContain('threads')
  expect(keysAt(['sqlite', 0])).toEqual([])
  expect(keysAt(['constructor'])).toEqual([])
})

it('the JSON Schema is strict on every level and complete for editors', () => {
  const schema = flagsFileJsonSchema()
  expect(schema.$schema).toBe('http://json-schema.org/draft-07/schema#')
  expect(schema.additionalProperties).toBe(false)
  expect(schema.required).toEqual(['version', 'host', 'site', 'server-name', 'code'])
  expect(JSON.stringify(schema)).not.toContain('"$ref"')
})
