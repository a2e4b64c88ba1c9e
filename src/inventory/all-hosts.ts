import { dirname, isAbsolute, join } from 'node:path'
import type { FlagsDocument } from '../config/flags-document.js'
import { loadDocument, loadOverrides } from '../config/load.js'
import { configInvalid, type Mistake } from '../config/mistake.js'
import { givenHost, originOf, type Override } from '../config/overrides.js'
import { localPath } from '../config/secrets.js'
import { variablePrefix } from '../config/usual-settings.js'
import { DeployError } from '../errors.js'
import type { FleetHost } from '../fleet/host.js'
import { compose } from './compose.js'
import { namedFormat } from './format.js'
import { everyHost, Gathering, type Said } from './gathering.js'
import { judgeSettings } from './judge-settings.js'
import { readOurs } from './ours.js'
import { inventoryInvalid, readInventory } from './read-inventory.js'

/** What says which hosts there are. */
export interface HostsSource {
  /** Undefined where options say everything. */
  readonly document: FlagsDocument | undefined
  /** `--inventory`: stronger than what the flags file says of hosts. */
  readonly inventory?: string | undefined
  /** Options and variables, which are stronger than what is said of any host. */
  readonly overrides: readonly Override[]
  readonly cwd: string
  readonly env: Readonly<Record<string, string | undefined>>
}

export interface AllHosts {
  readonly hosts: readonly FleetHost[]
  /** Without `all`, in the order in which they are written first. */
  readonly groups: readonly string[]
  readonly notes: readonly string[]
  /** Whether they are named as hosts of a fleet, and not one host as the flags file has always named it. */
  readonly isFleet: boolean
}

/** Every host that there is, with everything that is particular to it; all mistakes at once. */
export const allHosts = async (source: HostsSource): Promise<AllHosts> => {
  const gathering = await gather(source)
  if (gathering === undefined) return theOnlyHost(source)
  const { document, overrides: given } = source
  const composed = compose(gathering)
  const inGroups = new Set(composed.flatMap(({ groups }) => groups))
  const idle = [...gathering.groups.values()].filter(({ name }) => name !== everyHost && !inGroups.has(name))
  const settings = document === undefined ? { version: 1 } : document.settings
  const base = { settings, parsed: document?.parsed, given }
  const judgement = judgeSettings(
    composed,
    idle.map(({ said }) => said),
    base,
  )
  refuse(gathering, judgement.ofHosts, [...(document?.parsed.mistakes ?? []), ...judgement.ofFile], document)
  const plain = new Map<Said, Override>()
  const overrideOf = (said: Said): Override => {
    const known = plain.get(said)
    if (known !== undefined) return known
    const { path, value, origin } = said
    const made = { path, value, origin }
    plain.set(said, made)
    return made
  }
  return {
    hosts: composed.map(({ name, groups, said }) => ({ name, groups, overrides: said.map(overrideOf) })),
    groups: [...gathering.groups.keys()].filter((name) => name !== everyHost),
    notes: gathering.notes,
    isFleet: true,
  }
}

/** Undefined where one host is named in the way of a single host. */
const gather = async ({ document, inventory, cwd, env }: HostsSource): Promise<Gathering | undefined> => {
  if (inventory !== undefined) {
    const { path, format } = namedFormat(inventory)
    return readInventory({ path: localPath(path, { directory: cwd, env }), file: shown(path), format, env })
  }
  if (document?.fleet === undefined) return undefined
  const { fleet, file, directory, parsed } = document
  const written = fleet['inventory']
  const into = new Gathering(shown(file))
  if (fleet['hosts'] !== undefined || typeof written !== 'string' || written === '') {
    if ('inventory' in fleet) tellOfInventory(document, into)
    if ('hosts' in fleet) readOurs(fleet, { place: parsed.place, home: undefined }, into)
    else if ('groups' in fleet) into.mistake(parsed.place(['groups'], 'key'), ['groups'], 'needs hosts beside it')
    tellOfHost(document, into)
    return into
  }
  if ('groups' in fleet || hostIn(document)) {
    tellOfHost(document, into)
    if ('groups' in fleet) {
      into.mistake(parsed.place(['groups'], 'key'), ['groups'], 'belongs into the inventory, where there is one')
    }
    return into
  }
  const { path, format } = namedFormat(written)
  const name = isAbsolute(path) || path.startsWith('~/') ? path : join(dirname(file), path)
  return readInventory({ path: localPath(path, { directory, env }), file: shown(name), format, env })
}

const tellOfInventory = ({ fleet, parsed }: FlagsDocument, into: Gathering): void => {
  const message =
    fleet?.['hosts'] === undefined ? 'must be the path of an inventory' : 'cannot be beside hosts: write one of them'
  into.mistake(parsed.place(['inventory']), ['inventory'], message)
}

const hostIn = ({ settings }: FlagsDocument): boolean =>
  typeof settings === 'object' && settings !== null && 'host' in settings

const tellOfHost = (document: FlagsDocument, into: Gathering): void => {
  if (hostIn(document)) into.mistake(document.parsed.place(['host']), ['host'], 'cannot be beside hosts or inventory')
}

/** An origin must not look like an option, nor like a variable. */
const shown = (file: string): string => (file.startsWith('-') || file.startsWith(variablePrefix) ? `./${file}` : file)

const refuse = (
  { file, mistakes, hosts }: Gathering,
  ofHosts: readonly Mistake[],
  ofFile: readonly Mistake[],
  document: FlagsDocument | undefined,
): void => {
  if (document !== undefined && shown(document.file) === file) {
    const all = [...mistakes, ...ofHosts, ...ofFile]
    if (all.length > 0) throw configInvalid(file, all)
  } else {
    if (mistakes.length > 0 || ofHosts.length > 0) throw inventoryInvalid(file, [...mistakes, ...ofHosts])
    if (document !== undefined && ofFile.length > 0) throw configInvalid(document.file, ofFile)
  }
  if (hosts.size > 0) return
  throw new DeployError('NO_HOST_MATCHES', {
    what: 'the inventory names no host',
    where: file,
    remedy: 'write the hosts of the fleet into it: deploy-flask explain NO_HOST_MATCHES',
  })
}

/** The host that a flags file names with `host`, or an option: a fleet of one. */
const theOnlyHost = ({ document, overrides, cwd }: HostsSource): AllHosts => {
  const loaded = document === undefined ? loadOverrides(overrides, cwd) : loadDocument(document, overrides)
  const { host } = loaded.flags
  const origin = givenHost(overrides)?.origin ?? originOf(overrides, ['host']) ?? loaded.where('host')
  const name = host.replace(/^.*@/, '')
  return {
    hosts: [{ name, groups: [], overrides: [{ path: ['host'], value: host, origin }] }],
    groups: [],
    notes: [],
    isFleet: false,
  }
}
