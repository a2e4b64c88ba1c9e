import { describe, expect, it } from 'vitest'
import { named, parseApacheConfig } from '../helpers/apache-config.js'
import { changes, vhostOf } from './render.js'

describe('Configuration Guidelines, Application Configuration', () => {
  it('SetEnv hands fixed values to the application', async () => {
    const lines = `environ:
  demo.templates: /usr/local/wsgi/templates
  demo.mailhost: mailhost
  demo.debugging: '0'`
    expect(await changes(lines)).toMatchInlineSnapshot(`
      "SetEnv demo.templates /usr/local/wsgi/templates
      SetEnv demo.mailhost mailhost
      SetEnv demo.debugging 0"
    `)
  })

  it('a value may hold blanks, quotes, backslashes and anything else of one line', async () => {
    const values = [
      '',
      ' ',
      'a b',
      '"',
      'it\'s "so"',
      'a\\',
      '\\\\',
      '\\"',
      '#no comment',
      '-',
      '<x>',
      '%{GLOBAL}',
      'ü😀',
      '$1 $HOME',
    ]
    const text = await vhostOf(
      `environ: ${JSON.stringify(Object.fromEntries(values.map((value, index) => [`V${index}`, value])))}`,
    )
    expect(named(parseApacheConfig(text), 'SetEnv').map(({ args }) => args[1])).toEqual(values)
  })

  it('a default that may change is set with SetEnvIf: SetEnv comes last of all and would hide the change', async () => {
    const lines = `environ:
  demo.debugging:
    default: '0'
    when: [{test: '%{REMOTE_ADDR}', matches: '^127\\.0\\.0\\.1$', value: '1'}]`
    expect(await changes(lines)).toMatchInlineSnapshot(`
      "RewriteEngine On
      SetEnvIf Remote_Addr ^ demo.debugging=0
      RewriteCond %{REMOTE_ADDR} ^127\\.0\\.0\\.1$
      RewriteRule ^ - [E=demo.debugging:1]"
    `)
  })

  it('an attribute or a header of the request decides without mod_rewrite', async () => {
    const lines = `environ:
  demo.client: {when: [{attribute: User-Agent, matches: 'curl/[0-9]', value: curl}, {attribute: Remote_Addr, matches: ^10\\., value: inside}]}`
    expect(await changes(lines)).toMatchInlineSnapshot(`
      "SetEnvIf User-Agent curl/[0-9] demo.client=curl
      SetEnvIf Remote_Addr ^10\\. demo.client=inside"
    `)
  })

  it('a pattern may end with a backslash, which would join its line with the next one', async () => {
    const lines = "environ: {A: {when: [{test: '%{REQUEST_URI}', matches: 'a\\\\\\\\', value: '1'}]}}"
    const text = await vhostOf(lines.replaceAll('\\\\\\\\', '\\\\'))
    expect(text).toContain('    RewriteCond %{REQUEST_URI} "a\\\\"\n    RewriteRule ^ - [E=A:1]\n')
    expect(named(parseApacheConfig(text), 'RewriteCond').map(({ args }) => args)).toEqual([['%{REQUEST_URI}', 'a\\\\']])
  })

  it('a map decides; a miss gives a default, because an empty process group is embedded mode', async () => {
    const lines = `process-groups: {second: {}}
environ: {PROCESS_GROUP: {map: wsgiprocmap, key: '%{REQUEST_URI}', default: shop}}
rewrite-maps: {wsgiprocmap: {type: dbm, file: /etc/httpd/wsgiprocmap.dbm}}`
    expect(await changes(lines, 'process-groups: {second: {}}')).toMatchInlineSnapshot(`
      "RewriteEngine On
      RewriteMap wsgiprocmap dbm:/etc/httpd/wsgiprocmap.dbm
      RewriteRule ^ - [E=PROCESS_GROUP:\${wsgiprocmap:%{REQUEST_URI}|shop}]"
    `)
  })

  it('the entries of a map are in a file of ours', async () => {
    const maps = `environ: {E: {map: one, key: '%{HTTP_HOST}', default: x}, F: {map: two, key: '%{HTTP_HOST}', default: x}}
rewrite-maps: {one: {entries: {/a: b}}, two: {type: dbm, entries: {/a: b}}}`
    const text = await vhostOf(maps)
    expect(named(parseApacheConfig(text), 'RewriteMap').map(({ args }) => args)).toEqual([
      ['one', 'txt:/etc/deploy-flask/shop-one.txt'],
      ['two', 'dbm:/etc/deploy-flask/shop-two.dbm'],
    ])
  })

  it('mod_rewrite is switched on once, for all that needs it', async () => {
    const text = await vhostOf(`user-directories: public_html/scripts
environ: {A: {when: [{test: '%{HTTPS}', matches: ^on$, value: '1'}]}}
wsgi: null
directories: [{url: /, folder: public, handlers: {.wsgi: wsgi-script}, fallback: {script: site.wsgi}}]`)
    expect(named(parseApacheConfig(text), 'RewriteEngine')).toHaveLength(1)
  })

  it('variables are set before a rewrite ends the rules', async () => {
    const text = await vhostOf(`environ: {A: {when: [{test: '%{HTTPS}', matches: ^on$, value: '1'}]}}
wsgi: null
directories: [{url: /, folder: public, handlers: {.wsgi: wsgi-script}, fallback: {script: site.wsgi}}]`)
    const flags = named(parseApacheConfig(text), 'RewriteRule').map(({ args }) => args[2])
    expect(flags).toEqual(['[E=A:1]', '[QSA,PT,L]'])
  })

  it('what a wrapper does is Python: Apache is told nothing of it', async () => {
    expect(await changes('wrapper: shop.middleware:wrap')).toBe('')
  })
})
