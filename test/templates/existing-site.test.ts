import { describe, expect, it } from 'vitest'
import { named, parseApacheConfig } from '../helpers/apache-config.js'
import { includeFor, siteOf, vhostFor } from './render.js'

const beside = 'existing-site: {file: php.conf}\nmount: /shop'

const includeOf = async (lines = ''): Promise<string> => includeFor(await siteOf(`${beside}\n${lines}`))

describe('an application below a URL of a site that exists', () => {
  it('has its process groups in a file of their own, without a virtual host', async () => {
    const text = vhostFor(await siteOf(`${beside}\nprocess-groups: {second: {scope: server}}`))
    expect(parseApacheConfig(text).map(({ name, args }) => [name, args[0]])).toEqual([
      ['WSGIDaemonProcess', 'second'],
      ['WSGIDaemonProcess', 'shop'],
    ])
  })

  it('is this text, which the virtual host of that site includes', async () => {
    expect(await includeOf()).toMatchInlineSnapshot(`
      "# Managed by deploy-flask for the site shop: changes made here are replaced.
      WSGIScriptAlias /shop /srv/shop/wsgi/shop-shop.wsgi
      <Directory /srv/shop>
          Options SymLinksIfOwnerMatch
          AllowOverride None
      </Directory>
      <Directory /srv/shop/wsgi>
          <Files shop-shop.wsgi>
              Require all granted
              WSGIProcessGroup shop
              WSGIApplicationGroup %{GLOBAL}
          </Files>
      </Directory>
      <Location /shop>
          LimitRequestBody 10485760
      </Location>
      "
    `)
  })

  it('has what belongs to it below its own URLs', async () => {
    const lines = `environ:
  demo.mailhost: mailhost
  demo.debugging: {default: '0', when: [{attribute: Remote_Addr, matches: '^127\\.', value: '1'}]}
static: {/shop/static/: shop/static}
max-body: 1000
authentication: {users-file: /etc/apache2/users}
access: [{url: /shop/admin/, users: any}]`
    expect(await includeOf(lines)).toMatchInlineSnapshot(`
      "# Managed by deploy-flask for the site shop: changes made here are replaced.
      Alias /shop/static/ /srv/code/shop/static/
      WSGIScriptAlias /shop /srv/shop/wsgi/shop-shop.wsgi
      <Directory /srv/shop>
          Options SymLinksIfOwnerMatch
          AllowOverride None
      </Directory>
      <Directory /srv/shop/wsgi>
          <Files shop-shop.wsgi>
              Require all granted
              WSGIProcessGroup shop
              WSGIApplicationGroup %{GLOBAL}
          </Files>
      </Directory>
      <Directory /srv/code/shop/static>
          Options None
          AllowOverride None
          Require all granted
      </Directory>
      <DirectoryMatch ^/srv/code/shop/static(/.*)?/\\.(?!well-known(/|$))>
          Require all denied
      </DirectoryMatch>
      <Location /shop>
          SetEnv demo.mailhost mailhost
          SetEnvIf Remote_Addr ^ demo.debugging=0
          SetEnvIf Remote_Addr ^127\\. demo.debugging=1
          LimitRequestBody 1000
      </Location>
      <Location /shop/admin>
          AuthMerging And
          AuthType Basic
          AuthName Restricted
          AuthBasicProvider file
          AuthUserFile /etc/apache2/users
          Require valid-user
      </Location>
      "
    `)
  })

  it('says nothing that holds for the rest of that site', async () => {
    const text = await includeOf(`static: {/shop/static/: shop/static}
environ: {A: {when: [{attribute: Host, matches: ^a, value: '1'}]}, B: b}
max-body: 1000
authentication: {users-file: /etc/apache2/users}
access: [{url: /shop/admin/, users: any}, {folder: shop/private, deny: true}]`)
    const ours = /^\/srv\/(shop|code)|^\^\/srv\/code|^\^?\/shop/
    for (const { name, args, inside } of parseApacheConfig(text)) {
      expect([name, inside === undefined ? /^(WSGIScript)?Alias/.test(name) : ours.test(args[0] ?? '')]).toEqual([
        name,
        true,
      ])
    }
  })

  it('variables reach applications that are found by a pattern, too', async () => {
    const text = includeFor(
      await siteOf(`existing-site: {file: php.conf}
wsgi: null
applications: [{match: '^/shop/([^/]+)', script: shop/$1.wsgi}]
environ: {A: b}`),
    )
    expect(named(parseApacheConfig(text), 'LocationMatch')).toEqual([
      {
        name: 'LocationMatch',
        args: ['^/shop/([^/]+)'],
        inside: [
          { name: 'SetEnv', args: ['A', 'b'] },
          { name: 'LimitRequestBody', args: ['10485760'] },
        ],
      },
    ])
  })
})
