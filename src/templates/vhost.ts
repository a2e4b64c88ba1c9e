import type { Site } from '../core/site.js'
import type { Tls } from '../core/tls.js'
import { directive, literally, rendered, section, type Node } from './apache.js'
import { access } from './vhost-access.js'
import {
  aliases,
  daemonProcess,
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
import { documentRoot, emptyFolder, hidden, logs, root } from './vhost-root.js'
import { staticAliases, staticSections } from './vhost-static.js'
import { certificateOf, challengeAlias, challengeSections, challengeUrl, hsts, redirect } from './vhost-tls.js'
import { userAliases, userRules, userSections, userUrls } from './vhost-user-directories.js'

/** Where the site lies on the host, and what is known of the server. */
export interface Places {
  readonly venv: string
  /** An empty folder: the DocumentRoot of a site that has none, so that no code is ever below one. */
  readonly documentRoot: string
  readonly restrictEmbedded: boolean
  /** There is no certificate yet: until then everything is answered by HTTP. */
  readonly withoutTls?: boolean
}

export const managedBy = (name: string): string => `# Managed by deploy-flask for the site ${name}`

/** What a rewrite of everything must leave alone. */
const placesOfTheirOwn = (site: Site): readonly Place[] => [
  ...site.static,
  ...site.staticPatterns,
  ...site.directories,
  ...site.applications.map(({ mount }) => mount),
  ...(site.userDirectories === undefined ? [] : [{ pattern: userUrls }]),
  ...(site.tls?.acme === undefined ? [] : [{ url: challengeUrl }]),
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

/** What the usual instructions for Flask and mod_wsgi say needs none of these. */
const beyondTheSeed = (site: Site, nodes: readonly Node[]): readonly Node[] => (site.profile === 'seed' ? [] : nodes)

interface Also {
  /** Process groups may be defined once only; virtual hosts of the same name share them (mod_wsgi: WSGIProcessGroup). */
  readonly daemons: readonly Node[]
  /** Before what the site itself maps, and after what it closes. */
  readonly first?: readonly Node[]
  readonly last?: readonly Node[]
}

const contents = (site: Site, places: Places, { daemons, first = [], last = [] }: Also): readonly Node[] => [
  ...beyondTheSeed(site, documentRoot(site, places)),
  ...(site.logLevel === undefined
    ? []
    : [directive('LogLevel', site.logLevel.split(' '), 'log-level: what the error log holds')]),
  ...daemons,
  ...requests(site),
  ...first,
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
  ...last,
  ...beyondTheSeed(site, logs(site)),
]

const daemonsOf = ({ processGroups }: Site, { venv }: Places, scope: 'server' | 'virtual-host'): readonly Node[] =>
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
  ...daemonsOf(site, places, 'server'),
]

const hostAt = (site: Site, port: number, from: string, inside: readonly Node[]): Node =>
  section(
    'VirtualHost',
    site.addresses.map((address) => `${address}:${port}`),
    `addresses, ${from}: where clients find this virtual host`,
    [
      directive('ServerName', [site.serverName], 'server-name: the name that it answers to'),
      ...site.serverAliases.map((alias) => directive('ServerAlias', [alias], 'server-aliases: a further name')),
      ...inside,
    ],
  )

/** Nothing of the site is reached by HTTP but what the authority asks for. */
const leading = (site: Site, tls: Tls, { documentRoot: folder }: Places): readonly Node[] => [
  directive('DocumentRoot', [folder], 'always: an empty folder, so that no code is ever below it'),
  emptyFolder(folder),
  ...(tls.acme === undefined ? [] : [challengeAlias(tls.acme)]),
  redirect(site, tls),
  ...(tls.acme === undefined ? [] : challengeSections(tls.acme)),
  ...beyondTheSeed(site, logs(site)),
]

const virtualHosts = (site: Site, places: Places): readonly Node[] => {
  const { port, tls } = site
  const daemons = daemonsOf(site, places, 'virtual-host')
  const acme = tls?.acme
  const challenge = acme === undefined ? {} : { first: [challengeAlias(acme)], last: challengeSections(acme) }
  const plain = (): Node => hostAt(site, port, 'port', contents(site, places, { daemons, ...challenge }))
  if (tls === undefined || places.withoutTls === true) return [plain()]
  const secured = (its: readonly Node[]): Node =>
    hostAt(site, tls.port, 'tls.port', [
      ...certificateOf(tls),
      ...hsts(tls),
      ...contents(site, places, { daemons: its }),
    ])
  return tls.redirect
    ? [hostAt(site, port, 'port', leading(site, tls, places)), secured(daemons)]
    : [plain(), secured([])]
}

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
    ? file(site, [...server(site, places), ...virtualHosts(site, places)], wording)
    : file(site, [...server(site, places), ...daemonsOf(site, places, 'virtual-host')], wording)

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
