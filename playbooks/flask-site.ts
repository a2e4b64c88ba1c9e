import { definePlaybook } from '../src/core/playbook.js'
import type { Site } from '../src/core/site.js'
import { enabledSite } from '../src/steps/apache/enabled-site.js'
import { configtestHandler, reloadHandler, restartHandler, touchHandler } from '../src/steps/apache/handlers.js'
import { modules } from '../src/steps/apache/modules.js'
import { port } from '../src/steps/apache/port.js'
import { vhost } from '../src/steps/apache/vhost.js'
import { wsgiLoad } from '../src/steps/apache/wsgi-load.js'
import { noDistributionModule } from '../src/steps/apt/distribution-module.js'
import { packages } from '../src/steps/apt/packages.js'
import { fit } from '../src/steps/host/fit.js'
import { installedModWsgi } from '../src/steps/python/mod-wsgi.js'
import { requirements } from '../src/steps/python/requirements.js'
import { venv } from '../src/steps/python/venv.js'
import { account } from '../src/steps/site/account.js'
import { current } from '../src/steps/site/current.js'
import { folders } from '../src/steps/site/folders.js'
import { importCheck } from '../src/steps/site/import-check.js'
import { init } from '../src/steps/site/init.js'
import { layoutOf } from '../src/steps/site/layout.js'
import { leftovers } from '../src/steps/site/leftovers.js'
import { release } from '../src/steps/site/release.js'
import { settingsFile } from '../src/steps/site/settings.js'
import { sqlite } from '../src/steps/site/sqlite.js'
import { wsgiScript } from '../src/steps/site/wsgi-script.js'
import {
  codeFolders,
  daemonPython,
  flaskApp,
  liveSite,
  requirementsOf,
  siteFolders,
  vhostOf,
} from './flask-site-parts.js'

/** What builds mod_wsgi on 18.04: pip's own recommendations are left out, so they stand here. */
const needed = [
  'apache2',
  'apache2-dev',
  'gcc',
  'python3-dev',
  'python3-pip',
  'python3-setuptools',
  'python3-venv',
  'python3-wheel',
] as const

/** A Flask site under Apache and mod_wsgi, beside whatever that Apache serves already. */
export const flaskSite = definePlaybook<Site>({
  name: 'flask-site',
  summary: 'A Flask application under Apache + mod_wsgi on Ubuntu 18.04',
  phases(site) {
    const layout = layoutOf(site)
    const { code, pipIndexUrl: index } = site
    const daemon = daemonPython(site, layout)
    const live = liveSite(site, layout)
    const wanted = requirementsOf(site)
    const settings = { owner: 'root', group: site.group, mode: '0640' }
    return [
      {
        title: 'Packages',
        steps: [
          fit(site.allowUnsupported, site.root),
          port(site.port),
          noDistributionModule(site.replaceDistributionModule),
          packages(needed),
        ],
      },
      {
        title: 'mod_wsgi',
        steps: [installedModWsgi(index), wsgiLoad(), modules(['wsgi'])],
        handlers: [configtestHandler(live)],
      },
      {
        title: 'Application',
        together: true,
        steps: [
          account(site.user, site.group),
          folders(siteFolders(site, layout)),
          ...(code.kind === 'folder' ? [release(layout, code)] : []),
          venv(layout.venv, wanted, index),
          requirements(layout.venv, wanted, index),
        ],
        handlers: [importCheck(site.wsgi, daemon, codeFolders(site, layout))],
      },
      {
        title: 'Site',
        steps: [
          settingsFile(layout.settings, site.settings, settings),
          ...(code.kind === 'folder' ? [current(layout, code)] : []),
          sqlite(site.sqlite, { user: site.user, group: site.group }, layout.data),
          ...(site.init === undefined
            ? []
            : [init({ command: site.init, done: layout.initDone, database: site.sqlite[0] }, daemon, flaskApp(site))]),
          wsgiScript(layout.wsgiScript, {
            site: site.name,
            settings: layout.settings,
            code: layout.code,
            wsgi: site.wsgi,
          }),
          vhost(vhostOf(site, layout)),
          enabledSite(site.name),
        ],
        handlers: [restartHandler(live, layout), reloadHandler(live, layout), touchHandler(live, layout)],
      },
      {
        title: 'Leftovers',
        steps: [leftovers(layout, code.kind === 'folder' ? code : undefined, site.keepReleases)],
      },
    ]
  },
})
