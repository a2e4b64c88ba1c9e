import type { Guest } from '../guest.js'
import { cpuOf } from './host-cpu.js'
import type { Line } from './line.js'
import { metered } from './metered.js'
import type { Command, Side } from './sides/side.js'

/** What one run of one side took. */
export interface Run {
  readonly seconds: number
  /** How often the client spoke after it had listened. */
  readonly roundTrips: number
  /** Bytes on the line. */
  readonly sent: number
  readonly received: number
  /** Seconds of the guest's processors, whatever ran there meanwhile. */
  readonly hostCpu: number
  /** Seconds of this computer's processors, of the program and its children. */
  readonly ownCpu: number
  /** MB: the largest of its processes here. */
  readonly peakMemory: number
}

export interface MeasuredRun {
  readonly run: Run
  readonly printed: string
}

/** Runs one side over the line. */
export async function measure(side: Side, guest: Guest, line: Line): Promise<MeasuredRun> {
  return await measureCommand(() => side.command(line), side.site.folder, guest, line)
}

/** Makes a command and runs it over the line. Whatever it has left open there is closed afterwards. */
export async function measureCommand(
  make: () => Promise<Command>,
  folder: string,
  guest: Guest,
  line: Line,
): Promise<MeasuredRun> {
  const hostBefore = await cpuOf(guest)
  line.proxy.reset()
  const beginning = performance.now()
  const own = process.cpuUsage()
  const command = await make()
  const { user, system } = process.cpuUsage(own)
  const making = (performance.now() - beginning) / 1000
  const { seconds, cpu, peak, printed } = await metered(command, folder)
  const { client: sent, server: received } = line.proxy.bytes()
  const roundTrips = line.proxy.trips()
  const hostCpu = (await cpuOf(guest)) - hostBefore
  // Ansible's ssh stays for a minute, for a next run that shall not find it.
  line.proxy.cut()
  const ownCpu = cpu + (user + system) / 1e6
  const run = { seconds: making + seconds, roundTrips, sent, received, hostCpu, ownCpu, peakMemory: peak }
  return { run, printed }
}
