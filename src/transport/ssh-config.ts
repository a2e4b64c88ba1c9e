import { homedir, userInfo } from 'node:os'
import { z } from 'zod'
import { DeployError } from '../errors.js'
import type { Address } from './address.js'
import { runLocally } from './local.js'

const word = z.string().optional()
const port = z
  .string()
  .regex(/^[0-9]{1,5}$/)
  .transform(Number)

/** What of `ssh -G` matters here. Keys are lower case there; one key can stand several times. */
const fields = z
  .object({
    hostname: z.string().min(1),
    user: z.string().min(1),
    port,
    identityfile: z.array(z.string()).default([]),
    identityagent: word,
    identitiesonly: word,
    userknownhostsfile: word,
    globalknownhostsfile: word,
    hostkeyalias: word,
    hashknownhosts: word,
    proxyjump: word,
    proxycommand: word,
    certificatefile: word,
  })
  .transform((found) => ({
    hostname: found.hostname,
    user: found.user,
    port: found.port,
    identityFiles: found.identityfile.filter((file) => file !== 'none').map((file) => expand(file, found)),
    identityAgent: agentSocket(found.identityagent, found),
    identitiesOnly: found.identitiesonly === 'yes',
    userKnownHostsFiles: fileList(found.userknownhostsfile),
    globalKnownHostsFiles: fileList(found.globalknownhostsfile),
    hostKeyAlias: found.hostkeyalias,
    hashKnownHosts: found.hashknownhosts === 'yes',
    proxyJump: unlessNone(found.proxyjump),
    proxyCommand: unlessNone(found.proxycommand),
    certificateFile: unlessNone(found.certificatefile),
  }))

/** What ssh_config says about a host, with every default filled in. */
export type SshConfig = z.output<typeof fields>

const unlessNone = (value: string | undefined): string | undefined => (value === 'none' ? undefined : value)

/** ssh prints these two as it found them; the home is the account's, not $HOME, as for ssh. */
const expand = (file: string, host: { hostname: string; user: string; port: number }): string => {
  const { homedir: home, username } = userInfo()
  const tokens: Readonly<Record<string, string>> = {
    '%%': '%',
    '%d': home,
    '%h': host.hostname,
    '%p': String(host.port),
    '%r': host.user,
    '%u': username,
  }
  return file
    .replace(/^~(?=\/|$)/, () => home)
    .replace(/%./g, (token) => tokens[token] ?? token)
    .replace(/\$\{(\w+)\}/g, (whole, name: string) => process.env[name] ?? whole)
}

const agentSocket = (
  value: string | undefined,
  host: { hostname: string; user: string; port: number },
): string | undefined => {
  if (value === 'none') return undefined
  const named = value === undefined || value === 'SSH_AUTH_SOCK' ? '$SSH_AUTH_SOCK' : value
  const variable = /^\$(\w+)$/.exec(named)?.[1]
  const socket = variable === undefined ? expand(named, host) : process.env[variable]
  return socket === '' ? undefined : socket
}

const fileList = (value: string | undefined): string[] =>
  (value ?? '')
    .split(/\s+/)
    .filter((file) => file !== '' && file !== 'none')
    .map((file) => file.replace(/^~(?=\/)/, () => userInfo().homedir))

const defaults = (address: Address): SshConfig => {
  const home = homedir()
  return fields.parse({
    hostname: address.host,
    user: address.user ?? userInfo().username,
    port: String(address.port ?? 22),
    identityfile: ['id_rsa', 'id_ecdsa', 'id_ed25519'].map((name) => `${home}/.ssh/${name}`),
    userknownhostsfile: `${home}/.ssh/known_hosts ${home}/.ssh/known_hosts2`,
    globalknownhostsfile: '/etc/ssh/ssh_known_hosts /etc/ssh/ssh_known_hosts2',
  })
}

export const parseSshConfig = (text: string): SshConfig => {
  const found: Record<string, string | string[]> = {}
  const identityfile: string[] = []
  for (const line of text.split('\n')) {
    const space = line.indexOf(' ')
    if (space < 0) continue
    const key = line.slice(0, space).toLowerCase()
    const value = line.slice(space + 1).trim()
    if (key === 'identityfile') identityfile.push(value)
    else found[key] ??= value
  }
  return fields.parse({ ...found, identityfile })
}

const unusable = (where: string, evidence: string): DeployError =>
  new DeployError('SSH_CONFIG_UNREADABLE', {
    what: 'ssh cannot read its configuration',
    where,
    evidence,
    remedy: `repair the file, and try it with: ssh -G HOST`,
  })

/** How ssh is told where to: what it says of a host depends on all of it. */
export const sshArgv = (address: Address, file: string | undefined): readonly string[] => [
  ...(file === undefined ? [] : ['-F', file]),
  ...(address.user === undefined ? [] : ['-l', address.user]),
  ...(address.port === undefined ? [] : ['-p', String(address.port)]),
]

/**
 * Asked of ssh itself, for nothing else knows Include, Match and the tokens exactly. Where there is no ssh, its
 * defaults are used.
 */
export const readSshConfig = async (address: Address, file?: string): Promise<SshConfig> => {
  const answer = await runLocally('ssh', ['-G', ...sshArgv(address, file), '--', address.host])
  if (answer.missing && file === undefined) return defaults(address)
  const where = file ?? '~/.ssh/config'
  if (answer.missing) throw unusable(where, 'there is no ssh on this computer to read it with')
  if (answer.exitCode !== 0) throw unusable(where, answer.stderr.trim())
  return parseSshConfig(answer.stdout)
}
