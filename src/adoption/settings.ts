import { posix } from 'node:path'
import { dangerOfSqliteFolder } from '../config/dangerous-paths.js'
import { isSecretSetting } from '../config/inline-secrets.js'
import { flagsFile } from '../config/schema.js'
import type { HandDaemon, HandHost, HandMount, Left } from './hand-made.js'
import { daemonOf, groupOf, optionsOf, saidOf } from './process-groups.js'
import type { ReadScript } from './script.js'
import type { HandMade } from './virtual-hosts.js'

/** A setting with the place that says it. */
export interface Taken {
  readonly key: string
  readonly value: unknown
  readonly because: string
}

/** What a site that was made by hand is in the words of the flags file. */
export interface Adoption {
  readonly settings: readonly Taken[]
  readonly left: readonly Left[]
  /** What a person should know, a sentence each. */
  readonly notes: readonly string[]
  /** SHA-256 of the virtual host. */
  readonly virtualHost: string
  /** Whether it may be replaced: otherwise that would open what is closed now. */
  readonly isSafe: boolean
}

export interface FoundScript {
  readonly path: string
  readonly sha256: string
  readonly read: ReadScript
}

export interface Around {
  readonly kinds: Readonly<Record<string, 'file' | 'directory' | null>>
  readonly databases: readonly string[]
  readonly closed: readonly string[]
  readonly distribution: boolean
}

export interface Seen {
  readonly site: HandMade
  readonly host: HandHost
  /** By path: those of the mounts. */
  readonly scripts: ReadonlyMap<string, FoundScript>
}

const apacheAccount = 'www-data'

/** The mount that stands for the whole site, and its process group. */
export const mainOf = ({
  host,
}: Seen): { readonly mount: HandMount | undefined; readonly daemon: HandDaemon | undefined } => {
  const mount = host.mounts.find(({ url }) => url === '/') ?? host.mounts[0]
  return { mount, daemon: mount === undefined ? undefined : daemonOf(host, mount) }
}

const scriptOf = (seen: Seen): FoundScript | undefined => {
  const { mount } = mainOf(seen)
  return mount === undefined ? undefined : seen.scripts.get(mount.script)
}

const option = (daemon: HandDaemon | undefined, name: string): string | undefined => {
  const written = daemon?.options.get(name)
  return written === undefined ? undefined : written.replace(/(.)\/+$/, '$1')
}

/** Where Python imports the application from. */
export const codeFolderOf = (seen: Seen): string => {
  const { daemon, mount } = mainOf(seen)
  const [path] = (option(daemon, 'python-path') ?? '').split(':')
  const said = scriptOf(seen)?.read.code ?? (path === '' ? undefined : path) ?? option(daemon, 'home')
  return said ?? posix.dirname(mount?.script ?? '/')
}

export const venvOf = (seen: Seen): string | undefined =>
  option(mainOf(seen).daemon, 'python-home') ?? scriptOf(seen)?.read.venv

export const accountOf = (seen: Seen): { readonly user: string; readonly group: string } => {
  const { daemon } = mainOf(seen)
  return { user: option(daemon, 'user') ?? apacheAccount, group: option(daemon, 'group') ?? apacheAccount }
}

/** One application, one process group, and a module: what the usual instructions say. */
const isSimple = ({ host }: Seen): boolean => host.mounts.length === 1 && host.daemons.length <= 1

class Draft {
  readonly settings: Taken[] = []
  readonly left: Left[]
  readonly notes: string[] = []
  readonly #seen: Seen

  constructor(seen: Seen) {
    this.#seen = seen
    this.left = [...seen.host.left]
  }

  at(line: number): string {
    return `${this.#seen.site.path}:${line}`
  }

  /** What the schema does not take is told, and left out: whoever wrote the site may be anybody. */
  take(key: string, value: unknown, because: string): boolean {
    const shape: Readonly<Record<string, { safeParse(value: unknown): { readonly success: boolean } }>> =
      flagsFile.shape
    if (shape[key]?.safeParse(value).success !== true) {
      this.left.push({
        where: because,
        text: `${key}: ${JSON.stringify(value)}`.slice(0, 300),
        why: 'the setting does not take this value',
        protects: false,
      })
      return false
    }
    this.settings.push({ key, value, because })
    return true
  }

  /** Of a mapping what the schema takes, and the rest told. */
  takeEach(key: string, value: Readonly<Record<string, unknown>>, because: string): void {
    const shape: Readonly<Record<string, { safeParse(value: unknown): { readonly success: boolean } }>> =
      flagsFile.shape
    const kept: Record<string, unknown> = {}
    for (const [name, one] of Object.entries(value)) {
      if (shape[key]?.safeParse({ [name]: one }).success === true) kept[name] = one
      else this.take(key, { [name]: one }, because)
    }
    if (Object.keys(kept).length > 0) this.take(key, kept, because)
  }
}

const names = (draft: Draft, { site, host }: Seen): void => {
  draft.take('site', site.name, site.path)
  if (host.serverName !== undefined) draft.take('server-name', host.serverName, site.path)
  else draft.notes.push('it has no ServerName: add "server-name", the name that people ask for')
  const known = flagsFile.shape['server-aliases']
  const aliases = host.aliases.filter((alias) => known.safeParse([alias]).success)
  if (aliases.length > 0) draft.take('server-aliases', aliases, site.path)
  const strange = host.aliases.filter((alias) => !aliases.includes(alias))
  if (strange.length > 0) draft.take('server-aliases', strange, site.path)
  if (isSimple({ site, host, scripts: new Map() })) draft.take('profile', 'seed', 'nothing but what the file says')
  if (host.addresses.some((address) => address !== '*')) draft.take('addresses', host.addresses, site.path)
  if (host.port !== 80) draft.take('port', host.port, site.path)
}

/** Made there is nothing; but a site has a folder for what it may get one day, and that is not the one of the code. */
const rootFor = (site: string, code: string): string | undefined =>
  code === `/srv/${site}` || code.startsWith(`/srv/${site}/`) || `/srv/${site}`.startsWith(`${code}/`)
    ? `/srv/${site}-site`
    : undefined

const code = (draft: Draft, seen: Seen): void => {
  const folder = codeFolderOf(seen)
  const script = scriptOf(seen)
  const because = script?.read.codeLine === undefined ? seen.site.path : `${script.path}:${script.read.codeLine}`
  const root = rootFor(seen.site.name, folder)
  if (root !== undefined) draft.take('root', root, 'the usual one holds the code')
  draft.take('code', { path: folder }, because)
}

const environment = (draft: Draft, seen: Seen, around: Around): void => {
  const venv = venvOf(seen)
  const folder = codeFolderOf(seen)
  const hasList = around.kinds[`${folder}/requirements.txt`] === 'file'
  if (venv === undefined) {
    draft.notes.push(
      "it uses the packages of the host's own Python; a site of deploy-flask has an environment of its own: name in " +
        '"requirements" what is to be in it',
    )
    draft.take('requirements', hasList ? 'requirements.txt' : false, folder)
    return
  }
  draft.take('venv', venv, seen.site.path)
  if (around.kinds[`${venv}/bin/python`] !== 'file') {
    draft.notes.push(`${venv} is no virtual environment, or cannot be read: the plan will say what it lacks`)
  }
  draft.take('requirements', false, 'what is installed there stays')
  if (hasList) {
    draft.notes.push(
      'nothing will be installed; with "requirements: requirements.txt" what that file lists is kept installed',
    )
  }
}

const reference = (site: string, name: string): string => `${site}_${name}`.replace(/[^A-Za-z0-9]+/g, '_').toUpperCase()

const settings = (draft: Draft, { site }: Seen, { path, read }: FoundScript): void => {
  const values: Record<string, unknown> = {}
  for (const { name, value, line } of read.settings) {
    if (!isSecretSetting(name, value)) values[name] = value
    else {
      const variable = reference(site.name, name)
      values[name] = { env: variable }
      draft.notes.push(
        `${name} is a secret: put what stands in ${path}:${line} of the host into the variable ${variable}`,
      )
    }
  }
  if (Object.keys(values).length > 0) draft.takeEach('settings', values, path)
}

const mountedScripts = (draft: Draft, seen: Seen): void => {
  const { host } = seen
  const { daemon } = mainOf(seen)
  const several = host.mounts.map((mount) => {
    const group = daemonOf(host, mount)
    const callable = saidOf(host, mount, 'wsgicallableobject')
    const interpreter = mount.applicationGroup ?? saidOf(host, mount, 'wsgiapplicationgroup')
    return {
      mount: mount.url,
      script: mount.script,
      ...(callable === undefined || callable === 'application' ? {} : { callable }),
      ...(group === undefined || group === daemon ? {} : { 'process-group': group.name }),
      ...(interpreter === undefined || (host.mounts.length === 1 && interpreter === '%{GLOBAL}')
        ? {}
        : { 'application-group': interpreter }),
    }
  })
  draft.take('applications', several, host.mounts.map(({ line }) => draft.at(line)).join(', '))
}

const application = (draft: Draft, seen: Seen): void => {
  const { mount } = mainOf(seen)
  const script = scriptOf(seen)
  if (mount === undefined) return
  const isModule = isSimple(seen) && script?.read.wsgi !== undefined
  if (!isModule || script === undefined) {
    mountedScripts(draft, seen)
    if (script?.read.left !== undefined) {
      draft.notes.push(
        `${script.path} stays as it is, with the settings in it: ${script.read.left.why} (line ${script.read.left.line})`,
      )
    }
    return
  }
  draft.take('wsgi', script.read.wsgi, script.path)
  if (mount.url !== '/') draft.take('mount', mount.url, draft.at(mount.line))
  const interpreter = mount.applicationGroup ?? saidOf(seen.host, mount, 'wsgiapplicationgroup')
  if (interpreter !== '%{GLOBAL}' && interpreter !== undefined) {
    draft.take('application-group', interpreter, draft.at(mount.line))
  }
  settings(draft, seen, script)
}

const flags = (draft: Draft, { host, site }: Seen): void => {
  const isOn = (name: string): boolean => host.mounts.some((mount) => saidOf(host, mount, name)?.toLowerCase() === 'on')
  if (isOn('wsgipassauthorization')) draft.take('pass-authorization', true, site.path)
  if (isOn('wsgichunkedrequest')) draft.take('chunked-requests', true, site.path)
  if (
    host.mounts.some(
      ({ processGroup, applicationGroup }) => processGroup !== undefined && applicationGroup !== undefined,
    )
  )
    draft.take('preload', true, site.path)
}

const apart = ['user', 'group', 'python-home']

const processes = (draft: Draft, seen: Seen): void => {
  const { host, site } = seen
  const { daemon, mount } = mainOf(seen)
  if (mount === undefined) return
  const { user, group } = accountOf(seen)
  if (daemon === undefined) {
    const named = groupOf(host, mount)
    draft.notes.push(
      named === undefined
        ? 'it runs inside the processes of Apache (embedded mode); it will have processes of its own'
        : `its process group ${named} is not defined in this file; it will have one of its own`,
    )
  }
  if (user !== apacheAccount || !isSimple(seen)) draft.take('user', user, site.path)
  if (user !== apacheAccount ? group !== user : group !== apacheAccount) draft.take('group', group, site.path)
  else if (!isSimple(seen)) draft.take('group', group, site.path)
  if (daemon === undefined) return
  const said = optionsOf(daemon, apart)
  draft.takeEach(
    'daemon',
    {
      ...(daemon.name === site.name ? {} : { name: daemon.name }),
      ...(daemon.scope === 'server' ? { scope: 'server' } : {}),
      ...said,
    },
    draft.at(daemon.line),
  )
  const further = host.daemons.filter((one) => one !== daemon)
  if (further.length > 0) {
    draft.takeEach(
      'process-groups',
      Object.fromEntries(further.map((one) => [one.name, optionsOf(one, [])])),
      site.path,
    )
  }
}

const files = (draft: Draft, { host }: Seen, { kinds }: Around): void => {
  const served: Record<string, string> = {}
  for (const { url, path, line } of host.files) {
    const kind = kinds[path]
    if (kind === 'directory') served[`${url}/`] = path
    else if (kind === 'file') served[url] = path
    else
      draft.left.push({
        where: draft.at(line),
        text: `Alias ${url} ${path}`,
        why: 'there is nothing at that path',
        protects: false,
      })
  }
  if (Object.keys(served).length > 0)
    draft.takeEach('static', served, host.files.map(({ line }) => draft.at(line)).join(', '))
}

/** A folder that holds code must not be writable for the application, and would be refused. */
const databases = (draft: Draft, seen: Seen, around: Around): void => {
  const folder = codeFolderOf(seen)
  const scripts = seen.host.mounts.map(({ script }) => ({ folder: posix.dirname(script), what: 'scripts of the site' }))
  const served = seen.host.files.map(({ path }) => ({ folder: path, what: 'files that anybody can download' }))
  const layout = {
    own: [seen.site.name, accountOf(seen).user],
    root: rootFor(seen.site.name, folder) ?? `/srv/${seen.site.name}`,
    code: folder,
    inside: [...scripts, ...served],
  }
  const usable: string[] = []
  for (const path of around.databases) {
    const danger = dangerOfSqliteFolder(posix.dirname(path), layout)
    if (danger === undefined) usable.push(path)
    else
      draft.notes.push(
        `the database ${path} is used as it is, and not backed up: its folder cannot be named, ${danger}`,
      )
  }
  if (usable.length > 0) draft.take('sqlite', usable, `found; ${accountOf(seen).user} can write there`)
  for (const path of around.closed) {
    draft.notes.push(
      `${accountOf(seen).user} cannot write the database ${path}, or its folder: name it in "sqlite" where the application does`,
    )
  }
}

const httpd = (draft: Draft, { host, site }: Seen): void => {
  for (const [key, value] of host.settings) {
    if (typeof value === 'object' && value !== null) draft.takeEach(key, { ...value }, site.path)
    else draft.take(key, value, site.path)
  }
}

/**
 * What a site that was made by hand is in the words of the flags file, and what these cannot say.
 *
 * @param seen its virtual host and its scripts
 * @param around what lies at the paths that they name
 */
export const adoptionOf = (seen: Seen, around: Around): Adoption => {
  const draft = new Draft(seen)
  names(draft, seen)
  code(draft, seen)
  environment(draft, seen, around)
  application(draft, seen)
  flags(draft, seen)
  processes(draft, seen)
  files(draft, seen, around)
  databases(draft, seen, around)
  httpd(draft, seen)
  if (around.distribution) {
    draft.notes.push(
      'mod_wsgi comes from a package of Ubuntu: the plan is refused until "replace-distribution-module: true" says that it may be replaced, for all sites of the host',
    )
  }
  const script = scriptOf(seen)
  const isOurs = draft.settings.some(({ key }) => key === 'wsgi')
  const isSafe = !draft.left.some(({ protects }) => protects)
  draft.take(
    'adopted',
    {
      ...(isSafe ? { 'virtual-host': seen.site.sha256 } : {}),
      ...(isOurs && script !== undefined ? { script: script.path, 'script-hash': script.sha256 } : {}),
    },
    'what was made by hand, and may be replaced as long as it is that',
  )
  return {
    settings: draft.settings,
    left: draft.left,
    notes: draft.notes,
    virtualHost: seen.site.sha256,
    isSafe,
  }
}
