import { fleetHosts } from '../inventory/fleet-hosts.js'
import type { Io } from '../render/out.js'
import type { FleetFiles, FleetNames } from './complete.js'

/** Hosts and groups of a flags file and an inventory. */
export const fleetNames = async (
  { cwd, env }: Pick<Io, 'cwd' | 'env'>,
  { file, inventory }: FleetFiles,
): Promise<FleetNames> => {
  try {
    const { hosts, groups } = await fleetHosts({ file, inventory, cwd, env })
    return { hosts: hosts.map(({ name }) => name), groups }
  } catch {
    // at TAB nobody wants to know what is wrong with some file
    return { hosts: [], groups: [] }
  }
}
