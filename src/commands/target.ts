import { resolve } from 'node:path'
import type { Phase } from '../core/playbook.js'
import type { Connection, Site } from '../core/site.js'
import type { ServedTls } from '../core/tls.js'
import type { LoadedFlags } from '../config/load.js'
import type { Origin } from '../core/repository.js'
import type { Override } from '../config/overrides.js'
import { checkingOut } from './check-out.js'
import type { Dialling } from './dialling.js'
import { inputsOf, type Inputs } from './inputs.js'
import type { Session } from './session.js'
import { loadSettings, warn } from './settings.js'

/** What a run brings to a host. */
export interface Aim {
  readonly site: Pick<Site, 'name' | 'serverName' | 'port'> & { readonly tls?: Pick<ServedTls, 'port'> }
  readonly phases: readonly Phase[]
  /** Path of the flags file, when there is one. */
  readonly file: string | undefined
  /** Where the code comes from a repository. */
  readonly origin: Origin | undefined
}

/** What is wanted and where, before anybody connects. */
export interface Target extends Aim {
  readonly overrides: readonly Override[]
  readonly site: Site
  readonly connection: Connection
  readonly inputs: Inputs
  /** Names the release; a saved plan is applied with the time of that plan. */
  readonly time: Date
}

export interface Wanted {
  readonly file: string | undefined
  readonly overrides: readonly Override[]
  /** Absolute path of a playbook of the user's. */
  readonly playbook?: string | undefined
  readonly time: Date
  /** The commit of a saved plan. */
  readonly planned?: Origin | undefined
}

/** Reads everything that is wanted; `dialling` begins before the code is read. */
export const findTarget = async (session: Session, wanted: Wanted, dialling?: Dialling): Promise<Target> => {
  const loaded = await loadSettings(session, wanted, dialling?.approach)
  const file = wanted.file === undefined ? undefined : resolve(session.io.cwd, wanted.file)
  return targetOf(session, loaded, { ...wanted, file }, (connection) => dialling?.begin(connection))
}

/** The same of settings that are known already. */
export const targetOf = async (
  session: Session,
  { flags, directory, where, hash, overrides }: LoadedFlags,
  { file, playbook, time, planned }: Omit<Wanted, 'overrides'>,
  dial?: (connection: Connection) => void,
): Promise<Target> => {
  const { io, services, options } = session
  const withOptions = (connection: Connection): Connection => ({
    ...connection,
    acceptNewHostKey: connection.acceptNewHostKey || options.acceptNewHostKey === true,
  })
  const around = {
    directory,
    env: io.env,
    now: time,
    ...(file === undefined ? {} : { file }),
    where,
    dial: (connection: Connection) => dial?.(withOptions(connection)),
    checkOut: checkingOut(session, planned),
  }
  const own = playbook === undefined ? undefined : await services.loadPlaybook(playbook)
  const { site, connection, notes } = await services.resolveSite(flags, around)
  warn(session, notes)
  return {
    file,
    overrides,
    site,
    connection: withOptions(connection),
    phases: own === undefined ? await services.phases(site) : own.phases(site),
    inputs: inputsOf(hash, site, own?.hash),
    origin: site.code.kind === 'folder' ? site.code.origin : undefined,
    time,
  }
}
