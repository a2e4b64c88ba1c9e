import type { DeployError as Failure } from '../errors.js'
import { DeployError } from '../errors.js'
import type { Ask } from './ask.js'
import { appendKnownHost, loadKnownHosts } from './known-hosts-file.js'
import {
  describeKey,
  entriesFor,
  fingerprint,
  hostKeyAlgorithms,
  hostToken,
  judge,
  knownHostLine,
} from './known-hosts.js'
import type { KnownHost, Verdict } from './known-hosts.js'
import type { SshHost } from './ssh-host.js'

export interface HostKeyPolicy {
  readonly acceptNew: boolean
  readonly ask?: Ask
}

/** What was known of a host before it was spoken to. */
export interface ExpectedKey {
  readonly token: string
  /** Fingerprints that alone decide; then nothing of known_hosts is in here. */
  readonly pinned: readonly string[] | undefined
  readonly known: readonly KnownHost[]
  /** Those without the port: enough for a match, as in ssh, but for nothing else. */
  readonly withoutPort: readonly KnownHost[]
  readonly file: string | undefined
  readonly hashed: boolean
}

export const expectedKey = async ({ config }: SshHost, pinned?: readonly string[]): Promise<ExpectedKey> => {
  const files = pinned === undefined ? [...config.userKnownHostsFiles, ...config.globalKnownHostsFiles] : []
  const entries = await loadKnownHosts(files)
  const alias = config.hostKeyAlias?.toLowerCase()
  const token = alias ?? hostToken(config.hostname, config.port)
  const withoutPort = alias === undefined && config.port !== 22 ? hostToken(config.hostname, 22) : undefined
  return {
    token,
    pinned,
    known: entriesFor(entries, token),
    withoutPort: withoutPort === undefined ? [] : entriesFor(entries, withoutPort),
    file: config.userKnownHostsFiles[0],
    hashed: config.hashKnownHosts,
  }
}

/** What is known without the port has no say in it, as in ssh. */
export const offeredAlgorithms = ({ known }: ExpectedKey): ReturnType<typeof hostKeyAlgorithms> =>
  hostKeyAlgorithms(known)

type Judged = Verdict | 'not-pinned'

const verdictOn = ({ pinned, known, withoutPort }: ExpectedKey, key: Buffer): Judged => {
  if (pinned !== undefined) return pinned.includes(fingerprint(key)) ? 'match' : 'not-pinned'
  const verdict = judge(known, key)
  const loose = judge(withoutPort, key)
  // ssh does not look there any more where the key is known with the port; revoked is revoked.
  if (loose === 'revoked') return 'revoked'
  return (verdict === 'unknown' || verdict === 'unsupported') && loose === 'match' ? 'match' : verdict
}

const known = (entries: readonly KnownHost[]): string =>
  entries
    .filter((entry) => entry.marker === undefined)
    .map((entry) => `known:   ${entry.type} ${fingerprint(entry.key)}`)
    .join('\n')

/** `shown`: the key that the host showed, as `describeKey` says it. */
export const refusal = (
  verdict: Exclude<Judged, 'match'>,
  expected: ExpectedKey,
  shown: string,
  where: string,
): Failure => {
  const offered = `offered: ${shown}`
  const file = expected.file ?? '~/.ssh/known_hosts'
  const forget = `ssh-keygen -f ${file} -R '${expected.token}'`
  switch (verdict) {
    case 'changed':
    case 'other-types':
      return new DeployError('HOST_KEY_CHANGED', {
        what:
          verdict === 'changed'
            ? `the host key of ${expected.token} is not the one that is known`
            : `${expected.token} offers a host key of a type that is not known for it, and none of those that are known`,
        where,
        evidence: `${known(expected.known)}\n${offered}`,
        remedy: `somebody may be between you and the host: compare with the host's own \`ssh-keygen -lf /etc/ssh/ssh_host_*_key.pub\`. Only if it was set up anew: ${forget}`,
      })
    case 'not-pinned':
      return new DeployError('HOST_KEY_NOT_PINNED', {
        what: `the host key of ${expected.token} is none of those in ssh.host-key`,
        where,
        evidence: [...(expected.pinned ?? []).map((pin) => `wanted:  ${pin}`), offered].join('\n'),
        remedy:
          "somebody may be between you and the host: compare with the host's own `ssh-keygen -lf /etc/ssh/ssh_host_*_key.pub`. Only if it is one of them: add it to ssh.host-key",
      })
    case 'revoked':
      return new DeployError('HOST_KEY_REVOKED', {
        what: `the host key of ${expected.token} is marked @revoked in the known hosts`,
        where,
        evidence: offered,
        remedy: 'do not connect; ask whoever revoked it for the new key',
      })
    case 'unknown':
    case 'unsupported':
      return new DeployError(verdict === 'unknown' ? 'HOST_KEY_UNKNOWN' : 'HOST_CERTIFICATE_UNSUPPORTED', {
        what:
          verdict === 'unknown'
            ? `the host key of ${expected.token} is not known yet`
            : `${expected.token} is known only by a certificate authority, and the built-in transport cannot check host certificates`,
        where,
        evidence: offered,
        remedy:
          verdict === 'unknown'
            ? `compare it with the host's own \`ssh-keygen -lf /etc/ssh/ssh_host_*_key.pub\`, then connect once with ssh, or run again with --accept-new-host-key; it is then kept in ${file}`
            : `use --transport openssh, which checks the certificate; or add the plain key of the host to ${file}`,
      })
  }
}

/** The verdict, before anything secret is sent. Undefined: trusted; the key of a new host has then been written down. */
export const checkHostKey = async (
  expected: ExpectedKey,
  key: Buffer,
  where: string,
  policy: HostKeyPolicy,
): Promise<Failure | undefined> => {
  const verdict = verdictOn(expected, key)
  if (verdict === 'match') return undefined
  const failure = refusal(verdict, expected, describeKey(key), where)
  if (verdict !== 'unknown') return failure
  if (!policy.acceptNew) {
    const text = `The host key of ${expected.token} is not known: ${describeKey(key)}. Is it the right one?`
    const answer = await policy.ask?.({ about: 'host-key', text, secret: false })
    if (answer !== 'yes') return failure
  }
  if (expected.file === undefined) return undefined
  await appendKnownHost(expected.file, knownHostLine(expected.token, key, expected.hashed))
  return undefined
}
