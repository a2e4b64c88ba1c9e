import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { services as real } from '../../src/commands/services.js'
import { readFlags } from '../../src/config/load.js'
import { resolveSite } from '../../src/config/site.js'
import { layoutOf } from '../../src/steps/site/layout.js'
import { include, vhost } from '../../src/templates/vhost.js'
import { placesOf, wsgiScripts } from '../../playbooks/flask-site-parts.js'
import { wsgiScript } from '../../src/templates/wsgi-script.js'
import { maximalFlags, anySecret } from '../config/hostile.js'
import { folderWith } from '../config/folders.js'
import { runIn } from './fakes.js'

const least = `version: 1
host: a.test
site: shop
server-name: shop.example.com
code: {path: /srv/code}
wsgi: shop:app
`

const cwd = mkdtempSync(join(tmpdir(), 'deploy-flask-test-'))
const file = join(cwd, 'deploy-flask.yml')

/** With the flags files and the sites that are real, and nothing else. */
const explained = (text: string, given: { options?: string; env?: Record<string, string> } = {}) => {
  const { options = '--vhost', env = {} } = given
  writeFileSync(file, text)
  return runIn(cwd, `explain ${options} -f ${file}`, {
    services: {
      loadSettings: (source) => real.loadSettings(source),
      resolveSite: (flags, around) => real.resolveSite(flags, around),
    },
    env,
  })
}

const write = (text: string): string => {
  writeFileSync(file, text)
  return file
}

/** What follows each heading, by the path in it. */
const filesOf = (stdout: string): Readonly<Record<string, string>> => {
  const parts = stdout.split(/^# ==> (.*) <==\n/m).slice(1)
  return Object.fromEntries(
    parts.flatMap((path, index) => (index % 2 === 0 ? [[path, (parts[index + 1] ?? '').trimEnd()]] : [])),
  )
}

const withoutComments = (text: string): string => text.replace(/^ *# (?!Managed by ).*\n/gm, '').trimEnd()

/** The lines that begin a directive or a section. */
const directives = (text: string): readonly (readonly [above: string, line: string])[] => {
  const lines = text.split('\n')
  return lines.flatMap((line, index) => {
    const above = lines[index - 1] ?? ''
    const isDirective = /^ *(<(?!\/)|[A-Z])/.test(line) && !above.endsWith('\\')
    return isDirective ? [[above, line] as const] : []
  })
}

const siteOf = async (text: string) => {
  const { flags } = readFlags(text, 'f')
  return (await resolveSite(flags, { directory: '/', env: anySecret, now: new Date(0) })).site
}

describe('explain --vhost', () => {
  test('shows the virtual host with the line of the flags file above each directive, and the script behind it', async () => {
    const { exitCode, stdout, stderr, connections } = await explained(
      `${least}max-body: 1000\nstatic: {/media/: media}\n`,
    )
    expect({ exitCode, stderr, connections }).toEqual({ exitCode: 0, stderr: '', connections: [] })
    expect(stdout.replaceAll(file, 'FILE')).toMatchInlineSnapshot(`
      "# ==> /etc/apache2/sites-available/shop.conf <==
      # Managed by deploy-flask for the site shop: changes made here are replaced.
      # restrict-embedded: On unless another site of the host may need embedded mode (by default)
      WSGIRestrictEmbedded On
      # addresses, port: where clients find this virtual host (by default)
      <VirtualHost *:80>
          # server-name: the name that it answers to (FILE:4)
          ServerName shop.example.com
          # an empty folder, so that no code is ever below it
          DocumentRoot /var/lib/deploy-flask/empty
          # daemon: processes that run applications; its keys are options here, as are user, group and venv (by default)
          WSGIDaemonProcess shop user=flask-shop group=flask-shop threads=5 \\
              python-home=/srv/shop/venvs/default home=/srv/code lang=C.UTF-8 locale=C.UTF-8 umask=0027 \\
              queue-timeout=45 socket-timeout=60 connect-timeout=15 request-timeout=60 startup-timeout=15 \\
              deadlock-timeout=60 graceful-timeout=15 shutdown-timeout=5 display-name=%{GROUP}
          # static./media/: served by Apache itself (FILE:8)
          Alias /media/ /srv/code/media/
          # mount, wsgi: where the application is mounted (FILE:6)
          WSGIScriptAlias / /srv/shop/wsgi/shop.wsgi
          # root: the folder of the site (by default)
          <Directory /srv/shop>
              # root: a link may lead to what has the same owner (by default)
              Options SymLinksIfOwnerMatch
              # root: no .htaccess file is read (by default)
              AllowOverride None
          </Directory>
          # wsgi: the folder of the script (FILE:6)
          <Directory /srv/shop/wsgi>
              # wsgi: nothing but the script (FILE:6)
              <Files shop.wsgi>
                  # wsgi: open to every client (FILE:6)
                  Require all granted
                  # daemon.name, site: run by the processes of this process group (FILE:3)
                  WSGIProcessGroup shop
                  # application-group: in the main interpreter, which C extensions need (by default)
                  WSGIApplicationGroup %{GLOBAL}
              </Files>
          </Directory>
          # static./media/: this folder (FILE:8)
          <Directory /srv/code/media>
              # static./media/: no lists of files, no scripts, no links (FILE:8)
              Options None
              # static./media/: no .htaccess file is read (FILE:8)
              AllowOverride None
              # static./media/: open to every client (FILE:8)
              Require all granted
          </Directory>
          # files and folders with hidden names (.git, .env) are not served
          <DirectoryMatch /\\.(?!well-known(/|$))>
              # files and folders with hidden names (.git, .env) are not served
              Require all denied
          </DirectoryMatch>
          # max-body: largest request body, in bytes (FILE:7)
          LimitRequestBody 1000
          # site: names its error log (FILE:3)
          ErrorLog \${APACHE_LOG_DIR}/shop-error.log
          # site: names its access log (FILE:3)
          CustomLog \${APACHE_LOG_DIR}/shop-access.log combined
      </VirtualHost>

      # ==> /srv/shop/wsgi/shop.wsgi <==
      # Managed by deploy-flask for the site shop: changes made here are replaced.
      import json
      import os
      import sys

      with open("/etc/deploy-flask/shop/settings.json", encoding="utf-8") as opened:
          os.environ.update(json.load(opened))

      sys.path.insert(0, "/srv/code")

      from shop import app as application

      from mod_wsgi import process_group
      print("deploy-flask: process group %s, Python %s" % (process_group, sys.prefix), file=sys.stderr)
      "
    `)
  })

  test.each([
    ['the least', least],
    ['everything that can stand in one file', JSON.stringify(maximalFlags, undefined, 1)],
    ['the profile seed', `${least}profile: seed\n`],
  ])('of %s: without the comments it is the file for the host', async (_, text) => {
    const { exitCode, stdout } = await explained(text)
    expect(exitCode).toBe(0)
    const site = await siteOf(text)
    const layout = layoutOf(site)
    const places = { ...placesOf(layout), restrictEmbedded: site.restrictEmbedded !== false }
    const files = filesOf(stdout)
    expect(Object.keys(files)).toEqual([layout.vhost, ...layout.scripts.map(({ path }) => path)])
    expect(withoutComments(files[layout.vhost] ?? '')).toBe(vhost(site, places).trimEnd())
    for (const script of wsgiScripts(site, layout)) {
      expect(files[script.script.path]).toBe(wsgiScript(script).trimEnd())
    }
    const all = directives(files[layout.vhost] ?? '')
    expect(all.length).toBeGreaterThan(5)
    for (const [above, line] of all) expect([line, above]).toEqual([line, expect.stringMatching(/^ *# [a-z].{10,}$/)])
  })

  test('of an application below a URL of another site: the process groups, and what that site includes', async () => {
    const text = `${least}existing-site: {file: php.conf}\nmount: /shop\nenviron: {A: b}\n`
    const files = filesOf((await explained(text)).stdout)
    const site = await siteOf(text)
    const layout = layoutOf(site)
    const places = { ...placesOf(layout), restrictEmbedded: true }
    expect(Object.keys(files)).toEqual([layout.vhost, layout.include, ...layout.scripts.map(({ path }) => path)])
    expect(withoutComments(files[layout.include] ?? '')).toBe(include(site).trimEnd())
    expect(withoutComments(files[layout.vhost] ?? '')).toBe(vhost(site, places).trimEnd())
  })

  test('says of each key on which line it stands, or that nothing was written', async () => {
    const { stdout } = await explained(`applications:
  - mount: /wiki
    wsgi: wiki:app
    max-body: 5
environ:
  demo.title:
    a title
${least}port: 8080
daemon: { name: shop.group }
`)
    const comments = stdout.replaceAll(file, 'FILE').match(/# .*/g)
    expect(comments).toEqual(
      expect.arrayContaining([
        '# addresses, port: where clients find this virtual host (FILE:14)',
        '# daemon.name, site: run by the processes of this process group (FILE:15, FILE:10)',
        '# mount, wsgi: where the application is mounted (FILE:13)',
        '# applications.0.mount: where the application is mounted (FILE:2)',
        '# applications.0.max-body: largest request body below this mount, in bytes (FILE:4)',
        '# environ.demo.title: the application finds it in its WSGI environment (FILE:7)',
        '# max-body: largest request body, in bytes (by default)',
        '# wsgi, applications.0: the folder of the scripts (FILE:13, FILE:2)',
        '# restrict-embedded: On unless another site of the host may need embedded mode (by default)',
      ]),
    )
  })
})

describe('explain needs no secret, and shows none', () => {
  const secret = `${least}settings: {SECRET_KEY: {env: KEY}, OTHER: {file: no-such-file}, TITLE: a title}
ssh: {sudo-password: {env: PW}}
authentication: {users: {ada: {env: ADA}}}
access: [{users: any}]
`
  test('where they are not set', async () => {
    expect(await explained(secret)).toMatchObject({ exitCode: 0, stderr: '' })
  })

  test('where they are set', async () => {
    const { exitCode, stdout, stderr } = await explained(secret, {
      env: { KEY: 'hunter2', PW: 'hunter3', ADA: 'hunter4' },
    })
    expect(exitCode).toBe(0)
    expect(stdout + stderr).not.toMatch(/hunter|\[secret\]|\$2y\$/)
    expect(stdout).toContain('AuthUserFile /etc/deploy-flask/shop.htpasswd')
  })
})

describe('explain refuses what plan refuses', () => {
  test.each([
    ['a mistake', `${least}prot: 80\n`, 'CONFIG_INVALID', 'did you mean port?'],
    [
      'a contradiction',
      `${least}server-aliases: [shop.example.com]\n`,
      'CONFIG_INVALID',
      'is a name of the site already',
    ],
    ['a dangerous path', `${least}root: /etc\n`, 'PATH_DANGEROUS', '/etc cannot be used'],
  ])('%s', async (_, text, code, evidence) => {
    const { exitCode, stdout, stderr } = await explained(text)
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' })
    expect(stderr).toContain(`error ${code}: `)
    expect(stderr).toContain(evidence)
  })

  test('code that is not as the flags file says', async () => {
    const folder = folderWith({ 'shop.py': 'app = 1\n' })
    const text = `${least.replace('{path: /srv/code}', `{folder: ${folder}}`)}static: {/media/: media}\n`
    const { exitCode, stderr } = await explained(text)
    expect(exitCode).toBe(2)
    expect(stderr).toContain('error SOURCE_INVALID: ')
  })

  test('and without a file it asks for what is missing', async () => {
    const nothing = await runIn(cwd, 'explain --vhost')
    expect(nothing).toMatchObject({ exitCode: 2, stdout: '' })
    expect(nothing.stderr).toContain('error FIELD_MISSING: 5 settings are missing')
  })
})

describe('explain shows all steps', () => {
  test('in the order of a run, each with its reason, and makes no connection', async () => {
    const { exitCode, stdout, connections } = await runIn(cwd, `explain -f ${write(least)}`, { services: real })
    expect(exitCode).toBe(0)
    expect(connections).toEqual([])
    const ids = [...stdout.matchAll(/^ {2}[->] (\S+) {2}/gm)].map(([, id]) => id)
    expect(ids).toEqual(
      [
        'site.before',
        'host.fit',
        'apache.port',
        'apt.distribution-module',
        'apt.packages',
        'python.mod-wsgi',
        'apache.wsgi-load',
      ].concat(
        ['apache.modules', 'apache.configtest', 'site.account', 'site.folders', 'python.venv', 'python.requirements'],
        ['site.import', 'site.settings', 'site.sqlite', 'site.wsgi-script', 'apache.listen', 'apache.vhost'],
        [
          'apache.enabled-site',
          'site.manifest',
          'site.history',
          'apache.restart',
          'apache.reload',
          'apache.touch',
          'site.leftovers',
        ],
      ),
    )
    const lines = stdout.split('\n')
    const unexplained = lines.filter(
      (line, index) => /^ {2}[->] /.test(line) && !/^ {6}\S/.test(lines[index + 1] ?? ''),
    )
    expect(unexplained).toEqual([])
  })
})

describe('explain --origins', () => {
  test('tells who says each value, the strongest of all that say it', async () => {
    const text = `${least}daemon: {threads: 2, processes: 3}\nsettings: {A: "1", KEY: {env: K}}\n`
    const { exitCode, stdout } = await runIn(
      cwd,
      `explain --origins -f ${write(text)} --daemon-threads 4 --settings B=2`,
      {
        services: real,
        env: { DEPLOY_FLASK_DAEMON_PROCESSES: '5', DEPLOY_FLASK_DAEMON_THREADS: '9', K: 'hunter2' },
      },
    )
    expect(exitCode).toBe(0)
    const rows = stdout.split('\n').map((line) => {
      const [key = '', ...others] = line.split(/ {2,}/)
      return [key, others.join(' ')] as const
    })
    expect(Object.fromEntries(rows)).toMatchObject({
      host: `${file}:2 a.test`,
      'daemon.threads': '--daemon-threads 4',
      'daemon.processes': 'DEPLOY_FLASK_DAEMON_PROCESSES 5',
      'settings.A': `${file}:8 "1"`,
      'settings.B': '--settings 2',
      'settings.KEY': `${file}:8 {env: K}`,
      port: 'default 80',
      'code.path': `${file}:5 /srv/code`,
    })
    expect(stdout).not.toContain('hunter2')
  })
})
