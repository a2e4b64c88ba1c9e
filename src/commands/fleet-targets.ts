import { resolve } from 'node:path'
import type { LoadedFlags } from '../config/load.js'
import { SharedCode } from '../config/shared-code.js'
import type { Connection } from '../core/site.js'
import type { FleetHost } from '../fleet/host.js'
import type { Fleet } from '../inventory/fleet-hosts.js'
import { sharing } from './sharing.js'
import type { Session } from './session.js'
import { isAboutTheWay, warn } from './settings.js'
import { targetOf, type Target } from './target.js'

export interface FleetWanted {
  readonly file: string | undefined
  readonly playbook: string | undefined
  /** Names the release on every host. */
  readonly time: Date
}

/** The same of hosts that differ in nothing but the way to them: they get the same site. */
const siteKey = ({ overrides }: FleetHost): string =>
  JSON.stringify(overrides.filter((one) => !isAboutTheWay(one)).map(({ path, value }) => [path, value]))

/** What is wanted on each host of a fleet, of which everything is read, hashed and packed once. */
export class FleetTargets {
  readonly #sites = new Map<string, Promise<Target>>()
  readonly #hostsOf = new Map<string, number>()
  readonly #code = new SharedCode()
  readonly #session: Session

  constructor(
    session: Session,
    private readonly wanted: FleetWanted,
    private readonly fleet: Pick<Fleet, 'hosts' | 'settingsOf'>,
  ) {
    const { hosts } = fleet
    this.#session = sharing(session, this.#code.readFolder)
    for (const host of hosts) this.#hostsOf.set(siteKey(host), (this.#hostsOf.get(siteKey(host)) ?? 0) + 1)
  }

  async of(host: FleetHost): Promise<Target> {
    const loaded = this.fleet.settingsOf(host)
    const [site, connection] = await Promise.all([this.#site(host, loaded), this.#connection(loaded)])
    return { ...site, connection }
  }

  /** The archives that were kept to be sent. */
  async close(): Promise<void> {
    await this.#code.close()
  }

  #site(host: FleetHost, loaded: LoadedFlags): Promise<Target> {
    const key = siteKey(host)
    const known = this.#sites.get(key)
    if (known !== undefined) return known
    const made = this.#make(loaded)
    // what is one host's alone is not kept: a fleet may have thousands of them
    if ((this.#hostsOf.get(key) ?? 0) > 1) this.#sites.set(key, made)
    return made
  }

  #make(loaded: LoadedFlags): Promise<Target> {
    const { io } = this.#session
    const { file, playbook, time } = this.wanted
    warn(this.#session, loaded.warnings)
    const absolute = file === undefined ? undefined : resolve(io.cwd, file)
    return targetOf(this.#session, loaded, { file: absolute, playbook, time })
  }

  async #connection({ flags, directory }: LoadedFlags): Promise<Connection> {
    const { services, io, options } = this.#session
    const connection = await services.resolveConnection(flags, { directory, env: io.env })
    return { ...connection, acceptNewHostKey: connection.acceptNewHostKey || options.acceptNewHostKey === true }
  }
}
