import { definePlaybook, type Phase } from '../src/core/playbook.js'
import type { Site } from '../src/core/site.js'
import type { Step } from '../src/core/step.js'
import type { WantedRequirements } from '../src/probes/venv.js'
import { enabledSite } from '../src/steps/apache/enabled-site.js'
import {
  configtestHandler,
  httpsHandler,
  reloadHandler,
  restartHandler,
  touchHandler,
} from '../src/steps/apache/handlers.js'
import { existingSite } from '../src/steps/apache/existing-site.js'
import { include } from '../src/steps/apache/include.js'
import { listen } from '../src/steps/apache/listen.js'
import { modules } from '../src/steps/apache/modules.js'
import { neededModules } from '../src/steps/apache/needed-modules.js'
import { port } from '../src/steps/apache/port.js'
import { rewriteMaps } from '../src/steps/apache/rewrite-maps.js'
import { securedVhost, vhost } from '../src/steps/apache/vhost.js'
import { wsgiLoad } from '../src/steps/apache/wsgi-load.js'
import { noDistributionModule } from '../src/steps/apt/distribution-module.js'
import { packages } from '../src/steps/apt/packages.js'
import { fit } from '../src/steps/host/fit.js'
import { instanceFolders } from '../src/steps/python/instance.js'
import { installedModWsgi } from '../src/steps/python/mod-wsgi.js'
import { tooEarly } from '../src/steps/python/pip.js'
import { localPackages } from '../src/steps/python/packages.js'
import { requirements } from '../src/steps/python/requirements.js'
import { venv } from '../src/steps/python/venv.js'
import { accounts } from '../src/steps/site/account.js'
import type { DaemonPython } from '../src/steps/site/as-daemon.js'
import { build } from '../src/steps/site/build.js'
import { current } from '../src/steps/site/current.js'
import { history } from '../src/steps/site/history.js'
import { folders } from '../src/steps/site/folders.js'
import { htpasswd } from '../src/steps/site/htpasswd.js'
import { importCheck } from '../src/steps/site/import-check.js'
import { init } from '../src/steps/site/init.js'
import { layoutOf, type Layout } from '../src/steps/site/layout.js'
import { before, manifest } from '../src/steps/site/manifest.js'
import { migrate } from '../src/steps/site/migrate.js'
import { leftovers } from '../src/steps/site/leftovers.js'
import { release } from '../src/steps/site/release.js'
import { settingsFiles } from '../src/steps/site/settings.js'
import { sqlite } from '../src/steps/site/sqlite.js'
import { wsgiScripts } from '../src/steps/site/wsgi-script.js'
import { acme } from '../src/steps/tls/acme.js'
import { certificate } from '../src/steps/tls/certificate.js'
import { renewal } from '../src/steps/tls/renewal.js'
import { manifestOf } from './flask-site-manifest.js'
import { needed } from './flask-site-packages.js'
import {
  codeFolders,
  daemonPython,
  flaskApp,
  installedModules,
  loadsSettings,
  placesOf,
  portsOf,
  requirementsOf,
  servedSite,
  siteFolders,
  triedApplications,
  withBuild,
  wsgiScripts as wsgiScriptsOf,
} from './flask-site-parts.js'

/** pip fetches what a requirement names with `git+https://` by git. */
const toolsFor = ({ text }: WantedRequirements): readonly string[] => (text.includes(' @ git+') ? ['git'] : [])

/** pip needs no more than what apt has put there, nearly always: what is built with it may need more, and is tried again. */
const unpacked = { step: 'apt.packages', until: 'ready', again: tooEarly } as const
const installedPackages = { step: 'apt.packages', until: 'done' } as const

/** The authority asks by HTTP, so the site is online before there is a certificate. */
const obtained = (site: Site, layout: Layout): readonly Phase[] => {
  const { tls } = site
  if (tls?.acme === undefined) return []
  return [
    { title: 'Certificate', steps: [renewal(tls.acme), acme(site, tls, tls.acme)] },
    {
      title: 'HTTPS',
      steps: [securedVhost(site, placesOf(layout), tls.certificate)],
      handlers: [httpsHandler(servedSite(site, layout))],
    },
  ]
}

/** Where data are migrated, they are made ready by the new code before it goes online; otherwise by what is served. */
const dataAndCode = (site: Site, layout: Layout): readonly Step[] => {
  const { code, init: once, migrate: each } = site
  const account = { user: site.user, group: site.group }
  const daemon = daemonPython(site, layout)
  const coming = { ...daemon, code: codeFolders(site, layout).join(':') }
  const initialised = (by: DaemonPython): readonly Step[] => [
    sqlite(site.sqlite, account, layout.data),
    ...(once === undefined
      ? []
      : [init({ command: once, done: layout.initDone, database: site.sqlite[0] }, by, flaskApp(site))]),
  ]
  if (code.kind === 'path') return initialised(daemon)
  if (each === undefined) return [current(layout, code), ...initialised(daemon)]
  const databases = { site: site.name, files: site.sqlite, ...account }
  return [
    ...initialised(coming),
    migrate({ command: each, code, databases, keepBackups: site.keepBackups }, coming, flaskApp(site)),
    current(layout, code),
  ]
}

/** A Flask site under Apache and mod_wsgi, beside whatever that Apache serves already. */
export const flaskSite = definePlaybook<Site>({
  name: 'flask-site',
  summary: 'A Flask application under Apache + mod_wsgi on Ubuntu 18.04',
  phases(wantedSite) {
    const layout = layoutOf(wantedSite)
    const site = withBuild(wantedSite, layout)
    const { code, pipIndexUrl: index } = site
    const account = { user: site.user, group: site.group }
    const daemon = daemonPython(site, layout)
    const served = servedSite(site, layout)
    const places = placesOf(layout)
    const tried = triedApplications(site)
    const maps = site.rewriteMaps.filter(({ entries }) => entries !== undefined)
    const { existingSite: host, authentication } = site
    const wanted = requirementsOf(site)
    const { packages: packagesOfCode } = site.requirements
    const installed = installedModules(site)
    return [
      { title: 'Before', steps: [before(manifestOf(site, layout))] },
      {
        title: 'Packages',
        steps: [
          fit(site.allowUnsupported, site.root),
          port(...portsOf(site)),
          noDistributionModule(site.replaceDistributionModule, site.aptPatience),
          packages(
            [...needed, ...toolsFor(wanted), ...(site.tls?.acme === undefined ? [] : ['certbot'])],
            site.aptPatience,
          ),
        ],
      },
      {
        title: 'mod_wsgi',
        togetherFrom: 'Packages',
        steps: [
          { ...installedModWsgi(index), after: unpacked },
          { ...wsgiLoad(), after: installedPackages },
          modules(neededModules(site)),
        ],
        handlers: [configtestHandler(served.live)],
      },
      {
        title: 'Application',
        togetherFrom: 'Packages',
        steps: [
          accounts([account, ...site.processGroups]),
          folders(siteFolders(site, layout), layout.root),
          ...(code.kind === 'folder' ? [release(site.name, layout, code)] : []),
          ...(packagesOfCode === undefined ? [] : [localPackages(packagesOfCode, codeFolders(site, layout))]),
          {
            ...venv(layout.venv, wanted, account, {
              indexUrl: index,
              within: layout.root,
              adopted: site.adopted !== undefined,
            }),
            after: unpacked,
          },
          {
            ...requirements(layout.venv, wanted, account, { indexUrl: index, requireHashes: site.requireHashes }),
            after: unpacked,
          },
          ...(installed.length === 0 ? [] : [instanceFolders(layout.venv, installed, layout.data)]),
          ...(code.kind === 'path' || site.build === undefined
            ? []
            : [{ ...build(site.build, code, layout, daemon, flaskApp(site)), after: installedPackages }]),
        ],
        handlers: tried.length === 0 ? [] : [importCheck(tried, daemon, codeFolders(site, layout))],
      },
      {
        title: 'Site',
        steps: [
          settingsFiles(layout.settingsFiles, site.settings, loadsSettings(site)),
          ...dataAndCode(site, layout),
          ...(layout.scripts.length === 0 ? [] : [wsgiScripts(wsgiScriptsOf(site, layout), site.adopted)]),
          ...(authentication?.content === undefined ? [] : [htpasswd(authentication.path, authentication.content)]),
          ...(maps.length === 0 ? [] : [rewriteMaps(maps)]),
          ...(host === undefined
            ? [listen(site.addresses, portsOf(site), site.name, site.tls === undefined ? [] : ['ssl'])]
            : []),
          ...(site.tls === undefined || site.tls.acme !== undefined ? [] : [certificate(site, site.tls)]),
          vhost(site, places),
          enabledSite(site.name),
          ...(host === undefined ? [] : [include(layout.include, site), existingSite(host, layout.include)]),
          manifest(manifestOf(site, layout)),
          history(site.name, layout, code.kind === 'folder' ? code : undefined),
        ],
        handlers: [restartHandler(served), reloadHandler(served), touchHandler(served)],
      },
      ...obtained(site, layout),
      {
        title: 'Leftovers',
        steps: [
          leftovers(
            site.name,
            layout,
            code.kind === 'folder' ? code : undefined,
            site.keepReleases,
            site.requirements.packages,
          ),
        ],
      },
    ]
  },
})
