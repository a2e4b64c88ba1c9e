import { describe, expect, it } from 'vitest'
import { named, parseApacheConfig, type ParsedDirective } from '../helpers/apache-config.js'
import { changes, vhostOf } from './render.js'

describe('Configuration Guidelines, The Apache Alias Directive', () => {
  it('a folder in which every file is a script: Alias, ExecCGI and SetHandler', async () => {
    const lines = 'directories: [{url: /wsgi/, folder: /usr/local/wsgi/scripts, handler: wsgi-script}]'
    expect(await changes(lines)).toMatchInlineSnapshot(`
      "Alias /wsgi/ /usr/local/wsgi/scripts/

      <Directory /usr/local/wsgi/scripts>
          Options ExecCGI
          AllowOverride None
          SetHandler wsgi-script
          WSGIProcessGroup shop
          WSGIApplicationGroup %{RESOURCE}
          Require all granted
          <FilesMatch (?i)\\.(bak|old|orig|rej|save|swp)$|~$|^#>
              Require all denied
          </FilesMatch>
      </Directory>

      <DirectoryMatch /\\.(?!well-known(/|$))>
          Require all denied
      </DirectoryMatch>"
    `)
  })

  it('a mixture of files, CGI scripts and WSGI scripts, told apart by their extension', async () => {
    const lines = 'directories: [{url: /wsgi/, folder: mixed, handlers: {.cgi: cgi-script, .wsgi: wsgi-script}}]'
    expect(await changes(lines)).toMatchInlineSnapshot(`
      "Alias /wsgi/ /srv/code/mixed/

      <Directory /srv/code/mixed>
          Options ExecCGI
          AllowOverride None
          AddHandler cgi-script .cgi
          AddHandler wsgi-script .wsgi
          WSGIProcessGroup shop
          WSGIApplicationGroup %{RESOURCE}
          Require all granted
          <FilesMatch (?i)\\.(py|pyc|bak|old|orig|rej|save|swp)$|~$|^#>
              Require all denied
          </FilesMatch>
      </Directory>

      <DirectoryMatch /\\.(?!well-known(/|$))>
          Require all denied
      </DirectoryMatch>"
    `)
  })

  it('source code that no handler takes, and copies of any, are not sent as text', async () => {
    const copies = 'bak|old|orig|rej|save|swp)$|~$|^#'
    const denied = async (handlers: string): Promise<unknown> => {
      const text = await vhostOf(`directories: [{url: /x/, folder: x, ${handlers}}]`)
      return named(parseApacheConfig(text), 'FilesMatch').map(({ args }) => args)
    }
    expect(await denied('handlers: {.wsgi: wsgi-script}')).toEqual([[`(?i)\\.(py|pyc|cgi|${copies}`]])
    expect(await denied('handlers: {.py: wsgi-script}')).toEqual([[`(?i)\\.(pyc|wsgi|cgi|${copies}`]])
    expect(await denied('handlers: {.wsgi: wsgi-script, .cgi: cgi-script}')).toEqual([[`(?i)\\.(py|pyc|${copies}`]])
    expect(await denied('handler: wsgi-script')).toEqual([[`(?i)\\.(${copies}`]])
  })

  it('the extension may be left out of the URL', async () => {
    const mixed = 'url: /wsgi/, folder: mixed, handlers: {.cgi: cgi-script, .wsgi: wsgi-script}'
    expect(await changes(`directories: [{${mixed}, multiviews: true}]`, `directories: [{${mixed}}]`))
      .toMatchInlineSnapshot(`
      "- Options ExecCGI

      Options ExecCGI MultiViews

      MultiviewsMatch Handlers"
    `)
  })

  it('the folder may be listed, and an index page may answer for it', async () => {
    const mixed = 'url: /wsgi/, folder: mixed, handlers: {.cgi: cgi-script, .wsgi: wsgi-script}'
    const index = 'indexes: true, directory-index: [index.html, index.wsgi, index.cgi]'
    expect(await changes(`directories: [{${mixed}, ${index}}]`, `directories: [{${mixed}}]`)).toMatchInlineSnapshot(`
      "- Options ExecCGI

      Options ExecCGI Indexes

      DirectoryIndex index.html index.wsgi index.cgi"
    `)
  })

  it('.htaccess files may set handlers; DirectoryIndex there needs Indexes beside FileInfo', async () => {
    const lines =
      'directories: [{url: /site/, folder: /usr/local/wsgi/site, multiviews: true, indexes: true, htaccess: [FileInfo, Indexes]}]'
    expect(await changes(lines)).toMatchInlineSnapshot(`
      "Alias /site/ /usr/local/wsgi/site/

      <Directory /usr/local/wsgi/site>
          Options ExecCGI MultiViews Indexes
          AllowOverride FileInfo Indexes
          MultiviewsMatch Handlers
          DirectoryIndex index.html
          WSGIProcessGroup shop
          WSGIApplicationGroup %{RESOURCE}
          Require all granted
          AddHandler wsgi-script .wsgi
          <FilesMatch (?i)\\.(py|pyc|bak|old|orig|rej|save|swp)$|~$|^#>
              Require all denied
          </FilesMatch>
      </Directory>

      <DirectoryMatch /\\.(?!well-known(/|$))>
          Require all denied
      </DirectoryMatch>"
    `)
  })

  it('is named once for the folder, and each application in it has an interpreter of its own', async () => {
    const lines = `wsgi: null
directories:
  - {url: /a/, folder: a, handler: wsgi-script, callable: app, pass-authorization: true, chunked-requests: true}
  - {url: /a/deep/, folder: deep, handler: wsgi-script, application-group: deep}`
    const tree = parseApacheConfig(await vhostOf(lines))
    expect(named(tree, 'Alias').map(({ args }) => args)).toEqual([
      ['/a/deep/', '/srv/code/deep/'],
      ['/a/', '/srv/code/a/'],
    ])
    const isOurs = ({ args: [folder = ''] }: ParsedDirective): boolean => folder.startsWith('/srv/code/')
    expect(named(tree, 'Directory').filter(isOurs)).toEqual([
      {
        name: 'Directory',
        args: ['/srv/code/a'],
        inside: [
          { name: 'Options', args: ['ExecCGI'] },
          { name: 'AllowOverride', args: ['None'] },
          { name: 'SetHandler', args: ['wsgi-script'] },
          { name: 'WSGIProcessGroup', args: ['shop'] },
          { name: 'WSGIApplicationGroup', args: ['%{RESOURCE}'] },
          { name: 'WSGIPassAuthorization', args: ['On'] },
          { name: 'WSGIChunkedRequest', args: ['On'] },
          { name: 'WSGICallableObject', args: ['app'] },
          { name: 'Require', args: ['all', 'granted'] },
          expect.objectContaining({ name: 'FilesMatch' }),
        ],
      },
      expect.objectContaining({ args: ['/srv/code/deep'] }),
    ])
  })

  it('may be the DocumentRoot itself', async () => {
    const lines = 'wsgi: null\ndirectories: [{url: /, folder: public, handlers: {.wsgi: wsgi-script}}]'
    expect(await changes(lines)).toMatchInlineSnapshot(`
      "- DocumentRoot /var/lib/deploy-flask/empty

      DocumentRoot /srv/code/public

      - WSGIScriptAlias / /srv/shop/wsgi/shop.wsgi

      - <Directory /srv/shop/wsgi>
      -     <Files shop.wsgi>
      -         Require all granted
      -         WSGIProcessGroup shop
      -         WSGIApplicationGroup %{GLOBAL}
      -     </Files>

      <Directory /srv/code/public>
          Options ExecCGI
          AllowOverride None
          AddHandler wsgi-script .wsgi
          WSGIProcessGroup shop
          WSGIApplicationGroup %{RESOURCE}
          Require all granted
          <FilesMatch (?i)\\.(py|pyc|cgi|bak|old|orig|rej|save|swp)$|~$|^#>
              Require all denied
          </FilesMatch>

      <DirectoryMatch /\\.(?!well-known(/|$))>
          Require all denied
      </DirectoryMatch>"
    `)
  })
})

describe('an application that appears at the root by rewriting', () => {
  const site = (fallback: string) =>
    `wsgi: null\ndirectories: [{url: /, folder: public, handlers: {.wsgi: wsgi-script}, ${fallback}}]`

  it('the file is named in the condition: in a virtual host REQUEST_FILENAME is not yet the file', async () => {
    expect(await changes(site('fallback: {script: site.wsgi, hide-script-name: false}'), site('')))
      .toMatchInlineSnapshot(`
      "RewriteEngine On
      RewriteCond /srv/code/public/$1 !-f
      RewriteCond %{REQUEST_URI} !^/site\\.wsgi(/|$)
      RewriteRule ^/?(.*)$ /site.wsgi/$1 [QSA,PT,L]"
    `)
  })

  it('whose name is to be hidden is a script of ours around that script', async () => {
    expect(await changes(site('fallback: {script: site.wsgi}'), site(''))).toMatchInlineSnapshot(`
      "RewriteEngine On
      RewriteCond /srv/code/public/$1 !-f
      RewriteCond %{REQUEST_URI} !^/site\\.wsgi(/|$)
      RewriteRule ^/?(.*)$ /site.wsgi/$1 [QSA,PT,L]
      WSGIScriptAlias /site.wsgi /srv/shop/wsgi/shop-public-fallback.wsgi

      <Directory /srv/shop/wsgi>
          <Files shop-public-fallback.wsgi>
              Require all granted
              WSGIProcessGroup shop
              WSGIApplicationGroup %{RESOURCE}
          </Files>
      </Directory>"
    `)
  })

  it('may be a module instead of a script in the folder', async () => {
    expect(await changes(site("fallback: {wsgi: 'shop:create_app()'}"), site(''))).toMatchInlineSnapshot(`
      "RewriteEngine On
      RewriteCond /srv/code/public/$1 !-f
      RewriteCond %{REQUEST_URI} !^/shop\\.wsgi(/|$)
      RewriteRule ^/?(.*)$ /shop.wsgi/$1 [QSA,PT,L]
      WSGIScriptAlias /shop.wsgi /srv/shop/wsgi/shop-public-fallback.wsgi

      <Directory /srv/shop/wsgi>
          <Files shop-public-fallback.wsgi>
              Require all granted
              WSGIProcessGroup shop
              WSGIApplicationGroup %{RESOURCE}
          </Files>
      </Directory>"
    `)
  })

  it('leaves alone whatever has a place of its own', async () => {
    const lines = `applications: [{mount: /wiki, wsgi: 'w:a'}, {match: '^/m/([^/]+)', script: m/$1.wsgi}]
static: {/media/: media, /favicon.ico: favicon.ico}
static-patterns: [{match: '^/([^/]+\\.css)$', file: styles/$1}]
user-directories: public_html/wsgi-scripts
wsgi: null
directories:
  - {url: /, folder: public, handlers: {.wsgi: wsgi-script}, fallback: {script: site.wsgi, hide-script-name: false}}
  - {url: /mixed/, folder: mixed, handlers: {.cgi: cgi-script}}`
    const rules = named(parseApacheConfig(await vhostOf(lines)), 'RewriteCond').map(({ args }) => args.join(' '))
    expect(rules).toMatchInlineSnapshot(`
      [
        "%{REQUEST_URI} ^/~([a-z_][a-z0-9_-]*)/",
        "/srv/code/public/$1 !-f",
        "%{REQUEST_URI} !^/site\\.wsgi(/|$)",
        "%{REQUEST_URI} !^/media/",
        "%{REQUEST_URI} !^/favicon\\.ico(/|$)",
        "%{REQUEST_URI} !^/([^/]+\\.css)$",
        "%{REQUEST_URI} !^/mixed/",
        "%{REQUEST_URI} !^/wiki(/|$)",
        "%{REQUEST_URI} !^/m/([^/]+)",
        "%{REQUEST_URI} !^/~[a-z_][a-z0-9_-]*/",
      ]
    `)
  })

  it('what is protected by its URL stays so below the URL of the script, which anybody can ask for', async () => {
    const lines = `${site('fallback: {script: site.wsgi, hide-script-name: false}')}\naccess: [{url: /admin/, deny: true}]`
    const locations = named(parseApacheConfig(await vhostOf(lines)), 'Location')
    expect(locations.map(({ args }) => args)).toEqual([['/admin'], ['/site.wsgi/admin']])
    expect(locations[1]?.inside).toEqual(locations[0]?.inside)
  })

  it('has its usual name in the script that we write, whatever it is called in the folder', async () => {
    const lines = site('fallback: {script: site.wsgi}').replace('url: /', 'callable: app, url: /')
    const [script] = named(parseApacheConfig(await vhostOf(lines)), 'Files')
    expect(script?.args).toEqual(['shop-public-fallback.wsgi'])
    expect(named(script?.inside ?? [], 'WSGICallableObject')).toEqual([])
  })
})
