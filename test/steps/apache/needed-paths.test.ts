import { describe, expect, it } from 'vitest'
import { neededPaths } from '../../../src/steps/apache/needed-paths.js'
import { layoutOf } from '../../../src/steps/site/layout.js'
import { siteFor, type Given } from '../harness.js'

/** `PATH as USER:GROUP`, by the setting that it comes from. */
const needed = async (given: Given): Promise<readonly string[]> => {
  const site = await siteFor(given)
  return neededPaths(site, layoutOf(site)).map(
    ({ path, kind, user, group, from }) =>
      `${from}: ${kind} ${path} as ${group === undefined ? user : `${user}:${group}`}`,
  )
}

const empty = 'e3b0c44298fc'

describe('what the configuration of a site needs', () => {
  it('is the script for Apache and the daemon, the settings, the venv and the code', async () => {
    const paths = (await needed({})).map((line) => line.replace(/venvs\/\w+/, 'venvs/1'))
    expect(paths).toEqual([
      'wsgi: file /srv/notes/wsgi/notes.wsgi as www-data',
      'wsgi: file /srv/notes/wsgi/notes.wsgi as flask-notes:flask-notes',
      'wsgi: settings: file /etc/deploy-flask/notes/settings.json as flask-notes:flask-notes',
      'static./static/: folder /srv/notes/current/notes/static as www-data',
      'daemon.python-home: venv /srv/notes/venvs/1 as flask-notes:flask-notes',
      'daemon.home: folder /srv/notes/current as flask-notes:flask-notes',
    ])
  })

  it('is all of that for each process group, with the account that it runs as', async () => {
    expect(await needed({ of: 'shop' })).toEqual([
      'wsgi: file /srv/shop/wsgi/shop.wsgi as www-data',
      'wsgi: file /srv/shop/wsgi/shop.wsgi as flask-shop:flask-shop',
      'applications.0: file /srv/shop/wsgi/shop-admin.wsgi as www-data',
      'applications.0: file /srv/shop/wsgi/shop-admin.wsgi as shop-admin:shop-admin',
      'applications.1: file /srv/shop/wsgi/shop-wiki.wsgi as www-data',
      'applications.1: file /srv/shop/wsgi/shop-wiki.wsgi as flask-shop:flask-shop',
      'applications.2: folder /srv/shop/current/scripts as www-data',
      'applications.2: folder /srv/shop/current/scripts as flask-shop:flask-shop',
      'wsgi: settings: file /etc/deploy-flask/shop/settings.json as flask-shop:flask-shop',
      'applications.0: settings: file /etc/deploy-flask/shop.shop-admin.settings.json as shop-admin:shop-admin',
      'applications.1: settings: file /etc/deploy-flask/shop/settings.json as flask-shop:flask-shop',
      'directories.0: folder /srv/shop/current/tools as www-data',
      'static./static/: folder /srv/shop/current/static as www-data',
      'rewrite-maps.tiers: file /etc/deploy-flask/shop-tiers.txt as www-data',
      'rewrite-maps.colours: file /etc/deploy-flask/shop-colours.dbm as www-data',
      'authentication.users-file: file /etc/deploy-flask/shop.htpasswd as www-data',
      `daemon.python-home: venv /srv/shop/venvs/${empty} as flask-shop:flask-shop`,
      'daemon.home: folder /srv/shop/current as flask-shop:flask-shop',
      `process-groups.shop-admin.python-home: venv /srv/shop/venvs/${empty} as shop-admin:shop-admin`,
      'process-groups.shop-admin.home: folder /srv/shop/current as shop-admin:shop-admin',
    ])
  })

  it('leaves out what only a request decides: scripts by a pattern, and who runs them by a variable', async () => {
    const flags = {
      directories: [],
      applications: [
        { match: '^/run/([^/]+)$', script: 'scripts/$1.wsgi' },
        { mount: '/wiki', script: 'wiki.wsgi', 'process-group': '%{ENV:shop.group}' },
      ],
      environ: { 'shop.group': { default: 'shop', when: [{ test: '%{HTTPS}', matches: 'on', value: 'shop-admin' }] } },
      ...{ 'rewrite-maps': {}, authentication: undefined, access: [], static: {} },
    }
    expect((await needed({ of: 'shop', flags })).filter((line) => line.startsWith('applications'))).toEqual([
      'applications.1: file /srv/shop/current/wiki.wsgi as www-data',
    ])
  })

  it("is all Apache's own in embedded mode, and named once", async () => {
    const flags = { embedded: true, applications: [{ mount: '/wiki', wsgi: 'wiki:app', 'process-group': '%{GLOBAL}' }] }
    expect((await needed({ flags })).filter((line) => line.startsWith('applications'))).toEqual([
      'applications.0: file /srv/notes/wsgi/notes-wiki.wsgi as www-data',
      'applications.0: settings: file /etc/deploy-flask/notes/settings.json as www-data',
    ])
  })

  it('is looked for inside of chroot, with every folder of python-path', async () => {
    const daemon = { chroot: '/srv/jail', home: '/app', 'python-home': '/env', 'python-path': ['/one', '/two'] }
    expect((await needed({ flags: { daemon } })).filter((line) => line.startsWith('daemon'))).toEqual([
      'daemon.python-home: venv /srv/jail/env as flask-notes:flask-notes',
      'daemon.home: folder /srv/jail/app as flask-notes:flask-notes',
      'daemon.python-path: folder /srv/jail/one as flask-notes:flask-notes',
      'daemon.python-path: folder /srv/jail/two as flask-notes:flask-notes',
    ])
  })

  it('is the script that answers for everything, ours or the one in the folder', async () => {
    const directory = { url: '/', folder: 'tools', handlers: { '.wsgi': 'wsgi-script' } }
    const fallbackOf = async (fallback: object) =>
      (
        await needed({
          of: 'shop',
          flags: { wsgi: undefined, applications: [], 'process-groups': {}, directories: [{ ...directory, fallback }] },
        })
      ).filter((line) => line.includes('fallback'))
    expect(await fallbackOf({ script: 'hello.wsgi', 'hide-script-name': false })).toEqual([
      'directories.0.fallback: file /srv/shop/current/tools/hello.wsgi as www-data',
      'directories.0.fallback: file /srv/shop/current/tools/hello.wsgi as flask-shop:flask-shop',
    ])
    expect(await fallbackOf({ script: 'hello.wsgi' })).toEqual([
      'directories.0.fallback: file /srv/shop/wsgi/shop-tools-fallback.wsgi as www-data',
      'directories.0.fallback: file /srv/shop/wsgi/shop-tools-fallback.wsgi as flask-shop:flask-shop',
    ])
  })

  it('is no settings file for the scripts of the usual instructions, which load none', async () => {
    const seed = { profile: 'seed', code: { path: '/home/me/notes' }, sqlite: [], init: undefined, static: {} }
    const paths = await needed({ flags: { ...seed, settings: {} } })
    expect(paths.filter((line) => line.includes('settings'))).toEqual([])
    expect((await needed({ flags: seed })).filter((line) => line.includes('settings.json'))).toEqual([
      'wsgi: settings: file /etc/deploy-flask/notes/settings.json as www-data:www-data',
    ])
  })

  it("is the host's own map and htpasswd file where there is one, and the folder of files by a pattern", async () => {
    const flags = {
      'rewrite-maps': { tiers: { file: '/etc/tiers.txt' }, colours: { type: 'dbm', file: '/etc/colours' } },
      authentication: { 'users-file': '/etc/htpasswd' },
      'static-patterns': [{ match: '^/([^/]+\\.css)$', file: 'static/$1' }],
      static: { '/favicon.ico': 'static/shop.css' },
    }
    const paths = await needed({ of: 'shop', flags })
    expect(paths).toEqual(
      expect.arrayContaining([
        'rewrite-maps.tiers: file /etc/tiers.txt as www-data',
        'rewrite-maps.colours: file /etc/colours as www-data',
        'authentication.users-file: file /etc/htpasswd as www-data',
        'static-patterns.0: folder /srv/shop/current/static as www-data',
        'static./favicon.ico: file /srv/shop/current/static/shop.css as www-data',
      ]),
    )
  })
})
