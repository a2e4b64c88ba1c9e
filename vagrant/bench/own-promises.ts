import { connectSsh } from '../../src/transport/ssh.js'
import { median, medianOf, type Figures } from './figures.js'
import type { Guest } from '../guest.js'
import { cpuOf } from './host-cpu.js'
import { overLine, type Line } from './line.js'
import { countProcesses, type Processes } from './processes.js'
import { guestOf, type Guests } from './series.js'
import { measure } from './measure.js'
import type { Side, SideName } from './sides/side.js'
import type { Verdict } from './targets.js'

/** What a run that finds nothing to do makes on the host, login included, of each side. */
export async function processesOf(
  sides: readonly Side[],
  guests: Guests,
  folder: string,
): Promise<ReadonlyMap<SideName, Processes>> {
  const made = new Map<SideName, Processes>()
  for (const side of sides) {
    const guest = guestOf(guests, side)
    const run = (line: Line) => countProcesses(guest, folder, () => measure(side, guest, line))
    made.set(side.name, await overLine(guest, 0, folder, run))
  }
  return made
}

/** What a run costs before it has asked anything: logging in, and one command as root. */
async function bare({ host, sshConfigFile }: Line): Promise<void> {
  const transport = await connectSsh({ host, sshConfigFile })
  await transport.run({ argv: ['true'], as: 'root' })
  await transport.close()
}

/** What this tool has promised of a run that finds nothing to do, whatever others need. */
export async function ownPromises(
  sides: readonly Side[],
  guests: Guests,
  figures: Figures,
  processes: ReadonlyMap<SideName, Processes>,
  folder: string,
): Promise<readonly Verdict[]> {
  const side = sides.find(({ name }) => name === 'deploy-flask')
  const far = figures.get('nothing to do, 50 ms')
  const trips = medianOf(far, 'deploy-flask', 'roundTrips')
  const memory = medianOf(far, 'deploy-flask', 'peakMemory')
  const forked = processes.get('deploy-flask')?.forked
  if (side === undefined || trips === undefined || memory === undefined || forked === undefined) return []
  const guest = guestOf(guests, side)
  const { login, ofLogin } = await overLine(guest, 0, folder, async (line) => ({
    login: await countProcesses(guest, folder, () => bare(line)),
    ofLogin: median(await repeated(5, () => cpuDuring(guest, () => bare(line)))),
  }))
  const hostCpu = medianOf(figures.get('nothing to do, 0 ms'), 'deploy-flask', 'hostCpu') ?? Infinity
  return [
    promise('round trips, hello and goodbye included', trips, 5, ''),
    promise('processes on the host beyond the login', forked - login.forked, 12, ''),
    promise('CPU on the host beyond the login', (hostCpu - ofLogin) * 1000, 120, ' ms'),
    promise('peak memory here', memory, 150, ' MB'),
  ]
}

async function cpuDuring(guest: Guest, work: () => Promise<unknown>): Promise<number> {
  const before = await cpuOf(guest)
  await work()
  return (await cpuOf(guest)) - before
}

async function repeated<T>(times: number, work: () => Promise<T>): Promise<readonly T[]> {
  const all: T[] = []
  while (all.length < times) all.push(await work())
  return all
}

function promise(what: string, is: number, most: number, unit: string): Verdict {
  // Less than nothing was measured wrongly, and proves nothing.
  const reached = is >= 0 && is <= most
  return {
    what: `nothing to do: ${what}`,
    against: 'ourselves',
    is: `${Math.round(is)}${unit}`,
    target: `<= ${most}${unit}`,
    reached,
  }
}
