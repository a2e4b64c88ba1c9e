import { describe, expect, it } from 'vitest'
import { vhost } from '../../src/templates/vhost.js'
import { changes, placesOf, siteOf, vhostOf } from './render.js'

const onHost = 'tls: { certificate: /etc/ssl/certs/shop.pem, key: /etc/ssl/private/shop.key }'
const acme = 'tls: { acme: { email: me@example.com, agree: true } }'
const open = 'tls: { certificate: /etc/ssl/certs/shop.pem, key: /etc/ssl/private/shop.key, redirect: false }'

const count = (text: string, what: RegExp): number => text.match(new RegExp(what, 'g'))?.length ?? 0

describe('HTTPS', () => {
  it('has a virtual host of its own, to which that of HTTP only leads', async () => {
    expect(await changes(onHost)).toMatchInlineSnapshot(`
      "    <Directory /var/lib/deploy-flask/empty>
              Options None
              AllowOverride None
              Require all granted
          </Directory>
          Redirect permanent / https://shop.example.com/
          ErrorLog \${APACHE_LOG_DIR}/shop-error.log
          CustomLog \${APACHE_LOG_DIR}/shop-access.log combined
      </VirtualHost>
      <VirtualHost *:443>
          ServerName shop.example.com
          SSLEngine On
          SSLCertificateFile /etc/ssl/certs/shop.pem
          SSLCertificateKeyFile /etc/ssl/private/shop.key
          SSLProtocol all "-SSLv3" "-TLSv1" "-TLSv1.1"
          SSLCipherSuite \\
              ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384:ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305
          SSLHonorCipherOrder Off
          SSLSessionTickets Off
          DocumentRoot /var/lib/deploy-flask/empty"
    `)
  })

  it('may stand beside HTTP: both have the application, and the process group is defined once', async () => {
    const text = await vhostOf(open)
    expect(count(text, /<VirtualHost /)).toBe(2)
    expect(count(text, /WSGIScriptAlias \/ /)).toBe(2)
    expect(count(text, /WSGIDaemonProcess /)).toBe(1)
    expect(text.indexOf('WSGIDaemonProcess')).toBeLessThan(text.indexOf('SSLEngine'))
    expect(text).not.toContain('Redirect')
  })

  it('leads to the port that it has, and to the first name of the site whatever was asked for', async () => {
    const text = await vhostOf(`${onHost.replace(' }', ', port: 8443 }')}\nserver-aliases: [www.shop.example.com]`)
    expect(text).toContain('<VirtualHost *:8443>')
    expect(text).toContain('Redirect permanent / https://shop.example.com:8443/')
    expect(count(text, /ServerAlias www\.shop\.example\.com/)).toBe(2)
  })

  it('makes browsers stay with it, where that is wanted, but never by HTTP', async () => {
    const text = await vhostOf(onHost.replace(' }', ', hsts: 31536000 }'))
    expect(count(text, /Header always set Strict-Transport-Security max-age=31536000/)).toBe(1)
    expect(text.indexOf('Strict-Transport-Security')).toBeGreaterThan(text.indexOf('SSLEngine'))
  })

  it('leaves to the authority what it asks for by HTTP, whatever leads elsewhere or is closed', async () => {
    expect(await changes(acme, onHost)).toMatchInlineSnapshot(`
      "- Redirect permanent / https://shop.example.com/

      Alias /.well-known/acme-challenge/ /srv/shop/acme/.well-known/acme-challenge/
      <LocationMatch ^/(?!\\.well-known/acme-challenge/)>
          Redirect permanent / https://shop.example.com/
      </LocationMatch>
      <Directory /srv/shop/acme>
          Options None
          AllowOverride None
      </Directory>
      <Location /.well-known/acme-challenge/>
          AuthMerging Off
          Require all granted
      </Location>

      - SSLCertificateFile /etc/ssl/certs/shop.pem
      - SSLCertificateKeyFile /etc/ssl/private/shop.key

      SSLCertificateFile /etc/letsencrypt/live/deploy-flask-shop/fullchain.pem
      SSLCertificateKeyFile /etc/letsencrypt/live/deploy-flask-shop/privkey.pem"
    `)
  })

  it('is not there before certbot has a certificate: until then HTTP has everything', async () => {
    const site = await siteOf(acme, 'access: [{ addresses: [192.0.2.7] }]')
    const text = vhost(site, { ...placesOf(site), withoutTls: true })
    expect(count(text, /<VirtualHost /)).toBe(1)
    expect(text).not.toMatch(/SSL|Redirect/)
    expect(text.indexOf('Alias /.well-known/acme-challenge/')).toBeLessThan(text.indexOf('WSGIScriptAlias /'))
    // the last of two sections that fit decides
    expect(text.indexOf('<Location /.well-known/acme-challenge/>')).toBeGreaterThan(text.indexOf('<Location />'))
  })

  it('is left alone by a rewrite of everything that is no file', async () => {
    const rewritten = 'wsgi: null\ndirectories: [{ url: /, folder: public, fallback: { wsgi: "shop:app" } }]'
    const site = await siteOf(acme, rewritten)
    const rules = vhost(site, { ...placesOf(site), withoutTls: true }).match(/Rewrite(Cond|Rule).*/g) ?? []
    expect(rules).toMatchInlineSnapshot(`
      [
        "RewriteCond /srv/code/public/$1 !-f",
        "RewriteCond %{REQUEST_URI} !^/shop\\.wsgi(/|$)",
        "RewriteCond %{REQUEST_URI} !^/\\.well\\-known/acme\\-challenge/",
        "RewriteRule ^/?(.*)$ /shop.wsgi/$1 [QSA,PT,L]",
      ]
    `)
  })

  it('says which setting causes each line', async () => {
    const text = await vhostOf(onHost, { explained: true })
    expect(text).toContain('# tls.certificate: what clients are shown')
    expect(text).toContain('# tls.redirect: HTTP only leads to HTTPS')
  })
})
