import { safeJson, visible } from '../core/sanitise.js'
import type { FleetHost } from '../fleet/host.js'
import type { fleetListForm } from '../render/fleet-documents.js'
import { columns } from '../render/columns.js'
import { plural } from '../render/words.js'
import { fleetOf } from './fleet-hosts.js'
import type { FleetOptions } from './options.js'
import type { Session } from './session.js'
import type { z } from 'zod'

/** `host` is shown where it is not what the host is called. */
const differs = ({ name, overrides }: FleetHost): string =>
  overrides
    .filter(({ path, value }) => path.join('.') !== 'host' || value !== name)
    .map(({ path, value }) => `${path.join('.')}: ${typeof value === 'string' ? value : JSON.stringify(value)}`)
    .join(', ')

const documentOf = (hosts: readonly FleetHost[]): z.input<typeof fleetListForm> => ({
  version: 1,
  hosts: hosts.map(({ name, groups, overrides }) => ({
    host: name,
    groups,
    differs: Object.fromEntries(overrides.map(({ path, value }) => [path.join('.'), value])),
  })),
})

/** Which hosts there are, their groups, and what is particular to each. Connects to none. */
export const fleetList = async (session: Session, options: FleetOptions): Promise<number> => {
  const { io, colours } = session
  const { hosts } = await fleetOf(session, options)
  if (options.json === true) {
    io.stdout.write(`${safeJson(documentOf(hosts), 2)}\n`)
    return 0
  }
  const head = ['host', 'groups', 'differs in']
  const rows = hosts.map((host) => [host.name, host.groups.join(', '), differs(host)].map(visible))
  const [title = '', ...lines] = columns([head, ...rows])
  io.stdout.write([colours.result.dim(title), ...lines, plural(hosts.length, 'host'), ''].join('\n'))
  return 0
}
