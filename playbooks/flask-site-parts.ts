import { dirname } from 'node:path/posix'
import type { Site } from '../src/core/site.js'
import type { WantedRequirements } from '../src/probes/venv.js'
import type { Served } from '../src/steps/apache/handlers.js'
import { listenLinks } from '../src/steps/apache/listen.js'
import { neededPaths } from '../src/steps/apache/needed-paths.js'
import { rootOwned } from '../src/steps/files.js'
import type { DaemonPython } from '../src/steps/site/as-daemon.js'
import { buildMark } from '../src/steps/site/build.js'
import type { Folder } from '../src/steps/site/folders.js'
import type { Tried } from '../src/steps/site/import-check.js'
import { emptyFolder, type Layout } from '../src/steps/site/layout.js'
import type { LiveSite } from '../src/steps/site/live.js'
import type { Places } from '../src/templates/vhost.js'
import type { WsgiScript } from '../src/templates/wsgi-script.js'

export const daemonPython = (site: Site, layout: Layout): DaemonPython => ({
  user: site.user,
  group: site.group,
  venv: layout.venv,
  code: layout.code,
  ...(site.moduleFolder === undefined ? {} : { moduleFolder: site.moduleFolder }),
  settings: site.settings,
})

/** The host asks itself: where the site is bound to addresses, at the first of them. */
const addressOf = ([first = '*']: readonly string[]): string =>
  first === '*' ? '127.0.0.1' : first.replace(/[[\]]/g, '')

/** That of HTTP first. */
export const portsOf = ({ port, tls }: Site): readonly [number, ...number[]] =>
  tls === undefined ? [port] : [port, tls.port]

const liveTls = ({ tls }: Site): Pick<LiveSite, 'tls'> => {
  if (tls === undefined) return {}
  const { port, redirect, certificate, key } = tls
  return { tls: { port, redirect, certificate, ...(key === undefined ? {} : { key }) } }
}

export const liveSite = (site: Site, layout: Layout): LiveSite => ({
  name: site.name,
  serverName: site.serverName,
  address: addressOf(site.addresses),
  port: site.port,
  ...liveTls(site),
  ...site.check,
  mounts: site.applications.flatMap(({ mount }) =>
    mount.kind === 'url' && mount.url !== '/' ? [`${mount.url}/`] : [],
  ),
  groups: site.processGroups.map(({ name, title, user, group, options }) => ({
    name,
    ...(title === undefined ? {} : { title }),
    user,
    group,
    venv: options.find(([option]) => option === 'python-home')?.[1] ?? layout.venv,
  })),
  logs: layout.logs,
  hasOwnLog: site.existingSite === undefined,
})

export const requirementsOf = (site: Site): WantedRequirements =>
  site.code.kind === 'path' && site.requirements.file !== undefined
    ? { text: '', file: `${site.code.path}/${site.requirements.file}`, optional: site.requirements.optional ?? false }
    : { text: site.requirements.text }

/** FLASK_APP, as `flask` understands it; a site without a module has none. */
export const flaskApp = ({ wsgi }: Site): string =>
  wsgi === undefined ? '' : `${wsgi.module}:${wsgi.object}${wsgi.factory ? '()' : ''}`

/** What is imported before anything goes online: all applications but those that are found by a URL. */
export const triedApplications = ({ applications, directories }: Site): readonly Tried[] => [
  ...applications.flatMap(({ script, callable = 'application' }): readonly Tried[] => {
    if (script.kind === 'generated') return [script]
    return script.kind === 'folder' || script.path.includes('$') ? [] : [{ wsgi: { script: script.path, callable } }]
  }),
  ...directories.flatMap(({ fallback }) => fallback?.generated ?? []),
]

/** Where it is built, its releases are known by all that the build depends on, too. */
export const withBuild = (site: Site, layout: Layout): Site =>
  site.code.kind === 'path' || site.build === undefined
    ? site
    : { ...site, code: { ...site.code, build: buildMark(site.code, site.build, daemonPython(site, layout)) } }

/** What an application that is imported from a package may call itself: the module, or the package that it is in. */
export const installedModules = ({ code, applications }: Site): readonly string[] =>
  code.kind === 'path' || code.isPackage === undefined
    ? []
    : [
        ...new Set(
          applications.flatMap(({ script }) =>
            script.kind === 'generated' && 'module' in script.wsgi
              ? [script.wsgi.module, script.wsgi.module.split('.')[0] ?? '']
              : [],
          ),
        ),
      ]

/** Where the code may lie when it is imported for the first time: not yet served, or served already. */
export const codeFolders = (site: Site, layout: Layout): readonly string[] =>
  site.code.kind === 'path'
    ? [site.code.path]
    : [`${layout.releases}/${site.code.stamp}-${site.code.hash.slice(0, 12)}`, layout.current]

/** The seed's script has the three lines of the instructions, unless there are settings to be loaded. */
export const loadsSettings = ({ profile, settings }: Site): boolean =>
  profile !== 'seed' || Object.keys(settings).length > 0

/** Only what the daemon must write is the daemon's; everything else is root's. */
export const siteFolders = (site: Site, layout: Layout): readonly Folder[] => {
  const writable = { owner: site.user, group: site.group, mode: '0750' }
  const isSeed = site.profile === 'seed'
  const hasData = !isSeed || site.sqlite.some((file) => file.startsWith(`${layout.data}/`))
  return [
    ...(isSeed ? [] : [{ path: emptyFolder, ...rootOwned('0755') }]),
    { path: '/etc/deploy-flask', ...rootOwned('0755') },
    { path: layout.settingsFolder, owner: 'root', group: site.group, mode: '0750' },
    ...(hasData || layout.venv.startsWith(`${layout.root}/`) ? [{ path: layout.root, ...rootOwned('0755') }] : []),
    ...(site.code.kind === 'folder' ? [{ path: layout.releases, ...rootOwned('0755') }] : []),
    ...(site.requirements.packages === undefined ? [] : [{ path: layout.packages, ...rootOwned('0755') }]),
    ...(isSeed ? [] : [layout.venvs, layout.wsgiFolder].map((path) => ({ path, ...rootOwned('0755') }))),
    ...(hasData ? [{ path: layout.data, ...writable }] : []),
    ...(site.tls?.acme === undefined ? [] : [{ path: site.tls.acme.webroot, ...rootOwned('0755') }]),
    ...(site.existingSite === undefined ? [] : [{ path: dirname(layout.include), ...rootOwned('0755') }]),
  ]
}

export const placesOf = (layout: Layout): Omit<Places, 'restrictEmbedded'> => ({
  venv: layout.venv,
  documentRoot: emptyFolder,
})

export const wsgiScripts = (site: Site, layout: Layout): readonly WsgiScript[] => {
  const isSeed = site.profile === 'seed'
  const isEmbedded = [...site.applications, ...site.directories].some(
    ({ processGroup }) => processGroup === '%{GLOBAL}',
  )
  return layout.scripts.map(({ settings, ...script }) => ({
    site: site.name,
    ...(loadsSettings(site) ? { settings } : {}),
    code: layout.code,
    ...(site.moduleFolder === undefined ? {} : { moduleFolder: site.moduleFolder }),
    ...(isEmbedded ? { embeddedVenv: layout.venv } : {}),
    reports: !isSeed,
    script,
  }))
}

/** Whether scripts come with the code: what they import, or are told, may change while they stay as they are. */
const hasOwnScripts = ({ code, applications, directories }: Site): boolean =>
  code.kind === 'folder' &&
  (directories.length > 0 || applications.some(({ script }) => script.kind !== 'generated' || 'script' in script.wsgi))

export const servedSite = (site: Site, layout: Layout): Served => ({
  live: liveSite(site, layout),
  layout,
  listening: site.existingSite === undefined ? listenLinks(site.addresses, ...portsOf(site)) : [],
  paths: neededPaths(site, layout),
  hasOwnScripts: hasOwnScripts(site),
  loadsSettings: loadsSettings(site),
  usesCgi: site.directories.some(({ handlers }) => handlers.some(({ handler }) => handler === 'cgi-script')),
})
