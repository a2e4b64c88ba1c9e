import { table } from '../figures.js'
import type { Verdict } from '../targets.js'
import type { FleetSize } from './growth.js'
import { hostsOfWorker, sharedHosts, type SharedRun } from './workers.js'

export interface FleetFindings {
  readonly sizes: readonly FleetSize[]
  readonly shared: readonly SharedRun[]
}

/** Of the largest fleet. */
const mostSeconds = 60
/** MB, beyond what one host takes. */
const mostMemory = 2

export function judgeFleet({ sizes, shared }: FleetFindings): readonly Verdict[] {
  const [first, last] = [sizes[0], sizes.at(-1)]
  if (first === undefined || last === undefined) return []
  const memory = memoryOfEach(first, last)
  return [
    verdict(`${last.hosts} hosts`, `${last.seconds.toFixed(1)} s`, `< ${mostSeconds} s`, last.seconds < mostSeconds),
    verdict('memory of each further host', `${memory.toFixed(2)} MB`, `< ${mostMemory} MB`, memory < mostMemory),
    ...shared.map(({ done, ...run }) =>
      verdict(`done by ${crewOf(run)}`, `${done} hosts`, `${sharedHosts} hosts`, done === sharedHosts),
    ),
  ]
}

const verdict = (what: string, is: string, target: string, reached: boolean): Verdict => ({
  what: `fleet, nothing to do: ${what}`,
  against: 'ourselves',
  is,
  target,
  reached,
})

const memoryOfEach = (first: FleetSize, { hosts, peak }: FleetSize): number =>
  hosts > first.hosts ? (peak - first.peak) / (hosts - first.hosts) : 0

const crewOf = ({ workers, oneKilled }: Pick<SharedRun, 'workers' | 'oneKilled'>): string =>
  `${workers} ${workers === 1 ? 'worker' : 'workers'}${oneKilled ? ', one of them killed' : ''}`

export function fleetTables({ sizes, shared }: FleetFindings): string {
  const [first] = sizes
  if (first === undefined) throw new Error('a fleet that was not measured')
  const rows = sizes.map((size) => [
    String(size.hosts),
    `${size.seconds.toFixed(2)} s`,
    `${size.cpu.toFixed(2)} s`,
    `${size.peak.toFixed(0)} MB`,
    size === first ? '' : `${memoryOfEach(first, size).toFixed(2)} MB`,
  ])
  const head = ['hosts', 'time', 'processor here', 'memory here', 'of it for each further host']
  const crews = shared.map((run) => [crewOf(run), `${run.seconds.toFixed(1)} s`, `${run.done} of ${sharedHosts}`])
  return [
    introduction,
    table(head, rows),
    sharing,
    table([`${sharedHosts} hosts, over Redis`, 'time', 'hosts done'], crews),
  ].join('\n\n')
}

const introduction = `\`fleet apply\` that finds nothing to do. The hosts are SSH servers in one process of this machine, each with an
address of its own, that answer what a real host has answered; encryption is real on both ends, and the time includes
what they take of the same processors.`

const sharing = `The same fleet given to workers with \`--queue\`: each takes ${hostsOfWorker} hosts at a time, and each host a second to
answer. One that is killed (\`kill -9\`, when a quarter is done) is taken over after up to 30 seconds, in which the others
go on. That nothing is done twice on a host then is tried on a real one: test/acceptance/fleet-queue.test.ts.`
