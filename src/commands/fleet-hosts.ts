import { resolve } from 'node:path'
import { fleetHosts, type Fleet } from '../inventory/fleet-hosts.js'
import { withPath } from '../inventory/format.js'
import type { FleetOptions } from './options.js'
import type { Session } from './session.js'
import { givenSettings, warn } from './settings.js'

/** Which hosts there are, and what is wanted on each. Mistakes in it are told before anybody connects. */
export const fleetOf = async (session: Session, { file, inventory, limit = [] }: FleetOptions): Promise<Fleet> => {
  const { io } = session
  const overrides = await givenSettings(session)
  const fleet = await fleetHosts({ file, inventory, limits: limit, overrides, cwd: io.cwd, env: io.env })
  warn(session, fleet.notes)
  return fleet
}

/** What makes two runs runs of the same fleet. */
export const fleetIdentity = ({ io }: Session, { file, inventory }: Pick<FleetOptions, 'file' | 'inventory'>) => ({
  flagsFile: file === undefined ? undefined : resolve(io.cwd, file),
  inventory: inventory === undefined ? undefined : withPath(inventory, (path) => resolve(io.cwd, path)),
})
