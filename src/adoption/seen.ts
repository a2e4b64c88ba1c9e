import { posix } from 'node:path'
import type { HandDaemon, HandHost, HandMount } from './hand-made.js'
import { daemonOf } from './process-groups.js'
import type { ReadScript } from './script.js'
import type { HandMade } from './virtual-hosts.js'

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
  /** The first folder on the way to the script that others than root can change. */
  readonly open?: string
}

export interface Seen {
  readonly site: HandMade
  readonly host: HandHost
  /** By path: those of the mounts. */
  readonly scripts: ReadonlyMap<string, FoundScript>
}

export const apacheAccount = 'www-data'

/** The mount that stands for the whole site, and its process group. */
export const mainOf = ({
  host,
}: Seen): { readonly mount: HandMount | undefined; readonly daemon: HandDaemon | undefined } => {
  const mount = host.mounts.find(({ url }) => url === '/') ?? host.mounts[0]
  return { mount, daemon: mount === undefined ? undefined : daemonOf(host, mount) }
}

export const scriptOf = (seen: Seen): FoundScript | undefined => {
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
export const isSimple = ({ host }: Seen): boolean => host.mounts.length === 1 && host.daemons.length <= 1

/** Made there is nothing; but a site has a folder for what it may get one day, and that is not the one of the code. */
export const rootFor = (site: string, code: string): string | undefined =>
  code === `/srv/${site}` || code.startsWith(`/srv/${site}/`) || `/srv/${site}`.startsWith(`${code}/`)
    ? `/srv/${site}-site`
    : undefined
