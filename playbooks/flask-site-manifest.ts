import { lineagePaths } from '../src/core/host-paths.js'
import type { Site } from '../src/core/site.js'
import { listenFiles, listenLinks } from '../src/steps/apache/listen.js'
import { neededModules } from '../src/steps/apache/needed-modules.js'
import { sourceOf } from '../src/steps/apache/rewrite-maps.js'
import { wsgiLoadFile } from '../src/steps/apache/wsgi-load.js'
import { modWsgiExpress } from '../src/steps/python/mod-wsgi.js'
import { emptyFolder, type Layout } from '../src/steps/site/layout.js'
import type { WantedManifest } from '../src/steps/site/manifest.js'
import { sqlitePaths } from '../src/steps/site/sqlite.js'
import { flaskApp, portsOf, servedSite, siteFolders } from './flask-site-parts.js'

/** What the sites of a host may share; nobody takes it away from another. */
const sharedPaths = (site: Site, layout: Layout): readonly string[] => [
  '/etc/deploy-flask',
  emptyFolder,
  wsgiLoadFile,
  modWsgiExpress,
  ...(site.existingSite === undefined
    ? [...listenFiles(site.addresses, ...portsOf(site)), ...listenLinks(site.addresses, ...portsOf(site))]
    : [layout.include.slice(0, layout.include.lastIndexOf('/'))]),
]

const ownPaths = (site: Site, layout: Layout): readonly string[] => [
  layout.vhost,
  layout.enabled,
  ...(site.existingSite === undefined ? [] : [layout.include]),
  ...(site.authentication?.content === undefined ? [] : [site.authentication.path]),
  ...(site.tls?.sent === undefined ? [] : [site.tls.certificate]),
  ...(site.tls?.acme === undefined ? [] : [site.tls.acme.webroot, ...lineagePaths(site.tls.acme.lineage)]),
  ...site.rewriteMaps.flatMap((map) => (map.entries === undefined ? [] : [...new Set([map.path, sourceOf(map)])])),
  ...layout.settingsFiles.map(({ path }) => path),
  ...layout.scripts.map(({ path }) => path),
  ...(site.code.kind === 'folder' ? [layout.current] : []),
  ...site.sqlite.flatMap(sqlitePaths),
  ...(site.venv === undefined ? [] : [site.venv]),
]

/** What is noted of the site on the host. */
export const manifestOf = (site: Site, layout: Layout): WantedManifest => {
  const { live, listening, hasOwnScripts, usesCgi } = servedSite(site, layout)
  const shared = sharedPaths(site, layout)
  const folders = siteFolders(site, layout).map(({ path }) => path)
  return {
    description: {
      site: site.name,
      serverName: site.serverName,
      address: live.address,
      port: site.port,
      ...(live.tls === undefined ? {} : { tls: { ...live.tls } }),
      check: { ...site.check, statuses: [...site.check.statuses] },
      mounts: [...live.mounts],
      root: layout.root,
      code: layout.code,
      ...(site.moduleFolder === undefined ? {} : { moduleFolder: site.moduleFolder }),
      releases: site.code.kind === 'folder',
      venv: layout.venv,
      data: layout.data,
      user: site.user,
      group: site.group,
      flaskApp: flaskApp(site),
      settings: layout.settings,
      secrets: Object.entries(site.settings)
        .filter(([, value]) => typeof value !== 'string')
        .map(([name]) => name)
        .sort(),
      processGroups: live.groups.map((group) => ({ ...group })),
      scripts: layout.scripts.map(({ path }) => path),
      hasOwnScripts,
      usesCgi,
      sqlite: [...site.sqlite],
      vhost: layout.vhost,
      enabled: layout.enabled,
      include: layout.include,
      ...(site.existingSite === undefined ? {} : { existingSite: site.existingSite.file }),
      listening: [...listening],
      logs: { ...layout.logs, own: live.hasOwnLog },
    },
    accounts: [{ user: site.user, group: site.group }, ...site.processGroups],
    modules: neededModules(site),
    paths: [...folders, ...ownPaths(site, layout)].filter((path) => !shared.includes(path)),
    shared,
  }
}
