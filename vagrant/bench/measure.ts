import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { execa } from 'execa'
import { z } from 'zod'
import { vagrantFolder } from '../cache.js'
import type { Guest } from '../guest.js'
import { cpuOf } from './host-cpu.js'
import type { Line } from './line.js'
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

/** A side that could not do its work: there is nothing to compare then. */
export class RunFailed extends Error {
  readonly exitCode = 1
}

const metered = z.object({ seconds: z.number(), cpu: z.number(), peak: z.number() })

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
  const file = join(folder, 'metered.json')
  const hostBefore = await cpuOf(guest)
  line.proxy.reset()
  const beginning = performance.now()
  const own = process.cpuUsage()
  const { argv, env, input, cwd } = await make()
  const { user, system } = process.cpuUsage(own)
  const making = (performance.now() - beginning) / 1000
  const ended = await execa('python3', ['-I', join(vagrantFolder, 'bench/meter.py'), file, ...argv], {
    env: { LC_ALL: 'C.UTF-8', ...env },
    input: input ?? '',
    reject: false,
    all: true,
    ...(cwd === undefined ? {} : { cwd }),
  })
  if (ended.failed) throw new RunFailed(`${argv.join(' ')} failed:\n${ended.all}`)
  const { client: sent, server: received } = line.proxy.bytes()
  const roundTrips = line.proxy.trips()
  const hostCpu = (await cpuOf(guest)) - hostBefore
  // Ansible's ssh stays for a minute, for a next run that shall not find it.
  line.proxy.cut()
  const { seconds, cpu, peak } = metered.parse(JSON.parse(await readFile(file, 'utf8')))
  const ownCpu = cpu + (user + system) / 1e6
  return {
    run: { seconds: making + seconds, roundTrips, sent, received, hostCpu, ownCpu, peakMemory: peak },
    // pyinfra tells its results on stderr.
    printed: ended.all,
  }
}
