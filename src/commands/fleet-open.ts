import { resolve } from 'node:path'
import type { FlagsFile } from '../config/schema.js'
import type { Ask } from '../transport/ask.js'
import { askingOnce } from './fleet-ask.js'
import type { Fleet } from '../inventory/fleet-hosts.js'
import { fleetOf } from './fleet-hosts.js'
import type { FleetSession } from './fleet-session.js'
import { FleetTargets } from './fleet-targets.js'
import type { FleetOptions } from './options.js'
import type { Session } from './session.js'
import { usage } from './usage.js'

/** A fleet, and what is wanted on its hosts. */
export interface OpenFleet extends Fleet {
  readonly targets: FleetTargets
  readonly settings: FlagsFile['fleet']
  readonly site: string
  /** Asks for what a host needs, once for all. */
  readonly askOf: () => Ask
}

const nobody: Ask = () => Promise.resolve(undefined)

const askOf = ({ io, services, whileAsking }: Session): (() => Ask) =>
  io.interactive ? askingOnce((question) => whileAsking(() => services.ask(question))) : () => nobody

/** Reads which hosts there are and what they get: mistakes in it are told before anybody connects. */
export const withFleet = async <T>(
  session: FleetSession,
  options: FleetOptions & { readonly playbook?: string },
  work: (fleet: OpenFleet) => Promise<T>,
): Promise<T> => {
  const { io } = session
  const fleet = await fleetOf(session, options)
  const [first] = fleet.hosts
  if (first === undefined) throw usage('there are no hosts', 'name some in the flags file, or in --inventory FILE')
  const wanted = {
    file: options.file,
    playbook: options.playbook === undefined ? undefined : resolve(io.cwd, options.playbook),
    time: io.now(),
  }
  const targets = new FleetTargets(session, wanted, fleet)
  try {
    const { flags } = fleet.settingsOf(first)
    await targets.of(first)
    return await work({ ...fleet, targets, settings: flags.fleet, site: flags.site, askOf: askOf(session) })
  } finally {
    await targets.close()
  }
}
