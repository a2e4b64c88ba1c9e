import { realpath } from 'node:fs/promises'
import { isAbsolute, join, relative, resolve, sep } from 'node:path'
import { sha256 } from '../config/content-hash.js'
import { DeployError } from '../errors.js'
import type { FleetHost } from '../fleet/host.js'
import { namedFormat, withPath } from '../inventory/format.js'
import type { RunInputs } from '../queue/run-record.js'
import type { FleetTargets } from './fleet-targets.js'
import { isAboutTheWay } from './settings.js'
import { usage } from './usage.js'

const listed = ({ overrides }: FleetHost, most: (override: FleetHost['overrides'][number]) => boolean): string =>
  JSON.stringify(overrides.filter(most).map(({ path, value }) => [path, value]))

/** One host for each site that they get: the others differ in nothing but the way to them. */
const oneOfEach = (hosts: readonly FleetHost[]): readonly FleetHost[] => [
  ...new Map(hosts.map((host) => [listed(host, (one) => !isAboutTheWay(one)), host])).values(),
]

const together = (hashes: readonly string[]): string => {
  const [first = '', ...others] = [...new Set(hashes)].sort()
  return others.length === 0 ? first : sha256(JSON.stringify([first, ...others]))
}

/** Hashes of all that a run of these hosts is made from, in their order. */
export const runInputs = async (targets: FleetTargets, hosts: readonly FleetHost[]): Promise<RunInputs> => {
  const all = []
  for (const host of oneOfEach(hosts)) all.push((await targets.of(host)).inputs)
  const playbooks = all.flatMap(({ playbook }) => (playbook === undefined ? [] : [playbook]))
  return {
    flagsFile: together(all.map(({ flagsFile }) => flagsFile)),
    code: together(all.map(({ code }) => code)),
    requirements: together(all.map(({ requirements }) => requirements)),
    ...(playbooks.length === 0 ? {} : { playbook: together(playbooks) }),
    hosts: sha256(JSON.stringify(hosts.map((host) => [host.name, listed(host, () => true)]))),
  }
}

const names: Readonly<Record<keyof RunInputs, string>> = {
  flagsFile: 'the flags file',
  code: "the application's code",
  requirements: "the application's requirements",
  playbook: 'the playbook',
  hosts: 'the inventory',
}

/** @throws DeployError QUEUE_INPUTS_DIFFER */
export const mustBeEqual = (run: RunInputs, here: RunInputs, directory: string): void => {
  const differ = (['flagsFile', 'code', 'requirements', 'playbook', 'hosts'] as const).filter(
    (name) => run[name] !== here[name],
  )
  if (differ.length === 0) return
  throw new DeployError('QUEUE_INPUTS_DIFFER', {
    what: `what is here is not what the run was made from: ${differ.map((name) => names[name]).join(' and ')}`,
    where: directory,
    remedy:
      'bring this folder to the same state (git pull), with the playbook of the run in --playbook; ' +
      'the worker looks again twice a minute',
  })
}

/** How a file is named for those who have the same folder, wherever it lies there. */
export const sharedPath = (path: string, cwd: string): string => {
  const shared = relative(cwd, resolve(cwd, path))
  if (shared === '' || isAbsolute(shared) || shared.split(sep).includes('..')) {
    throw usage(
      `${path} lies outside of the folder that you are in, which is the one that workers have, too`,
      'run it from the folder that holds the flags file, the code and the inventory',
    )
  }
  return shared.split(sep).join('/')
}

/** The same of an inventory, of which the form may be named, too: `ssh_config:hosts`. */
export const sharedInventory = (name: string, cwd: string): string => withPath(name, (path) => sharedPath(path, cwd))

export const inventoryWithin = async (directory: string, shared: string): Promise<string> => {
  const path = await fileWithin(directory, namedFormat(shared).path)
  return withPath(shared, () => path)
}

/** A file that is named so, here: no link leads it out of the folder. */
export const fileWithin = async (directory: string, shared: string): Promise<string> => {
  const path = join(directory, shared)
  const real = await realpath(path).catch(() => path)
  if (real.startsWith(directory.endsWith(sep) ? directory : `${directory}${sep}`)) return path
  throw new DeployError('QUEUE_DATA_INVALID', {
    what: 'a run names a file that a link leads out of the folder of this worker',
    where: path,
    remedy: 'keep the file itself in the folder, or start the worker with another --directory',
  })
}
