import { describe, expect, it } from 'vitest'
import { managedBy } from '../../src/templates/vhost.js'
import { changes, vhostOf } from './render.js'

describe('the virtual host', () => {
  it('of a site with nothing special is this text', async () => {
    expect(await vhostOf('')).toMatchInlineSnapshot(`
      "# Managed by deploy-flask for the site shop: changes made here are replaced.
      <VirtualHost *:80>
          ServerName shop.example.com
          DocumentRoot /var/lib/deploy-flask/empty
          WSGIDaemonProcess shop user=flask-shop group=flask-shop threads=5 \\
              python-home=/srv/shop/venvs/0123456789ab home=/srv/code lang=C.UTF-8 locale=C.UTF-8 \\
              umask=0027 queue-timeout=45 socket-timeout=60 connect-timeout=15 request-timeout=60 \\
              startup-timeout=15 deadlock-timeout=60 graceful-timeout=15 shutdown-timeout=5 \\
              display-name=%{GROUP}
          WSGIScriptAlias / /srv/shop/wsgi/shop.wsgi
          <Directory /srv/shop>
              Options SymLinksIfOwnerMatch
              AllowOverride None
          </Directory>
          <Directory /srv/shop/wsgi>
              <Files shop.wsgi>
                  Require all granted
                  WSGIProcessGroup shop
                  WSGIApplicationGroup %{GLOBAL}
              </Files>
          </Directory>
          LimitRequestBody 10485760
          ErrorLog \${APACHE_LOG_DIR}/shop-error.log
          CustomLog \${APACHE_LOG_DIR}/shop-access.log combined
      </VirtualHost>
      "
    `)
  })

  it('says whose file it is in its first line, and for which site', async () => {
    expect((await vhostOf('')).startsWith(managedBy('shop'))).toBe(true)
  })

  it('never has the code as its DocumentRoot, and opens nothing but the script', async () => {
    const text = await vhostOf('')
    expect(text.match(/DocumentRoot .*/g)).toEqual(['DocumentRoot /var/lib/deploy-flask/empty'])
    expect(text.match(/<(?:Directory|Files) .*|Require .*/g)).toEqual([
      '<Directory /srv/shop>',
      '<Directory /srv/shop/wsgi>',
      '<Files shop.wsgi>',
      'Require all granted',
    ])
  })

  it('may have further names', async () => {
    expect(await changes('server-aliases: [www.shop.example.com, old.example.com]')).toMatchInlineSnapshot(`
      "ServerAlias www.shop.example.com
      ServerAlias old.example.com"
    `)
  })

  it('may be on another port', async () => {
    expect(await changes('port: 8080')).toMatchInlineSnapshot(`
      "- <VirtualHost *:80>

      <VirtualHost *:8080>"
    `)
  })

  it('may be bound to addresses of the host, IPv4 and IPv6', async () => {
    expect(await changes("addresses: [192.0.2.7, '[2001:db8::7]']\nport: 8080")).toMatchInlineSnapshot(`
      "- <VirtualHost *:80>

      <VirtualHost 192.0.2.7:8080 [2001:db8::7]:8080>"
    `)
  })

  it('with a great many addresses goes on in further lines', async () => {
    const addresses = Array.from({ length: 12 }, (_, index) => `192.0.2.${100 + index}`)
    expect(await changes(`addresses: [${addresses.join(', ')}]`)).toMatchInlineSnapshot(`
      "- <VirtualHost *:80>

      <VirtualHost 192.0.2.100:80 192.0.2.101:80 192.0.2.102:80 192.0.2.103:80 192.0.2.104:80 \\
          192.0.2.105:80 192.0.2.106:80 192.0.2.107:80 192.0.2.108:80 192.0.2.109:80 192.0.2.110:80 \\
          192.0.2.111:80>"
    `)
  })

  it('may hold more or less in its error log', async () => {
    expect(await changes('log-level: info')).toMatchInlineSnapshot(`"LogLevel info"`)
    expect(await changes('log-level: {wsgi: info, default: warn, authz_core: debug}')).toMatchInlineSnapshot(
      `"LogLevel warn wsgi:info authz_core:debug"`,
    )
  })
})
