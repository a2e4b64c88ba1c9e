import { describe, expect, it } from 'vitest'
import { parseApacheConfig, named } from '../helpers/apache-config.js'
import { changes, vhostOf } from './render.js'

/** WSGIScriptAlias lines, in the order in which mod_wsgi asks them. */
const mountsOf = async (lines: string): Promise<readonly string[]> =>
  (await vhostOf(lines)).split('\n').flatMap((line) => /^ +(WSGIScriptAlias.*)$/.exec(line)?.[1] ?? [])

describe('Configuration Guidelines, The WSGIScriptAlias Directive', () => {
  it('mounts an application below a URL prefix', async () => {
    expect(await changes('mount: /myapp')).toMatchInlineSnapshot(`
      "<Directory /var/lib/deploy-flask/empty>
          Options None
          AllowOverride None
          Require all granted
      </Directory>

      - WSGIScriptAlias / /srv/shop/wsgi/shop.wsgi

      WSGIScriptAlias /myapp /srv/shop/wsgi/shop-myapp.wsgi

      - <Files shop.wsgi>

      <Files shop-myapp.wsgi>"
    `)
  })

  it('mounts a script of somebody else by its full path, and opens nothing else in its folder', async () => {
    const lines = 'wsgi: null\napplications: [{mount: /myapp, script: /usr/local/wsgi/scripts/myapp.wsgi}]'
    expect(await changes(lines)).toMatchInlineSnapshot(`
      "<Directory /var/lib/deploy-flask/empty>
          Options None
          AllowOverride None
          Require all granted
      </Directory>

      - WSGIScriptAlias / /srv/shop/wsgi/shop.wsgi

      WSGIScriptAlias /myapp /usr/local/wsgi/scripts/myapp.wsgi

      - <Directory /srv/shop/wsgi>
      -     <Files shop.wsgi>

      <Directory /usr/local/wsgi/scripts>
          <Files myapp.wsgi>"
    `)
  })

  it('mounts a script that comes with the code', async () => {
    expect(await changes('wsgi: null\napplications: [{mount: /, script: wsgi/site.py}]')).toMatchInlineSnapshot(`
      "- WSGIScriptAlias / /srv/shop/wsgi/shop.wsgi

      WSGIScriptAlias / /srv/code/wsgi/site.py

      - <Directory /srv/shop/wsgi>
      -     <Files shop.wsgi>

      <Directory /srv/code/wsgi>
          <Files site.py>"
    `)
  })

  it('takes the application in a script by another name', async () => {
    const lines = 'wsgi: null\napplications: [{mount: /, script: site.wsgi, callable: app}]'
    expect(await changes(lines)).toMatchInlineSnapshot(`
      "- WSGIScriptAlias / /srv/shop/wsgi/shop.wsgi

      WSGIScriptAlias / /srv/code/site.wsgi

      - <Directory /srv/shop/wsgi>
      -     <Files shop.wsgi>

      <Directory /srv/code>
          <Files site.wsgi>

      WSGICallableObject app"
    `)
  })

  it('lists those mounted at a sub-URL of another earlier, whatever the order in the flags file', async () => {
    const [wiki, blog, deep] = [
      '{mount: /wiki, wsgi: w:a}',
      '{mount: /blog, wsgi: b:a}',
      '{mount: /wiki/talk, wsgi: t:a}',
    ]
    const wanted = [
      'WSGIScriptAlias /wiki/talk /srv/shop/wsgi/shop-wiki-talk.wsgi',
      'WSGIScriptAlias /blog /srv/shop/wsgi/shop-blog.wsgi',
      'WSGIScriptAlias /wiki /srv/shop/wsgi/shop-wiki.wsgi',
      'WSGIScriptAlias / /srv/shop/wsgi/shop.wsgi',
    ]
    expect(await mountsOf(`applications: [${wiki}, ${blog}, ${deep}]`)).toEqual(wanted)
    expect(await mountsOf(`applications: [${deep}, ${blog}, ${wiki}]`)).toEqual(wanted)
  })

  it('gives every further application a section of its own, and an interpreter of its own', async () => {
    expect(await changes('applications: [{mount: /wiki, wsgi: "wiki.web:create_app()"}]')).toMatchInlineSnapshot(`
      "WSGIScriptAlias /wiki /srv/shop/wsgi/shop-wiki.wsgi

      <Files shop-wiki.wsgi>
          Require all granted
          WSGIProcessGroup shop
          WSGIApplicationGroup %{RESOURCE}
      </Files>"
    `)
  })

  it('mounts a folder of scripts, with a slash at the end of both', async () => {
    expect(await changes('applications: [{mount: /wsgi/, scripts: /usr/local/wsgi/scripts}]')).toMatchInlineSnapshot(`
      "WSGIScriptAlias /wsgi/ /usr/local/wsgi/scripts/

      <Directory /usr/local/wsgi/scripts>
          Require all granted
          WSGIProcessGroup shop
          WSGIApplicationGroup %{RESOURCE}
      </Directory>"
    `)
  })

  it('mounts scripts by a pattern, without their extension in the URL', async () => {
    const lines = "applications: [{match: '^/wsgi/([^/]+)', script: /usr/local/wsgi/scripts/$1.wsgi}]"
    expect(await changes(lines)).toMatchInlineSnapshot(`
      "WSGIScriptAliasMatch ^/wsgi/([^/]+) /usr/local/wsgi/scripts/$1.wsgi

      <Directory /usr/local/wsgi/scripts>
          <FilesMatch \\.wsgi$>
              Require all granted
              WSGIProcessGroup shop
              WSGIApplicationGroup %{RESOURCE}
          </FilesMatch>
      </Directory>"
    `)
  })

  it('mounts scripts by a pattern of folders: what is opened is the folder above them', async () => {
    const lines = "applications: [{match: '^/u/([a-z]+)/([^/]+)', script: people/$1/scripts/$2}]"
    expect(await changes(lines)).toMatchInlineSnapshot(`
      "WSGIScriptAliasMatch ^/u/([a-z]+)/([^/]+) /srv/code/people/$1/scripts/$2

      <Directory /srv/code/people>
          Require all granted
          WSGIProcessGroup shop
          WSGIApplicationGroup %{RESOURCE}
      </Directory>"
    `)
  })

  it('mounts one script by a pattern', async () => {
    const lines = "applications: [{match: '^/(?:en|de)$', script: site.wsgi}]".replace('(?:en|de)', '[a-z][a-z]')
    expect(await changes(lines)).toMatchInlineSnapshot(`
      "WSGIScriptAliasMatch ^/[a-z][a-z]$ /srv/code/site.wsgi

      <Directory /srv/code>
          <Files site.wsgi>
              Require all granted
              WSGIProcessGroup shop
              WSGIApplicationGroup %{RESOURCE}
          </Files>
      </Directory>"
    `)
  })

  it('asks a URL before a pattern before a folder of scripts of the same depth', async () => {
    const lines = `wsgi: null
applications:
  - {mount: /wsgi/, scripts: scripts}
  - {mount: /, wsgi: 'shop:app'}
  - {match: '^/wsgi/([a-c]+)$', script: other/$1.wsgi}
  - {mount: /wsgi/one, wsgi: 'one:app'}`
    expect(await mountsOf(lines)).toEqual([
      'WSGIScriptAlias /wsgi/one /srv/shop/wsgi/shop-wsgi-one.wsgi',
      'WSGIScriptAliasMatch ^/wsgi/([a-c]+)$ /srv/code/other/$1.wsgi',
      'WSGIScriptAlias /wsgi/ /srv/code/scripts/',
      'WSGIScriptAlias / /srv/shop/wsgi/shop.wsgi',
    ])
  })

  it('never needs ExecCGI: that is implied', async () => {
    const text = await vhostOf(`applications:
  - {mount: /wsgi/, scripts: scripts}
  - {mount: /wiki, script: wiki.wsgi}
  - {match: '^/m/([^/]+)', script: other/$1.wsgi}`)
    expect(named(parseApacheConfig(text), 'Options').map(({ args }) => args)).toEqual([['SymLinksIfOwnerMatch']])
  })

  it('two mounts whose names would be one have two files', async () => {
    const lines = "applications: [{mount: /a-b, wsgi: 'x:a'}, {mount: /a/b, wsgi: 'y:a'}]"
    const files = (await mountsOf(lines)).map((line) => line.split(' ').at(-1))
    expect(new Set(files).size).toBe(3)
  })

  it('loads an application when its process starts, which needs both groups', async () => {
    expect(await changes('preload: true')).toMatchInlineSnapshot(`
      "- WSGIScriptAlias / /srv/shop/wsgi/shop.wsgi

      WSGIScriptAlias / /srv/shop/wsgi/shop.wsgi process-group=shop application-group=%{GLOBAL}"
    `)
    const lines = "applications: [{mount: /wiki, wsgi: 'w:a', preload: true, application-group: wiki}]"
    expect(await mountsOf(lines)).toContain(
      'WSGIScriptAlias /wiki /srv/shop/wsgi/shop-wiki.wsgi process-group=shop application-group=wiki',
    )
  })

  it('mounts a script with a wrapper by a script that we write around it', async () => {
    const lines = "wsgi: null\napplications: [{mount: /, script: site.wsgi, callable: app, wrapper: 'mid:wrap'}]"
    expect(await changes(lines)).toBe('')
  })
})
