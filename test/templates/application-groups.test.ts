import { describe, expect, it } from 'vitest'
import { named, parseApacheConfig } from '../helpers/apache-config.js'
import { changes, vhostOf } from './render.js'

/** Of each script the interpreter that it runs in. */
const interpreters = async (lines: string): Promise<Record<string, string>> => {
  const tree = parseApacheConfig(await vhostOf(lines))
  return Object.fromEntries(
    ['Files', 'FilesMatch', 'Directory'].flatMap((name) =>
      named(tree, name).flatMap(({ args, inside = [] }) =>
        inside.flatMap((one) => (one.name === 'WSGIApplicationGroup' ? [[args[0], one.args[0]]] : [])),
      ),
    ),
  ) as Record<string, string>
}

describe('Configuration Guidelines, Defining Application Groups', () => {
  it('one application a process group has the main interpreter, the others one of their own', async () => {
    const lines = `applications:
  - {mount: /wiki, wsgi: 'w:a'}
  - {mount: /blog, wsgi: 'b:a', process-group: second}
  - {mount: /scripts/, scripts: scripts}
process-groups: {second: {}}`
    expect(await interpreters(lines)).toEqual({
      'shop.wsgi': '%{GLOBAL}',
      'shop-wiki.wsgi': '%{RESOURCE}',
      'shop-blog.wsgi': '%{GLOBAL}',
      '/srv/code/scripts': '%{RESOURCE}',
    })
  })

  it('those of a folder may share one, to save memory', async () => {
    const lines = 'applications: [{mount: /admin/, scripts: admin, application-group: admin-scripts}]'
    expect(await interpreters(lines)).toMatchObject({ '/srv/code/admin': 'admin-scripts' })
  })

  it('all of the site may share one', async () => {
    const lines = "application-group: everything\napplications: [{mount: /wiki, wsgi: 'w:a'}]"
    expect(await interpreters(lines)).toEqual({ 'shop.wsgi': 'everything', 'shop-wiki.wsgi': 'everything' })
  })

  it.each(['%{GLOBAL}', '%{SERVER}', '%{HOST}', '%{RESOURCE}', '%{ENV:demo.group}', '~joe', 'a.b_c-d'])(
    'may be %s',
    async (group) => {
      const environ =
        'environ: {demo.group: {default: one, when: [{attribute: User-Agent, matches: curl, value: two}]}}'
      expect(await interpreters(`application-group: '${group}'\n${environ}`)).toEqual({ 'shop.wsgi': group })
    },
  )

  it('the scripts of each person share one, found by their URL', async () => {
    expect(await changes('user-directories: public_html/wsgi-scripts')).toMatchInlineSnapshot(`
      "RewriteEngine On
      RewriteCond %{REQUEST_URI} ^/~([a-z_][a-z0-9_-]*)/
      RewriteRule ^ - [E=APPLICATION_GROUP:~%1]
      AliasMatch ^/~([a-z_][a-z0-9_-]*)/(.*)$ /home/$1/public_html/wsgi-scripts/$2

      <Directory /home/*/public_html/wsgi-scripts>
          Options ExecCGI
          AllowOverride None
          SetHandler wsgi-script
          WSGIProcessGroup shop
          WSGIApplicationGroup %{ENV:APPLICATION_GROUP}
          Require all granted
      </Directory>"
    `)
  })
})
