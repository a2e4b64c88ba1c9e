import { DeployError } from '../errors.js'
import { parseAddress, type Address } from './address.js'
import { readSshConfig, type SshConfig } from './ssh-config.js'

/** A host with everything that ssh_config says about it, and the hosts before it on the way there. */
export interface SshHost {
  /** As ssh is told. */
  readonly address: Address
  readonly sshConfigFile: string | undefined
  readonly config: SshConfig
  /** As shown to people. */
  readonly target: string
  /** What identifies it, for "where" in errors. */
  readonly where: string
}

const longestWay = 8

const describe = async (typed: string, address: Address, sshConfigFile: string | undefined): Promise<SshHost> => {
  const config = await readSshConfig(address, sshConfigFile)
  const hostname = config.hostname.includes(':') ? `[${config.hostname}]` : config.hostname
  const target = `${config.user}@${hostname}${config.port === 22 ? '' : `:${config.port}`}`
  return { address, sshConfigFile, config, target, where: target.includes(typed) ? target : `${target} (${typed})` }
}

const asAddress = (jump: string): Address => parseAddress(jump.replace(/^ssh:\/\//, '').replace(/\/$/, ''))

/** The way to a host: its jump hosts in the order of the connections, then the host itself. */
export const resolveWay = async (
  typed: string,
  overrides: { readonly user?: string; readonly port?: number; readonly sshConfigFile?: string },
): Promise<readonly [...SshHost[], SshHost]> => {
  const { user, port, sshConfigFile } = overrides
  const address = {
    ...parseAddress(typed),
    ...(user === undefined ? {} : { user }),
    ...(port === undefined ? {} : { port }),
  }
  const host = await describe(typed, address, sshConfigFile)
  const way: SshHost[] = [host]
  // Only the first of several jump hosts goes its own way; the others are reached through the one before, as in ssh.
  for (let jump = host.config.proxyJump; jump !== undefined;) {
    const hops = jump.split(',').map((hop) => hop.trim())
    if (way.length + hops.length > longestWay) {
      throw new DeployError('SSH_CONFIG_UNSUPPORTED', {
        what: `the way to ${typed} has more than ${longestWay} jump hosts`,
        evidence: `ProxyJump ${jump}`,
        remedy: 'look for a ProxyJump in ssh_config that leads back to itself',
      })
    }
    const before = await Promise.all(hops.map((hop) => describe(hop, asAddress(hop), sshConfigFile)))
    way.unshift(...before)
    jump = before[0]?.config.proxyJump
  }
  const last = way.pop()
  if (last === undefined) throw new TypeError('a way has at least one host')
  return [...way, last]
}
