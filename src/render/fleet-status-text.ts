import { visible } from '../core/sanitise.js'
import type { Colours } from './colour.js'
import { columns } from './columns.js'
import type { ShownStatus } from './status-text.js'
import { age, plural } from './words.js'

interface HostStatus {
  readonly name: string
  readonly status: ShownStatus
}

const driftText = ({ drift }: ShownStatus): string =>
  typeof drift === 'string' ? drift : drift.length === 0 ? 'no drift' : plural(drift.length, 'difference')

const cellsOf = ({ name, status }: HostStatus): readonly string[] => {
  const { apache, enabled, releases, processes, requests, now } = status
  const live = releases.find(({ state }) => state === 'live')
  const asked = requests === null ? 0 : Object.values(requests.counts).reduce((sum, count) => sum + count, 0)
  const failed = Object.entries(requests?.counts ?? {}).reduce(
    (sum, [kind, count]) => (kind.startsWith('5') ? sum + count : sum),
    0,
  )
  const serves = apache === null ? 'Apache does not run' : enabled ? processesText(processes.length) : 'not enabled'
  return [
    name,
    live?.name ?? 'none',
    live?.at === undefined ? '' : `for ${age(now - Date.parse(live.at) / 1000)}`,
    serves,
    `${asked} requests an hour${failed === 0 ? '' : `, ${failed} failed`}`,
    driftText(status),
  ].map(visible)
}

const processesText = (count: number): string => (count === 1 ? '1 process' : `${count} processes`)

/** A line for each host. */
export const fleetStatusText = (hosts: readonly HostStatus[], { dim }: Colours): string => {
  const head = ['host', 'release', 'online', 'serves', 'is asked', 'drift']
  const [title = '', ...lines] = columns([head, ...hosts.map(cellsOf)])
  return [dim(title), ...lines, ''].join('\n')
}
