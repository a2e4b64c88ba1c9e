import type { Site } from '../core/site.js'
import { directive, literally, rendered, section, type Node } from './apache.js'
import { access } from './vhost-access.js'
import {
  aliases,
  daemonProcess,
  granted,
  mountLimits,
  openFolder,
  scriptSections,
  sectionOfMount,
} from './vhost-applications.js'
import {
  directoryAliases,
  directorySections,
  fallbackAliases,
  fallbackRules,
  fallbackSections,
  fallbackUrls,
  type Place,
} from './vhost-directories.js'
import { environ, rewriteEngine, rewriteMaps, usesRewrite } from './vhost-environ.js'
import { bodyLimit, limits, responseHeaders } from './vhost-limits.js'
import { staticAliases, staticSections } from './vhost-static.js'
import { userAliases, userRules, userSections, userUrls } from './vhost-user-directories.js'

/** Where the site lies on the host, and what is known of the server. */
export interface Places {
  readonly venv: string
  /** An empty folder: the DocumentRoot of a site that has none, so that no code is ever below one. */
  readonly documentRoot: string
  readonly restrictEmbedded: boolean
}

export const managedBy = (name: string): string => `# Managed by deploy-flask for the site ${name}`

/** What a rewrite of everything must leave alone. */
const placesOfTheirOwn = (site: Site): readonly Place[] => [
  ...site.static,
  ...site.staticPatterns,
  ...site.directories,
  ...site.applications.map(({ mount }) => mount),
  ...(site.userDirectories === undefined ? [] : [{ pattern: userUrls }]),
]

/** Variables first: a rewrite ends with the rule that matches. */
const requests = (site: Site): readonly Node[] => {
  const { directories, environ: variables, userDirectories } = site
  const rules = [
    ...(userDirectories === undefined ? [] : userRules()),
    ...environ(variables),
    ...fallbackRules(directories, placesOfTheirOwn(site)),
  ]
  const users = [
    ...(userDirectories === undefined ? [] : ['user-directories']),
    ...(usesRewrite(variables) ? ['environ'] : []),
    ...(fallbackUrls(directories).length === 0 ? [] : ['fallback']),
  ]
  const engine = users.length === 0 ? [] : [rewriteEngine(users.join(', '))]
  return [...engine, ...rewriteMaps(site.rewriteMaps), ...rules]
}

const mapped = (site: Site): readonly Node[] => [
  ...(site.userDirectories === undefined ? [] : userAliases(site.userDirectories)),
  ...staticAliases(site.static, site.staticPatterns),
  ...directoryAliases(site.directories),
  ...fallbackAliases(site.directories),
  ...aliases(site.applications),
]

const folders = (site: Site): readonly Node[] => {
  const { applications, directories, profile, userDirectories } = site
  return [
    ...(userDirectories === undefined ? [] : userSections(userDirectories)),
    ...directorySections(directories, applications),
    ...(profile === 'seed' ? applications.map(openFolder) : scriptSections(applications, directories)),
    ...fallbackSections(directories),
    ...staticSections(site.static, site.staticPatterns, directories),
  ]
}

/** Hidden files and folders (.git, .env) are never meant to be downloaded. `within`: of these folders only. */
const hidden = (site: Site, within: (folder: string) => string): readonly Node[] => {
  const because = 'always: files and folders with hidden names (.git, .env) are not served'
  const shown = [
    ...site.directories.map(({ folder }) => folder),
    ...site.static.filter(({ url }) => url.endsWith('/')).map(({ path }) => path),
  ]
  return [...new Set(shown.map(within))].map((start) =>
    section('DirectoryMatch', [`${start}/\\.(?!well-known(/|$))`], because, [
      directive('Require', ['all', 'denied'], because),
    ]),
  )
}

const root = (site: Site): Node =>
  section('Directory', [site.root], 'root: the folder of the site', [
    directive('Options', ['SymLinksIfOwnerMatch'], 'root: a link may lead to what has the same owner'),
    directive('AllowOverride', ['None'], 'root: no .htaccess file is read'),
  ])

const logs = ({ name }: Site): readonly Node[] => [
  directive('ErrorLog', [{ as: `\${APACHE_LOG_DIR}/${name}-error.log` }], 'site: names its error log'),
  directive('CustomLog', [{ as: `\${APACHE_LOG_DIR}/${name}-access.log` }, 'combined'], 'site: names its access log'),
]

/** Where an application or a folder has the whole site, nothing reaches the empty folder. */
const isReached = ({ applications, directories }: Site): boolean =>
  !applications.some(({ mount }) => mount.kind === 'url' && mount.url === '/') &&
  !directories.some(({ url }) => url === '/')

/** A URL that nobody has is answered with 404, not with 403 as from a closed folder. */
const emptyFolder = (folder: string): Node =>
  section('Directory', [folder], 'always: what nothing here answers is not found', [
    directive('Options', ['None'], 'always: there is nothing in it'),
    directive('AllowOverride', ['None'], 'always: no .htaccess file is read'),
    granted('always: open to every client'),
  ])

const documentRoot = (site: Site, places: Places): readonly Node[] => {
  const top = site.directories.find(({ url }) => url === '/')
  if (top !== undefined) return [directive('DocumentRoot', [top.folder], `${top.from}.folder: its url is /`)]
  return [
    directive('DocumentRoot', [places.documentRoot], 'always: an empty folder, so that no code is ever below it'),
    ...(isReached(site) ? [emptyFolder(places.documentRoot)] : []),
  ]
}

/** What the usual instructions for Flask and mod_wsgi say needs none of these. */
const beyondTheSeed = (site: Site, nodes: readonly Node[]): readonly Node[] => (site.profile === 'seed' ? [] : nodes)

const contents = (site: Site, places: Places): readonly Node[] => [
  ...beyondTheSeed(site, documentRoot(site, places)),
  ...(site.logLevel === undefined
    ? []
    : [directive('LogLevel', site.logLevel.split(' '), 'log-level: what the error log holds')]),
  ...daemons(site, places, 'virtual-host'),
  ...requests(site),
  ...mapped(site),
  ...beyondTheSeed(site, [root(site)]),
  ...folders(site),
  ...beyondTheSeed(
    site,
    hidden(site, () => ''),
  ),
  ...access(site.access, site.authentication, fallbackUrls(site.directories)),
  ...responseHeaders(site),
  ...limits(site),
  ...beyondTheSeed(site, logs(site)),
]

const daemons = ({ processGroups }: Site, { venv }: Places, scope: 'server' | 'virtual-host'): readonly Node[] =>
  processGroups.filter((group) => group.scope === scope).map((group) => daemonProcess(group, venv))

const restriction = ({ restrictEmbedded }: Site): Node =>
  directive(
    'WSGIRestrictEmbedded',
    ['On'],
    restrictEmbedded === 'auto'
      ? 'restrict-embedded: On unless another site of the host may need embedded mode'
      : 'restrict-embedded: no application of the whole server runs inside the processes of Apache',
  )

/** In the server itself: before the virtual host, because a preloaded application must find its process group. */
const server = (site: Site, places: Places): readonly Node[] => [
  ...(site.serverTokens === undefined
    ? []
    : [directive('ServerTokens', [site.serverTokens], 'server-tokens: what Apache tells of itself')]),
  ...(places.restrictEmbedded ? [restriction(site)] : []),
  ...daemons(site, places, 'server'),
]

const virtualHost = (site: Site, places: Places): Node =>
  section(
    'VirtualHost',
    site.addresses.map((address) => `${address}:${site.port}`),
    'addresses, port: where clients find this virtual host',
    [
      directive('ServerName', [site.serverName], 'server-name: the name that it answers to'),
      ...site.serverAliases.map((alias) => directive('ServerAlias', [alias], 'server-aliases: a further name')),
      ...contents(site, places),
    ],
  )

export interface Wording {
  /** A comment above each directive says which setting caused it; a function says it in words of its own. */
  readonly explained: boolean | ((because: string) => string)
}

const file = ({ name }: Site, nodes: readonly Node[], { explained }: Wording = { explained: false }): string => {
  const explain = explained === true ? (because: string) => because : explained || undefined
  return `${managedBy(name)}: changes made here are replaced.\n${rendered(nodes, explain)}`
}

/** The site's file for sites-available (mod_wsgi: Configuration Guidelines). */
export const vhost = (site: Site, places: Places, wording?: Wording): string =>
  site.existingSite === undefined
    ? file(site, [...server(site, places), virtualHost(site, places)], wording)
    : file(site, [...server(site, places), ...daemons(site, places, 'virtual-host')], wording)

/** What would hold for a whole virtual host of ours holds for our URLs only. */
const belowOurUrls = (site: Site): readonly Node[] => {
  const inside = [...environ(site.environ), ...responseHeaders(site), ...bodyLimit(site)]
  if (inside.length === 0) return []
  return [
    ...site.applications.map(({ from, mount }) => sectionOfMount(mount, `${from}: its URLs`, inside)),
    ...site.directories.map(({ from, url }) => section('Location', [url], `${from}: its URLs`, inside)),
  ]
}

/**
 * What the virtual host of somebody else includes: nothing that reaches beyond our own URLs. The daemon processes stand
 * in a file of their own, because a virtual host that is there twice (HTTP and HTTPS) would define them twice.
 */
export const include = (site: Site, wording?: Wording): string =>
  file(
    site,
    [
      ...mapped(site),
      root(site),
      ...folders(site),
      ...hidden(site, (folder) => `^${literally(folder)}(/.*)?`),
      ...belowOurUrls(site),
      ...access(site.access, site.authentication, []),
      ...mountLimits(site.applications),
    ],
    wording,
  )
