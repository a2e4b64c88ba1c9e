import { loadDocument, loadOverrides } from '../config/load.js'
import { configInvalid, type Mistake } from '../config/mistake.js'
import { givenHost, originOf, type Override } from '../config/overrides.js'
import { DeployError } from '../errors.js'
import type { FleetHost } from '../fleet/host.js'
import { compose } from './compose.js'
import { asOrigin, gather, type HostsSource } from './gather.js'
import { everyHost, type Gathering, type Said } from './gathering.js'
import { judgeSettings } from './judge-settings.js'
import { inventoryInvalid } from './read-inventory.js'

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

const refuse = (
  { file, mistakes, hosts }: Gathering,
  ofHosts: readonly Mistake[],
  ofFile: readonly Mistake[],
  document: HostsSource['document'],
): void => {
  if (document !== undefined && asOrigin(document.file) === file) {
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
