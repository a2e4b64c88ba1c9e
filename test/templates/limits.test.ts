import { describe, expect, it } from 'vitest'
import { named, parseApacheConfig } from '../helpers/apache-config.js'
import { changes, vhostOf } from './render.js'

describe('Configuration Guidelines, Limiting Request Content', () => {
  it('the largest request body of the site', async () => {
    expect(await changes('max-body: 1048576')).toMatchInlineSnapshot(`
      "- LimitRequestBody 10485760

      LimitRequestBody 1048576"
    `)
    expect(await vhostOf('max-body: 0')).toContain('    LimitRequestBody 0\n')
  })

  it('and below one mount; the deepest is said last, because later sections win', async () => {
    const lines = `max-body: 1000
applications:
  - {mount: /wiki/up, wsgi: 'u:a', max-body: 3000}
  - {mount: /wiki, wsgi: 'w:a', max-body: 2000}
  - {match: '^/m/([^/]+)$', script: m/$1.wsgi, max-body: 4000}`
    const tree = parseApacheConfig(await vhostOf(lines))
    const sections = [...(named(tree, 'VirtualHost')[0]?.inside ?? [])].filter(({ name }) =>
      name.startsWith('Location'),
    )
    expect(sections.map(({ name, args, inside }) => [name, args[0], inside?.[0]?.args[0]])).toEqual([
      ['Location', '/wiki', '2000'],
      ['LocationMatch', '^/m/([^/]+)$', '4000'],
      ['Location', '/wiki/up', '3000'],
    ])
  })

  it('what is shown then may be a text or a page of the site', async () => {
    const lines = `error-documents: {'413': 'This is "too large" for us.', '404': /missing}`
    expect(await changes(lines)).toMatchInlineSnapshot(`
      "ErrorDocument 404 /missing
      ErrorDocument 413 "This is \\"too large\\" for us.""
    `)
  })

  it('slow clients are waited for as long as is said', async () => {
    expect(await changes('timeouts: {idle: 60, header: 20, body: 30, minimum-rate: 1000}')).toMatchInlineSnapshot(`
      "Timeout 60
      RequestReadTimeout header=20-40,MinRate=1000 body=30,MinRate=1000"
    `)
    expect(await changes('timeouts: {body: 30}')).toMatchInlineSnapshot(`"RequestReadTimeout body=30,MinRate=500"`)
    expect(await changes('timeouts: {minimum-rate: 1000}')).toBe('')
  })
})

describe('what every answer says', () => {
  it('headers replace what the application says, also with errors', async () => {
    expect(await changes("headers: {X-Content-Type-Options: nosniff, Content-Security-Policy: default-src 'self'}"))
      .toMatchInlineSnapshot(`
      "Header onsuccess unset X-Content-Type-Options
      Header always set X-Content-Type-Options nosniff
      Header onsuccess unset Content-Security-Policy
      Header always set Content-Security-Policy "default-src 'self'""
    `)
  })

  it('how much Apache tells of itself holds for the whole server', async () => {
    const tree = parseApacheConfig(await vhostOf('server-tokens: Prod'))
    expect(named(tree, 'ServerTokens').map(({ args }) => args)).toEqual([['Prod']])
    expect(named(tree, 'VirtualHost')[0]?.inside?.some(({ name }) => name === 'ServerTokens')).toBe(false)
  })
})
