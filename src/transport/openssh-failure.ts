import { DeployError } from '../errors.js'
import { runLocally } from './local.js'
import type { Said } from './openssh-said.js'
import { connectFailed, dialFailure, handshakeFailure, loginFailure, timedOut } from './ssh-failure.js'
import { refusal, type ExpectedKey } from './ssh-host-key.js'
import type { SshHost } from './ssh-host.js'
import { tunnelFailure } from './ssh-stream.js'

/** Everything that is known of a login that failed. */
export interface FailedLogin {
  readonly host: SshHost
  /** The host that it went through. */
  readonly before: SshHost | undefined
  readonly expected: ExpectedKey
  readonly said: Said
  readonly asked: boolean
  readonly identityFile: string | undefined
  readonly expired: boolean
}

const withCode = (words: string, code: string): Error => Object.assign(new Error(words), { code })

const hostKeyFailure = ({ host, expected, said }: FailedLogin): DeployError => {
  const words = said.words()
  const shown = said.hostKey ?? words
  if (expected.pinned !== undefined) return refusal('not-pinned', expected, shown, host.where)
  if (/REVOKED HOST KEY|marked as revoked/i.test(words)) return refusal('revoked', expected, shown, host.where)
  if (/IDENTIFICATION HAS CHANGED/.test(words)) return refusal('changed', expected, shown, host.where)
  const isKnown = expected.known.some(({ marker }) => marker === undefined)
  return refusal(isKnown ? 'other-types' : 'unknown', expected, shown, host.where)
}

/** Of key files that nobody could be asked to unlock. */
const lockedKeys = async ({ host, identityFile, asked }: FailedLogin): Promise<string[]> => {
  if (asked) return []
  const files = [...(identityFile === undefined ? [] : [identityFile]), ...host.config.identityFiles]
  const answers = await Promise.all(
    [...new Set(files)].map(async (file) => ({
      file,
      ...(await runLocally('ssh-keygen', ['-y', '-P', '', '-f', file])),
    })),
  )
  return answers.filter(({ stderr }) => /incorrect passphrase/i.test(stderr)).map(({ file }) => file)
}

const notLetIn = async (login: FailedLogin): Promise<DeployError> => {
  const { host, said, expired } = login
  const locked = await lockedKeys(login)
  const tried = said.offered.filter((key) => !locked.some((file) => key.endsWith(` ${file}`)))
  const notes = locked.map((file) => `${file}: it has a passphrase, and nobody can be asked (ssh-add it)`)
  const allowed = (said.methods ?? '').split(',').filter((method) => method !== '')
  return loginFailure(host, { tried, notes, locked, expired, allowed }, [], new Error(said.words()))
}

/** What ssh says of a connection that did not come about, most special first. */
const signs: readonly (readonly [RegExp, (login: FailedLogin, words: string) => DeployError | Promise<DeployError>])[] =
  [
    [/Bad configuration option: knownhostscommand/i, ({ host }, words) => tooOld(host, words)],
    [/Host key verification failed|REVOKED HOST KEY|No \S+ host key is known/i, (login) => hostKeyFailure(login)],
    [/Permission denied \(|Too many authentication failures/, async (login) => notLetIn(login)],
    [
      /stdio forwarding failed|open failed|mux_client_request_stdio_fwd/,
      ({ host, before }, words) =>
        before === undefined ? handshakeFailure(host, new Error(words)) : tunnelFailure(before, host, new Error(words)),
    ],
    [/Could not resolve hostname/, ({ host }, words) => dialFailure(host, withCode(words, 'ENOTFOUND'))],
    [/Connection refused/, ({ host }, words) => dialFailure(host, withCode(words, 'ECONNREFUSED'))],
    [
      /No route to host|Network is unreachable/,
      ({ host }, words) => dialFailure(host, withCode(words, 'EHOSTUNREACH')),
    ],
    [/timed out/, ({ host }, words) => timedOut(host, new Error(words))],
  ]

const noServer =
  /exchange_identification|banner exchange|Bad packet length|invalid format|Connection (?:closed|reset) by/

export const openssh = async (login: FailedLogin): Promise<DeployError> => {
  const { host, said, expired } = login
  const words = said.words()
  if (expired) return notLetIn(login)
  const sign = signs.find(([pattern]) => pattern.test(words))
  if (sign !== undefined) return sign[1](login, words)
  const { proxyCommand } = host.config
  if (proxyCommand !== undefined && login.before === undefined) return proxyFailure(host, proxyCommand, words)
  // Once the key of the host is known, there is a server.
  const message = noServer.test(words) && said.hostKey === undefined ? `no identification: ${words}` : words
  return handshakeFailure(host, new Error(message === '' ? 'ssh ended without a word' : message))
}

const proxyFailure = (host: SshHost, command: string, words: string): DeployError =>
  connectFailed(
    host,
    {
      code: 'CONNECT_FAILED',
      what: `the ProxyCommand of ssh_config leads to no SSH server at ${host.config.hostname}`,
      remedy: 'try the ProxyCommand by itself: it must show the first line of the SSH server',
    },
    new Error(`ProxyCommand ${command}\n${words}`),
  )

const tooOld = (host: SshHost, evidence: string): DeployError =>
  new DeployError('SSH_PROGRAM_UNUSABLE', {
    what: 'the ssh of this computer is too old for ssh.host-key',
    where: host.where,
    evidence,
    remedy: 'use OpenSSH 8.5 or newer, or leave out --transport openssh: the built-in one can do it',
  })

export const sshMissing = (evidence: string): DeployError =>
  new DeployError('SSH_PROGRAM_UNUSABLE', {
    what: 'there is no ssh on this computer, which --transport openssh needs',
    evidence,
    remedy: 'install the OpenSSH client (apt-get install openssh-client), or leave out --transport openssh',
  })
