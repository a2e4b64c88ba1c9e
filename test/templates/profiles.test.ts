import { describe, expect, it } from 'vitest'
import { vhostOf } from './render.js'

/** As somebody has it who has followed the usual instructions step by step. */
const byHand = `profile: seed
site: yourapplication
server-name: example.com
root: /path/to
code: {path: /path/to/yourapplication}
venv: /path/to/env
wsgi: yourapplication:app`

describe('the profile seed', () => {
  it('is the virtual host of the usual instructions, line by line', async () => {
    expect(await vhostOf(byHand)).toBe(`\
# Managed by deploy-flask for the site yourapplication: changes made here are replaced.
<VirtualHost *:80>
    ServerName example.com
    WSGIDaemonProcess yourapplication python-home=/path/to/env
    WSGIScriptAlias / /path/to/yourapplication/yourapplication.wsgi
    <Directory /path/to/yourapplication>
        WSGIProcessGroup yourapplication
        WSGIApplicationGroup %{GLOBAL}
        Require all granted
    </Directory>
</VirtualHost>
`)
  })

  it('runs as another account in the folder of the code: accounts of services have no home directory', async () => {
    expect(await vhostOf(`${byHand}\nuser: joe`)).toContain(
      '    WSGIDaemonProcess yourapplication user=joe group=joe python-home=/path/to/env \\\n        home=/path/to/yourapplication\n',
    )
  })

  it('has what is asked for beyond them, and nothing else', async () => {
    const lines = `${byHand}
daemon: {threads: 3}
max-body: 1000
log-level: info
static: {/static/: static}
environ: {A: b}`
    expect(await vhostOf(lines)).toMatchInlineSnapshot(`
      "# Managed by deploy-flask for the site yourapplication: changes made here are replaced.
      <VirtualHost *:80>
          ServerName example.com
          LogLevel info
          WSGIDaemonProcess yourapplication threads=3 python-home=/path/to/env
          SetEnv A b
          Alias /static/ /path/to/yourapplication/static/
          WSGIScriptAlias / /path/to/yourapplication/yourapplication.wsgi
          <Directory /path/to/yourapplication>
              WSGIProcessGroup yourapplication
              WSGIApplicationGroup %{GLOBAL}
              Require all granted
          </Directory>
          <Directory /path/to/yourapplication/static>
              Options None
              AllowOverride None
              Require all granted
          </Directory>
          LimitRequestBody 1000
      </VirtualHost>
      "
    `)
  })
})
