import { access } from 'node:fs/promises'
import { DeployError, type ErrorCode } from '../errors.js'
import { runLocally } from './local.js'
import type { Attempts } from './ssh-authentication.js'
import type { SshHost } from './ssh-host.js'

const propertyOf = (error: unknown, name: 'code' | 'level'): string | undefined => {
  if (!(error instanceof Error) || !(name in error)) return undefined
  const value: unknown = Reflect.get(error, name)
  return typeof value === 'string' ? value : undefined
}

const messagesOf = (error: unknown): string => {
  if (error instanceof AggregateError) return error.errors.map(messagesOf).join('\n')
  return error instanceof Error ? error.message : String(error)
}

/** Why there is no connection. */
interface NoConnection {
  readonly code: ErrorCode
  readonly what: string
  readonly remedy: string
}

export const connectFailed = (host: SshHost, { code, what, remedy }: NoConnection, error: unknown): DeployError =>
  new DeployError(code, { what, where: host.where, evidence: messagesOf(error), remedy }, { cause: error })

/** Why no TCP connection came about. */
export const dialFailure = (host: SshHost, error: unknown): DeployError => {
  const { hostname, port } = host.config
  const because = (code: ErrorCode, what: string, remedy: string): DeployError =>
    connectFailed(host, { code, what, remedy }, error)
  switch (propertyOf(error, 'code')) {
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return because(
        'HOST_NAME_UNKNOWN',
        `no address is known for the name ${hostname}`,
        'check the name and the DNS, or add a HostName to ssh_config',
      )
    case 'ECONNREFUSED':
      return because(
        'CONNECT_REFUSED',
        `nothing listens on port ${port} of ${hostname}`,
        'start sshd there, or give the right port',
      )
    case 'ETIMEDOUT':
      return timedOut(host, error)
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
      return because('HOST_UNREACHABLE', `there is no way to ${hostname}`, 'check the network, the VPN and the address')
    case undefined:
    default:
      return because('CONNECT_FAILED', `cannot connect to ${hostname} port ${port}`, 'check address, port and network')
  }
}

export const timedOut = (host: SshHost, error: unknown): DeployError =>
  connectFailed(
    host,
    {
      code: 'CONNECT_TIMEOUT',
      what: `${host.config.hostname} port ${host.config.port} did not answer in time`,
      remedy: 'check the address, that the host is up, and that no firewall drops the connection',
    },
    error,
  )

/** ssh2 cannot use certificates; where there is one, that is very likely the reason. */
export const certificatesFor = async (host: SshHost, identityFile: string | undefined): Promise<string[]> => {
  const found: string[] = []
  if (host.config.certificateFile !== undefined) found.push(`CertificateFile ${host.config.certificateFile}`)
  for (const key of identityFile === undefined ? host.config.identityFiles : [identityFile]) {
    const isThere = await access(`${key}-cert.pub`).then(
      () => true,
      () => false,
    )
    if (isThere) found.push(`${key}-cert.pub`)
  }
  if (host.config.identityAgent !== undefined) {
    const env = { SSH_AUTH_SOCK: host.config.identityAgent }
    const { stdout } = await runLocally('ssh-add', ['-L'], { env, milliseconds: 5_000 })
    if (stdout.includes('-cert-v01@')) found.push('a certificate in ssh-agent')
  }
  return found
}

/** The most likely reason, and what helps against that one. */
const whyNot = (
  { config: { user } }: SshHost,
  { tried, expired, locked }: Attempts,
  certified: readonly string[],
): { readonly code: ErrorCode; readonly remedy: string } => {
  if (expired) {
    return { code: 'PASSWORD_EXPIRED', remedy: `log in once with ssh as ${user} and give the account a new password` }
  }
  if (certified.length > 0) {
    return {
      code: 'CERTIFICATE_UNSUPPORTED',
      remedy: `user certificates (here: ${certified.join(', ')}) need --transport openssh; or add a plain public key to the account's authorized_keys`,
    }
  }
  if (locked.length > 0 && tried.length === 0) {
    return { code: 'KEY_LOCKED', remedy: `load the key into ssh-agent first: ssh-add ${locked.join(' ')}` }
  }
  return {
    code: 'LOGIN_FAILED',
    remedy: `add a public key of yours to ~/.ssh/authorized_keys of ${user}, or name the right user or key; \`ssh -v\` shows what ssh would try`,
  }
}

/** `certified`: certificates that could not be used. */
export const loginFailure = (
  host: SshHost,
  attempts: Attempts,
  certified: readonly string[],
  error: unknown,
): DeployError => {
  const { code, remedy } = whyNot(host, attempts, certified)
  const tried = attempts.tried.length === 0 ? ['tried: nothing'] : attempts.tried.map((method) => `tried: ${method}`)
  const allowed = attempts.allowed.length === 0 ? [] : [`the host takes: ${attempts.allowed.join(', ')}`]
  return new DeployError(
    code,
    {
      what: `${host.config.hostname} does not let ${host.config.user} in`,
      where: host.where,
      evidence: [...tried, ...attempts.notes, ...allowed, messagesOf(error)].join('\n'),
      remedy,
    },
    { cause: error },
  )
}

export const noSshServer = (host: SshHost, error: unknown): DeployError =>
  connectFailed(
    host,
    {
      code: 'NO_SSH_SERVER',
      what: `what answers on port ${host.config.port} of ${host.config.hostname} is not an SSH server, or it hung up at once`,
      remedy: 'give the right port; a server that is overrun by logins (MaxStartups) also hangs up: try again then',
    },
    error,
  )

/** The line ended, and nobody has said why. */
export const wasCut = (error: unknown): boolean =>
  propertyOf(error, 'level') === 'client-socket' || messagesOf(error) === 'No response from server'

/** Why a TCP connection did not become a session; the login is told apart by the caller. */
export const handshakeFailure = (host: SshHost, error: unknown): DeployError => {
  const message = messagesOf(error)
  if (/lost before handshake|identification|greeting|Invalid header|header/i.test(message)) {
    return noSshServer(host, error)
  }
  if (/no matching/i.test(message)) {
    return connectFailed(
      host,
      {
        code: 'NO_COMMON_ALGORITHM',
        what: `${host.config.hostname} and this program have no secure algorithm in common`,
        remedy:
          'the host offers outdated or post-quantum-only algorithms: use --transport openssh for the latter, or allow curve25519-sha256, aes128-gcm and hmac-sha2-256 in its sshd_config',
      },
      error,
    )
  }
  return connectFailed(
    host,
    {
      code: 'CONNECT_FAILED',
      what: `the connection to ${host.config.hostname} broke off while it was set up`,
      remedy: 'try again; the log of sshd on the host may say why',
    },
    error,
  )
}
