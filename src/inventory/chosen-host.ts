import { counted, listed, printable } from '../config/mistake.js'
import { nearest } from '../config/near.js'
import { givenHost, isChosen, type Override } from '../config/overrides.js'
import { DeployError } from '../errors.js'
import type { FleetHost } from '../fleet/host.js'
import { allHosts } from './all-hosts.js'
import type { HostsSource } from './gather.js'

/**
 * For a command that is for one host, everything that is stronger than the flags file: what is particular to the host
 * that --host names, then options and variables. Throws HOST_NOT_CHOSEN, with the hosts that there are, where it is not
 * said, and NO_HOST_MATCHES where there is no such host.
 */
export const overridesOfChosen = async (source: HostsSource): Promise<readonly Override[]> => {
  const { overrides, document } = source
  // as in a saved plan, whose way may still be changed
  if (isChosen(overrides)) return overrides
  const { hosts } = await allHosts(source)
  const wanted = givenHost(overrides)
  if (wanted === undefined) throw notChosen(hosts, document?.file)
  const host = hostNamed(hosts, wanted)
  return [...host.overrides, ...overrides.filter(({ path }) => path.join('.') !== 'host')]
}

/** The host that an option or variable names. */
export const hostNamed = (hosts: readonly FleetHost[], { value, origin }: Override): FleetHost => {
  const name = String(value)
  const found = hosts.find((host) => host.name === name)
  if (found !== undefined) return found
  const names = hosts.map((host) => host.name)
  const near = nearest(name, names)
  throw new DeployError('NO_HOST_MATCHES', {
    what: `${printable(name)} is no host of this fleet${near === undefined ? '' : `; did you mean ${near}?`}`,
    where: origin,
    evidence: linesOf(hosts),
    remedy: `name one of them: ${listed(names)}; an address that is not among them needs a flags file with host`,
  })
}

const notChosen = (hosts: readonly FleetHost[], file = 'deploy-flask.yml'): DeployError =>
  new DeployError('HOST_NOT_CHOSEN', {
    what: `this command is for one host, and the flags file names ${counted(hosts.length, 'host')}`,
    where: file,
    evidence: linesOf(hosts),
    remedy:
      `say which one: --host ${hosts[0]?.name ?? 'NAME'}; ` +
      `or bring all of them to what the flags file wants: deploy-flask fleet apply -f ${file}`,
  })

const mostShown = 50

const linesOf = (hosts: readonly FleetHost[]): string => {
  const lines = hosts
    .slice(0, mostShown)
    .map(({ name, groups }) => (groups.length === 0 ? name : `${name} (${groups.join(', ')})`))
  return [...lines, ...(hosts.length > mostShown ? [`and ${hosts.length - mostShown} more`] : [])].join('\n')
}
