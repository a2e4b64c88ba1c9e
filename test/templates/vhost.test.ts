import { describe, expect, it } from 'vitest'
import { managedBy, vhost } from '../../src/templates/vhost.js'
import { minimal } from './samples.js'

const linesOf = (text: string, what: RegExp) => text.split('\n').filter((line) => what.test(line))

describe('the virtual host', () => {
  it('of a site with nothing special is this text', () => {
    expect(vhost(minimal)).toBe(`\
# Managed by deploy-flask for the site shop: changes made here are replaced.
<VirtualHost *:80>
    ServerName shop.example.com
    DocumentRoot /var/lib/deploy-flask/empty

    WSGIDaemonProcess shop user=flask-shop group=flask-shop threads=5 \\
        python-home=/srv/shop/venvs/0123456789ab home=/srv/shop/current \\
        lang=C.UTF-8 locale=C.UTF-8 umask=0027 display-name=%{GROUP} \\
        queue-timeout=45 socket-timeout=60 connect-timeout=15 \\
        request-timeout=60 startup-timeout=15 deadlock-timeout=60 \\
        graceful-timeout=15 shutdown-timeout=5
    <Directory /srv/shop>
        Options SymLinksIfOwnerMatch
        AllowOverride None
    </Directory>

    WSGIScriptAlias / /srv/shop/wsgi/shop.wsgi
    <Directory /srv/shop/wsgi>
        <Files shop.wsgi>
            Require all granted
        </Files>
        WSGIProcessGroup shop
        WSGIApplicationGroup %{GLOBAL}
    </Directory>

    LimitRequestBody 10485760
    ErrorLog \${APACHE_LOG_DIR}/shop-error.log
    CustomLog \${APACHE_LOG_DIR}/shop-access.log combined
</VirtualHost>
`)
  })

  it('of a site with everything is this text', () => {
    const everything = vhost({
      ...minimal,
      serverAliases: ['www.shop.example.com', 'old.example.com'],
      port: 8080,
      listen: true,
      daemon: { ...minimal.daemon, processes: 3, threads: 15, maximumRequests: 10_000 },
      static: [
        { url: '/static/', folder: 'shop/static' },
        { url: '/static/img/', folder: 'images' },
      ],
    })
    expect(everything).toBe(`\
# Managed by deploy-flask for the site shop: changes made here are replaced.
Listen 8080
<VirtualHost *:8080>
    ServerName shop.example.com
    ServerAlias www.shop.example.com
    ServerAlias old.example.com
    DocumentRoot /var/lib/deploy-flask/empty

    WSGIDaemonProcess shop user=flask-shop group=flask-shop threads=15 processes=3 \\
        python-home=/srv/shop/venvs/0123456789ab home=/srv/shop/current \\
        lang=C.UTF-8 locale=C.UTF-8 umask=0027 display-name=%{GROUP} \\
        queue-timeout=45 socket-timeout=60 connect-timeout=15 \\
        request-timeout=60 startup-timeout=15 deadlock-timeout=60 \\
        graceful-timeout=15 shutdown-timeout=5 \\
        maximum-requests=10000
    <Directory /srv/shop>
        Options SymLinksIfOwnerMatch
        AllowOverride None
    </Directory>

    Alias /static/img/ /srv/shop/current/images/
    <Directory /srv/shop/current/images>
        Options None
        AllowOverride None
        Require all granted
    </Directory>
    Alias /static/ /srv/shop/current/shop/static/
    <Directory /srv/shop/current/shop/static>
        Options None
        AllowOverride None
        Require all granted
    </Directory>
    WSGIScriptAlias / /srv/shop/wsgi/shop.wsgi
    <Directory /srv/shop/wsgi>
        <Files shop.wsgi>
            Require all granted
        </Files>
        WSGIProcessGroup shop
        WSGIApplicationGroup %{GLOBAL}
    </Directory>

    LimitRequestBody 10485760
    ErrorLog \${APACHE_LOG_DIR}/shop-error.log
    CustomLog \${APACHE_LOG_DIR}/shop-access.log combined
</VirtualHost>
`)
  })

  it('lists the longest prefix first, and equal ones in one order, whatever the flags file says', () => {
    const [a, b, c] = ['/a/', '/b/', '/a/deeper/'].map((url) => ({ url, folder: 'x' })) as [
      { url: string; folder: string },
      { url: string; folder: string },
      { url: string; folder: string },
    ]
    const one = vhost({ ...minimal, static: [a, b, c] })
    expect(vhost({ ...minimal, static: [c, b, a] })).toBe(one)
    expect(linesOf(one, /^ {4}Alias/)).toEqual([
      '    Alias /a/deeper/ /srv/shop/current/x/',
      '    Alias /a/ /srv/shop/current/x/',
      '    Alias /b/ /srv/shop/current/x/',
    ])
  })

  it('asks for one process by not asking: processes=1 would make wsgi.multiprocess true', () => {
    expect(vhost(minimal)).not.toContain('processes=')
    expect(vhost({ ...minimal, daemon: { ...minimal.daemon, processes: 2 } })).toContain(' processes=2')
  })

  it('never serves the code, and opens no folder but the static ones and the one of the script', () => {
    const text = vhost({ ...minimal, static: [{ url: '/static/', folder: 'static' }] })
    expect(linesOf(text, /Require all granted/)).toHaveLength(2)
    expect(text).not.toContain('DocumentRoot /srv')
  })

  it('says whose file it is in its first line, and for which site', () => {
    expect(vhost(minimal).startsWith(managedBy('shop'))).toBe(true)
  })
})
