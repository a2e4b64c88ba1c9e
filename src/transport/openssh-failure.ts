import { DeployError } from '../errors.js'
import { runLocally } from './local.js'
import type { OpensshConnection } from './openssh-connection.js'
import type { Questions } from './openssh-questions.js'
import type { Said } from './openssh-said.js'
import { connectFailed, dialFailure, handshakeFailure, loginFailure, noSshServer, timedOut } from './ssh-failure.js'
import { refusal, type ExpectedKey } from './ssh-host-key.js'
import type { SshHost } from './ssh-host.js'
import { tunnelFailure } from './ssh-stream.js'

/** Everything that is known of a login that failed. */
export interface FailedLogin {
  readonly host: SshHost
  /** What it went through. */
  readonly before: OpensshConnection | undefined
  readonly expected: ExpectedKey
  readonly said: Said
  /** undefined: nobody could be asked. */
  readonly questions: Questions | undefined
  readonly identityFile: string | undefined
}

const noKeyExchange = /exchange_identification|banner exchange|Bad packet length|Connection (?:closed|reset) by/

/** The same errors as those of the built-in transport, with the words of ssh. */
export const opensshFailure = async (login: FailedLogin): Promise<DeployError> => {
  const { host, before, said, questions } = login
  const words = said.words()
  if (questions?.expired === true || /Permission denied \(|Too many authentication/.test(words)) return notLetIn(login)
  if (/Bad configuration option: knownhostscommand/i.test(words)) return tooOld(host, words)
  if (/Host key verification failed|REVOKED HOST KEY/.test(words)) return hostKeyFailure(login)
  const error = new Error(words === '' ? 'ssh ended without a word' : words)
  // Once the key of the host is known, there is a server.
  if (said.hostKey !== undefined) return handshakeFailure(host, error)
  if (before !== undefined) return behindJump(host, before, words)
  if (host.config.proxyCommand !== undefined) return proxyFailure(host, host.config.proxyCommand, words)
  const code = dialCodes.find(([sign]) => sign.test(words))?.[1]
  if (code !== undefined) return dialFailure(host, Object.assign(error, { code }))
  if (/timed out/i.test(words)) return timedOut(host, error)
  return noKeyExchange.test(words) ? noSshServer(host, error) : handshakeFailure(host, error)
}

/** What ssh says of an address, as the code of the system. */
const dialCodes: readonly (readonly [RegExp, string])[] = [
  [/Could not resolve hostname/, 'ENOTFOUND'],
  [/Connection refused/, 'ECONNREFUSED'],
  [/No route to host|Network is unreachable/, 'EHOSTUNREACH'],
]

const hostKeyFailure = ({ host, expected, said }: FailedLogin): DeployError => {
  const words = said.words()
  const shown = said.hostKey ?? words
  const refused = (verdict: Parameters<typeof refusal>[0]): DeployError => refusal(verdict, expected, shown, host.where)
  if (expected.pinned !== undefined) return refused('not-pinned')
  if (/REVOKED HOST KEY|marked as revoked/i.test(words)) return refused('revoked')
  const plain = expected.known.filter(({ marker }) => marker === undefined)
  // ssh says that it has changed also where it is known by other types of key only
  const isKnownType =
    plain.length === 0 || said.hostKey === undefined || plain.some(({ type }) => shown.startsWith(`${type} `))
  if (/IDENTIFICATION HAS CHANGED/.test(words)) return refused(isKnownType ? 'changed' : 'other-types')
  return refused(plain.length > 0 ? 'other-types' : 'unknown')
}

/** Key files that nobody could be asked to unlock. */
const lockedKeys = async ({ host, identityFile, questions }: FailedLogin): Promise<string[]> => {
  if (questions !== undefined) return []
  const files = new Set([...(identityFile === undefined ? [] : [identityFile]), ...host.config.identityFiles])
  const isLocked = async (file: string): Promise<boolean> =>
    /incorrect passphrase/i.test((await runLocally('ssh-keygen', ['-y', '-P', '', '-f', file])).stderr)
  const answers = await Promise.all([...files].map(async (file) => ({ file, locked: await isLocked(file) })))
  return answers.filter(({ locked }) => locked).map(({ file }) => file)
}

const notLetIn = async (login: FailedLogin): Promise<DeployError> => {
  const { host, said, questions } = login
  const locked = await lockedKeys(login)
  const notes = [
    ...locked.map((file) => `${file}: it has a passphrase, and nobody can be asked (ssh-add it)`),
    ...(questions?.unanswered ?? []).map((passphrase) => `${passphrase}: it could not be unlocked`),
  ]
  const attempts = {
    tried: said.offered.filter((key) => !locked.some((file) => key.endsWith(` ${file}`))),
    notes,
    locked,
    expired: questions?.expired === true,
    allowed: said.methods,
  }
  return loginFailure(host, attempts, [], new Error(said.words()))
}

const behindJump = (host: SshHost, before: OpensshConnection, words: string): DeployError =>
  /stdio forwarding (?:request )?failed/i.test(words)
    ? tunnelFailure(before.host, host, new Error(`${before.said.notReached}\n${words}`.trim()))
    : noSshServer(host, new Error(words))

const proxyFailure = (host: SshHost, command: string, words: string): DeployError => {
  const what = `the ProxyCommand of ssh_config leads to no SSH server at ${host.config.hostname}`
  const remedy = 'try the ProxyCommand by itself: it must show the first line of the SSH server'
  return connectFailed(host, { code: 'CONNECT_FAILED', what, remedy }, new Error(`ProxyCommand ${command}\n${words}`))
}

const tooOld = (host: SshHost, evidence: string): DeployError =>
  new DeployError('SSH_PROGRAM_UNUSABLE', {
    what: 'the ssh of this computer is too old for ssh.host-key',
    where: host.where,
    evidence,
    remedy: 'use OpenSSH 8.5 or newer, or leave out --transport openssh: the built-in one can do it',
  })

export const sshMissing = (host: SshHost, evidence: string): DeployError =>
  new DeployError('SSH_PROGRAM_UNUSABLE', {
    what: 'there is no ssh on this computer, which --transport openssh needs',
    where: host.where,
    evidence,
    remedy: 'install the OpenSSH client (apt-get install openssh-client), or leave out --transport openssh',
  })
