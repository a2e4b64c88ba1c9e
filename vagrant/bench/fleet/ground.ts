import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parse, stringify } from 'yaml'
import { z } from 'zod'
import { secrets } from '../../../test/fixtures/sites.js'
import { startSimulatedHosts, type Behaviour, type SimulatedHosts } from '../../../test/helpers/simulated-hosts.js'
import { commandLine, examplesFolder } from '../../notes.js'
import type { Command } from '../sides/side.js'

/** Hosts on which examples/notes is as it should be, and a folder that brings it there. */
export interface FleetGround {
  readonly hosts: SimulatedHosts
  /** Holds deploy-flask.yml and hosts. */
  readonly folder: string
  /** Of the people who deploy: secrets, and where their state is kept. */
  readonly env: Readonly<Record<string, string>>
}

export async function onFleet<T>(
  count: number,
  behaviour: Behaviour,
  parent: string,
  work: (ground: FleetGround) => Promise<T>,
): Promise<T> {
  const folder = join(parent, 'fleet')
  await mkdir(folder)
  const hosts = await startSimulatedHosts(count, behaviour)
  try {
    const notes = z.looseObject({}).parse(parse(await readFile(join(examplesFolder, 'notes.yml'), 'utf8')))
    const flags = {
      ...notes,
      code: { folder: join(examplesFolder, 'notes') },
      ssh: { 'config-file': hosts.sshConfigFile },
    }
    await writeFile(join(folder, 'deploy-flask.yml'), stringify(flags))
    await writeFile(join(folder, 'hosts'), hosts.hosts.map((host) => `${host}\n`).join(''))
    const own = { XDG_STATE_HOME: join(folder, 'state'), XDG_CACHE_HOME: join(folder, 'cache') }
    return await work({ hosts, folder, env: { ...secrets, ...own, NO_COLOR: '1' } })
  } finally {
    await hosts.stop()
    await rm(folder, { recursive: true })
  }
}

/** `fleet apply` of all of them, without a question. */
export const fleetApply = ({ folder, env }: FleetGround, ...more: readonly string[]): Command => ({
  argv: [
    process.execPath,
    ...[commandLine, 'fleet', 'apply', '-f', 'deploy-flask.yml', '--inventory', 'hosts', '--yes'],
    ...more,
  ],
  env,
  cwd: folder,
})
