import { openFlagsFile } from '../config/flags-document.js'
import { loadDocument, loadOverrides, type LoadedFlags } from '../config/load.js'
import { counted, printable } from '../config/mistake.js'
import { givenHost, type Override } from '../config/overrides.js'
import { DeployError } from '../errors.js'
import type { FleetHost } from '../fleet/host.js'
import { allHosts } from './all-hosts.js'
import { hostNamed } from './chosen-host.js'
import { readLimits } from './limits.js'
import { rosterOf } from './roster.js'

/** What says which hosts there are, and which of them are meant. */
export interface FleetSource {
  /** Path of the flags file, as it was given; undefined where options say everything. */
  readonly file: string | undefined
  /** `--inventory`: stronger than what the flags file says of hosts. */
  readonly inventory?: string | undefined
  /** `--limit`, each as it was given; none mean all hosts. */
  readonly limits?: readonly string[]
  /** Options and variables, which are stronger than what is said of any host. */
  readonly overrides?: readonly Override[]
  readonly cwd: string
  readonly env: Readonly<Record<string, string | undefined>>
}

export interface Fleet {
  /** Those that are meant, in the order of the inventory, each once. */
  readonly hosts: readonly FleetHost[]
  /** All groups, in the order in which they are written first. */
  readonly groups: readonly string[]
  /** What a person should know of the inventory, a sentence each. */
  readonly notes: readonly string[]
  /** Names of those of `hosts` that a pattern means. Throws NO_HOST_MATCHES where it means none in the whole fleet. */
  readonly matching: (pattern: string) => ReadonlySet<string>
  /** The settings of one of them, from a flags file that was read once; throws as `loadSettings` does. */
  readonly settingsOf: (host: FleetHost) => LoadedFlags
}

/**
 * The hosts of a fleet. All mistakes of the inventory and of what it says of hosts are told at once; throws
 * INVENTORY_INVALID or, where they stand in the flags file, CONFIG_INVALID; INVENTORY_UNREADABLE, NO_HOST_MATCHES,
 * HOST_TWICE.
 */
export const fleetHosts = async (source: FleetSource): Promise<Fleet> => {
  const { file, inventory, limits = [], overrides = [], cwd, env } = source
  const document = file === undefined ? undefined : await openFlagsFile(file)
  const { hosts: all, groups, notes, isFleet } = await allHosts({ document, inventory, overrides, cwd, env })
  const roster = rosterOf(all, groups)
  const limited = limits.length === 0 ? all : roster.select(await readLimits(limits, cwd))
  const wanted = isFleet ? givenHost(overrides) : undefined
  const hosts = wanted === undefined ? limited : [hostNamed(limited, wanted)]
  refuseTwice(hosts)
  const names = new Set(hosts.map(({ name }) => name))
  const others = overrides.filter(({ path }) => path.join('.') !== 'host')
  return {
    hosts,
    groups,
    notes,
    matching: (text) => {
      const meant = roster.select([{ text, origin: 'pattern' }]).map(({ name }) => name)
      return new Set(meant.filter((name) => names.has(name)))
    },
    settingsOf: (host) => {
      const stronger = [...host.overrides, ...others]
      return document === undefined ? loadOverrides(stronger, cwd) : loadDocument(document, stronger)
    },
  }
}

/** As ssh is told: which machine a name leads to, only ssh knows. */
const addressOf = ({ overrides }: FleetHost): string => {
  const said = (key: string): unknown => overrides.findLast(({ path }) => path.join('.') === key)?.value
  const host = String(said('host')).replace(/^.*@/, '').toLowerCase()
  return JSON.stringify([host, said('ssh.port'), said('ssh.config-file')])
}

/** A host has one run at a time: the second of two names would find the first at work, and might want something else. */
const refuseTwice = (hosts: readonly FleetHost[]): void => {
  const byAddress = new Map<string, string[]>()
  for (const host of hosts) {
    const address = addressOf(host)
    const names = byAddress.get(address)
    if (names === undefined) byAddress.set(address, [host.name])
    else names.push(host.name)
  }
  const twice = [...byAddress.values()].filter((names) => names.length > 1)
  if (twice.length === 0) return
  throw new DeployError('HOST_TWICE', {
    what: `${counted(twice.length, 'address')} ${twice.length === 1 ? 'has' : 'have'} several names in the inventory`,
    evidence: twice
      .slice(0, 50)
      .map((names) => `${names.map((name) => printable(name)).join(', ')}: the same address and port`)
      .join('\n'),
    remedy: 'leave one name of each out of the inventory, or choose between them with --limit',
  })
}
