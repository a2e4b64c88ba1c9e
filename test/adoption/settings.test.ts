import { describe, expect, it } from 'vitest'
import { adopted, flagsOf, leftOf, sha256, type Given } from './adopt.js'

/** The first document, as it is printed. */
const seed = `<VirtualHost *:80> 
    ServerName example.com
    # python-home指定python虚拟目录的位置 
    WSGIDaemonProcess yourapplication python-home=/path/to/env/
    WSGIScriptAlias / /path/to/yourapplication/yourapplication.wsgi
        <Directory /path/to/yourapplication> 
        WSGIProcessGroup yourapplication 
        WSGIApplicationGroup %{GLOBAL} 
        Require all granted
    </Directory>
</VirtualHost>
`
const seedPath = '/path/to/yourapplication/yourapplication.wsgi'
const seedScript = `import sys
sys.path.insert(0, '/path/to/the/application')
from yourapplication import app as application
`

/** As widely read instructions for Ubuntu have it: embedded mode, rights of Apache 2.2, logs of its own, a secret. */
const droplet = `<VirtualHost *:80>
\t\tServerName mywebsite.com
\t\tServerAdmin admin@mywebsite.com
\t\tWSGIScriptAlias / /var/www/FlaskApp/flaskapp.wsgi
\t\t<Directory /var/www/FlaskApp/FlaskApp/>
\t\t\tOrder allow,deny
\t\t\tAllow from all
\t\t</Directory>
\t\tAlias /static /var/www/FlaskApp/FlaskApp/static
\t\t<Directory /var/www/FlaskApp/FlaskApp/static/>
\t\t\tOrder allow,deny
\t\t\tAllow from all
\t\t</Directory>
\t\tErrorLog \${APACHE_LOG_DIR}/error.log
\t\tLogLevel warn
\t\tCustomLog \${APACHE_LOG_DIR}/access.log combined
</VirtualHost>
`
const dropletScript = `#!/usr/bin/python3
import sys
import logging
logging.basicConfig(stream=sys.stderr)
sys.path.insert(0,"/var/www/FlaskApp/")

from FlaskApp import app as application
application.secret_key = 'hunter2'
`

/** As Flask's own documents have it. */
const flask = `<VirtualHost *>
    ServerName example.com

    WSGIDaemonProcess yourapplication user=user1 group=group1 threads=5
    WSGIScriptAlias / /var/www/yourapplication/yourapplication.wsgi

    <Directory /var/www/yourapplication>
        WSGIProcessGroup yourapplication
        WSGIApplicationGroup %{GLOBAL}
        Order deny,allow
        Allow from all
    </Directory>
</VirtualHost>
`

const at = '/srv/shop/shop.wsgi'
const script = "import sys\nsys.path.insert(0, '/srv/shop/')\nfrom shop import create_app\napplication = create_app()\n"
const simple = (inside = '', options = ''): string => `<VirtualHost *:80>
ServerName shop.test
WSGIDaemonProcess shop python-home=/srv/env ${options}
WSGIScriptAlias / ${at}
<Directory /srv/shop>
WSGIProcessGroup shop
WSGIApplicationGroup %{GLOBAL}
Require all granted
</Directory>
${inside}
</VirtualHost>
`
const shop: Given = { scripts: { [at]: script } }
const usual = {
  site: 'shop',
  'server-name': 'shop.test',
  profile: 'seed',
  root: '/srv/shop-site',
  code: { path: '/srv/shop' },
  venv: '/srv/env',
  requirements: false,
  wsgi: 'shop:create_app()',
}
const ownedBy = (text: string) => ({ 'virtual-host': sha256(text), script: at, 'script-hash': sha256(script) })

describe('a site that was made by hand becomes a flags file', () => {
  it('the one of the first document, literally', () => {
    const found = adopted(seed, {
      name: 'yoursite',
      scripts: { [seedPath]: seedScript },
      around: { databases: ['/path/to/your/database/database'] },
    })
    expect(flagsOf(found)).toEqual({
      site: 'yoursite',
      'server-name': 'example.com',
      profile: 'seed',
      code: { path: '/path/to/the/application' },
      venv: '/path/to/env',
      requirements: false,
      wsgi: 'yourapplication:app',
      daemon: { name: 'yourapplication' },
      sqlite: ['/path/to/your/database/database'],
      adopted: { 'virtual-host': sha256(seed), script: seedPath, 'script-hash': sha256(seedScript) },
    })
    expect([found.left, found.notes.length]).toEqual([[], 1])
  })

  it('in embedded mode, with rights of Apache 2.2 and a script that holds a secret', () => {
    const found = adopted(droplet, {
      scripts: { '/var/www/FlaskApp/flaskapp.wsgi': dropletScript },
      around: { kinds: { '/var/www/FlaskApp/FlaskApp/static': 'directory' }, distribution: true },
    })
    expect(flagsOf(found)).toEqual({
      site: 'shop',
      'server-name': 'mywebsite.com',
      profile: 'seed',
      code: { path: '/var/www/FlaskApp' },
      requirements: false,
      applications: [{ mount: '/', script: '/var/www/FlaskApp/flaskapp.wsgi' }],
      static: { '/static/': '/var/www/FlaskApp/FlaskApp/static' },
      'log-level': 'warn',
      adopted: { 'virtual-host': sha256(droplet) },
    })
    expect(leftOf(found)).toEqual([
      '3 ServerAdmin admin@mywebsite.com',
      '16 CustomLog ${APACHE_LOG_DIR}/access.log combined',
    ])
    expect(found.notes.map((note) => note.slice(0, 40))).toEqual([
      "it uses the packages of the host's own P",
      '/var/www/FlaskApp/flaskapp.wsgi stays as',
      'it runs inside the processes of Apache (',
      'mod_wsgi comes from a package of Ubuntu:',
    ])
    expect(JSON.stringify(found)).not.toContain('hunter2')
  })

  it('with an account of its own', () => {
    const path = '/var/www/yourapplication/yourapplication.wsgi'
    const found = adopted(flask, { scripts: { [path]: seedScript } })
    expect(flagsOf(found)).toMatchObject({
      user: 'user1',
      group: 'group1',
      daemon: { name: 'yourapplication', threads: 5 },
      adopted: { script: path },
    })
    expect(leftOf(found)).toEqual([])
  })

  it('with a user and no group: it has the group of Apache', () => {
    expect(flagsOf(adopted(simple('', 'user=shop'), shop))).toMatchObject({ user: 'shop', group: 'www-data' })
  })

  it('with a factory, and code where the folder of the site would be', () => {
    const text = simple()
    expect(flagsOf(adopted(text, shop))).toEqual({ ...usual, adopted: ownedBy(text) })
  })

  it('with an interpreter of its own, as it is where nothing is said', () => {
    const text = simple().replace('WSGIApplicationGroup %{GLOBAL}\n', '')
    expect(flagsOf(adopted(text, shop))).toMatchObject({ 'application-group': '%{RESOURCE}' })
  })

  it('with every option of its processes', () => {
    const options =
      'processes=2 threads=15 display-name=%{GROUP} umask=022 home=/srv/shop/ python-path=/srv/lib:/srv/shop ' +
      "lang='C.UTF-8' maximum-requests=1000 server-metrics=On supplementary-groups=video,audio request-timeout=30"
    expect(flagsOf(adopted(simple('', options), shop))['daemon']).toEqual({
      processes: 2,
      threads: 15,
      'display-name': '%{GROUP}',
      umask: '0022',
      home: '/srv/shop',
      'python-path': ['/srv/lib', '/srv/shop'],
      lang: 'C.UTF-8',
      'maximum-requests': 1000,
      'server-metrics': true,
      'supplementary-groups': ['video', 'audio'],
      'request-timeout': 30,
    })
  })

  it('with an option that no setting takes, which is told', () => {
    const found = adopted(simple('', 'threads=0 user=#33 python-eggs=/srv/my:eggs'), shop)
    expect(leftOf(found)).toEqual([
      '/etc/apache2/sites-available/shop.conf user: "#33"',
      '3 daemon: {"threads":0}',
      '3 daemon: {"python-eggs":"/srv/my:eggs"}',
    ])
    expect(flagsOf(found)).not.toHaveProperty('daemon')
  })

  it('with its process group above the virtual host, other names, a port and an address', () => {
    const text = `Listen 8080
WSGIDaemonProcess pool python-home=/srv/env
WSGIRestrictEmbedded On
<VirtualHost 192.0.2.7:8080>
ServerName https://Shop.test:8080
ServerAlias www.shop.test *.shop.test
WSGIScriptAlias /shop ${at} process-group=pool application-group=%{GLOBAL}
<Directory /srv/shop>
Require all granted
</Directory>
</VirtualHost>
`
    const found = adopted(text, shop)
    expect(flagsOf(found)).toEqual({
      ...usual,
      'server-aliases': ['www.shop.test'],
      addresses: ['192.0.2.7'],
      port: 8080,
      mount: '/shop',
      preload: true,
      daemon: { name: 'pool', scope: 'server' },
      'restrict-embedded': true,
      adopted: ownedBy(text),
    })
    expect(leftOf(found)).toEqual(['/etc/apache2/sites-available/shop.conf server-aliases: ["*.shop.test"]'])
  })

  it('with several applications in several process groups, whose scripts stay as they are', () => {
    const text = `<VirtualHost *:80>
ServerName shop.test
WSGIDaemonProcess shop python-home=/srv/env user=shop group=shop
WSGIDaemonProcess wiki python-home=/srv/wiki-env user=wiki threads=2
WSGIScriptAlias /wiki /srv/wiki/wiki.wsgi
WSGIScriptAlias / ${at}
WSGIProcessGroup shop
<Directory /srv/wiki>
WSGIProcessGroup wiki
WSGICallableObject wiki
Require all granted
</Directory>
<Directory /srv/shop>
Require all granted
</Directory>
</VirtualHost>
`
    const found = flagsOf(adopted(text, shop))
    expect(found).toMatchObject({
      applications: [
        { mount: '/wiki', script: '/srv/wiki/wiki.wsgi', callable: 'wiki', 'process-group': 'wiki' },
        { mount: '/', script: at },
      ],
      user: 'shop',
      'process-groups': { wiki: { 'python-home': '/srv/wiki-env', user: 'wiki', threads: 2 } },
    })
    expect(found).not.toHaveProperty('profile')
    expect(found).not.toHaveProperty('wsgi')
  })

  it('with what else settings say', () => {
    const inside = `LogLevel info wsgi:debug
SetEnv demo.title "a title"
LimitRequestBody 1048576
ErrorDocument 503 /static/away.html
WSGIPassAuthorization On
Alias /favicon.ico "/srv/files/favicon.ico"
Alias /media/ /srv/files/media/
ErrorLog /var/log/apache2/error.log`
    const around = { kinds: { '/srv/files/favicon.ico': 'file', '/srv/files/media': 'directory' } as const }
    const found = adopted(simple(inside), { ...shop, around })
    expect(flagsOf(found)).toMatchObject({
      'log-level': { default: 'info', wsgi: 'debug' },
      environ: { 'demo.title': 'a title' },
      'max-body': 1048576,
      'error-documents': { 503: '/static/away.html' },
      'pass-authorization': true,
      static: { '/favicon.ico': '/srv/files/favicon.ico', '/media/': '/srv/files/media' },
    })
    expect(found.left).toEqual([])
  })

  it('with what stands in conditions that hold, and not with what stands in others', () => {
    const inside = `<IfModule mod_wsgi.c>
WSGIPassAuthorization On
</IfModule>
<IfModule !wsgi_module>
Redirect / http://elsewhere.test/
</IfModule>
<IfVersion < 2.4>
Order allow,deny
</IfVersion>
<IfVersion >= 2.4>
LimitRequestBody 1
</IfVersion>
<IfModule mod_headers.c>
Header set X-Shop 1
</IfModule>`
    const found = adopted(simple(inside), shop)
    expect(flagsOf(found)).toMatchObject({ 'pass-authorization': true, 'max-body': 1 })
    expect(leftOf(found)).toEqual(['22 <IfModule mod_headers.c>'])
  })

  it('with variables that the file defines', () => {
    const text = `Define HERE /srv/shop\n${simple().replaceAll('/srv/shop', '${HERE}')}`
    const found = adopted(text, shop)
    expect(flagsOf(found)).toMatchObject({ code: { path: '/srv/shop' }, wsgi: 'shop:create_app()' })
  })

  it('with settings of its script, of which secrets are only referred to', () => {
    const told = `import os, sys
os.environ['SHOP_MODE'] = 'live'
os.environ.setdefault("SECRET_KEY", "hunter2")
os.environ['DATABASE_URL'] = 'postgres://shop:hunter2@db/shop'
${script}`
    const found = adopted(simple(), { scripts: { [at]: told } })
    expect(flagsOf(found)).toMatchObject({
      settings: {
        SHOP_MODE: 'live',
        SECRET_KEY: { env: 'SHOP_SECRET_KEY' },
        DATABASE_URL: { env: 'SHOP_DATABASE_URL' },
      },
    })
    expect(found.notes).toContain(
      `SECRET_KEY is a secret: put what stands in ${at}:3 of the host into the variable SHOP_SECRET_KEY`,
    )
    expect(JSON.stringify(found)).not.toContain('hunter2')
  })

  it('with a script that holds settings and that root must not write: it stays as it is', () => {
    const told = `import os\nos.environ['SECRET_KEY'] = 'hunter2'\n${script}`
    const found = adopted(simple(), { scripts: { [at]: told }, around: { open: '/srv/shop' } })
    expect(flagsOf(found)).toMatchObject({ applications: [{ mount: '/', script: at }] })
    expect(flagsOf(found)).not.toHaveProperty('settings')
    expect(found.notes.some((note) => note.includes('others than root can change /srv/shop'))).toBe(true)
    expect(flagsOf(adopted(simple(), { ...shop, around: { open: '/srv/shop' } }))).toHaveProperty('wsgi')
  })

  it('with requirements beside the code, which are not installed unless somebody says so', () => {
    const found = adopted(simple(), { ...shop, around: { kinds: { '/srv/shop/requirements.txt': 'file' } } })
    expect(flagsOf(found)).toMatchObject({ requirements: false })
    expect(found.notes.some((note) => note.includes('requirements: requirements.txt'))).toBe(true)
  })

  it('without databases whose folders an application must not be able to write', () => {
    const around = { databases: ['/srv/shop/shop.db', '/srv/shop/instance/notes.db'], closed: ['/srv/old/old.db'] }
    const found = adopted(simple(), { ...shop, around })
    expect(flagsOf(found)['sqlite']).toEqual(['/srv/shop/instance/notes.db'])
    expect(found.notes.filter((note) => note.includes('.db'))).toHaveLength(2)
  })
})

describe('what keeps people out', () => {
  it.each<[string, string, number]>([
    ['an address', 'Require ip 10.0.0.0/8', 1],
    ['a URL that some may ask for', '<Location /admin>\nRequire ip 10.0.0.0/8\n</Location>', 1],
    ['a login', '<Location />\nAuthType Basic\nAuthName Shop\nAuthUserFile /etc/u\nRequire valid-user\n</Location>', 4],
    [
      'rights of Apache 2.2',
      '<Directory /srv/shop/a>\nOrder deny,allow\nDeny from all\nAllow from 10.\n</Directory>',
      2,
    ],
    ['an order that lets nobody in', '<Directory /srv/shop/a>\nOrder allow,deny\n</Directory>', 1],
    ['a pattern', '<LocationMatch ^/a>\nRequire all denied\n</LocationMatch>', 1],
    ['a rule', 'RewriteEngine On\nRewriteRule ^/private - [F,L]', 1],
    ['a redirect', 'RedirectMatch 404 /\\.git', 1],
    ['what is included', 'IncludeOptional shop-access.conf', 1],
    ['a condition that nobody knows', '<IfModule mod_authnz_ldap.c>\nRequire ldap-user x\n</IfModule>', 1],
    ['a file of a folder', '<Directory /srv/shop>\n<Files secret.wsgi>\nRequire all denied\n</Files>\n</Directory>', 1],
  ])('is not opened: %s', (_, inside, count) => {
    const found = adopted(simple(inside), shop)
    expect(found.left.filter(({ protects }) => protects)).toHaveLength(count)
    expect(flagsOf(found)['adopted']).toEqual({ script: at, 'script-hash': sha256(script) })
  })

  it.each([
    ['file' as const, false],
    [null, true],
  ])('in files named .htaccess only where there is one (%s)', (kind, isSafe) => {
    const found = adopted(simple('<Directory /srv/shop>\nAllowOverride All\n</Directory>'), {
      ...shop,
      around: { kinds: { '/srv/shop/.htaccess': kind } },
    })
    expect(found.isSafe).toBe(isSafe)
  })
})
