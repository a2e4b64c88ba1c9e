import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto'

export interface KnownHost {
  readonly marker: '@revoked' | '@cert-authority' | undefined
  readonly hosts: string
  readonly type: string
  /** Base64, as it stands in the file. */
  readonly key: string
}

/**
 * `other-types`: the host is known, but by other types of key only. `unsupported`: only a certificate authority is
 * known for it, and host certificates are beyond us.
 */
export type Verdict = 'match' | 'changed' | 'revoked' | 'other-types' | 'unknown' | 'unsupported'

const keyTypeOf = (key: Buffer): string | undefined => {
  if (key.length < 4) return undefined
  const length = key.readUInt32BE(0)
  return length > 64 || key.length < 4 + length ? undefined : key.toString('latin1', 4, 4 + length)
}

/** Lines that are no entry are passed over, as ssh does. */
export const parseKnownHosts = (text: string): KnownHost[] =>
  text.split('\n').flatMap((line): KnownHost[] => {
    const words = line.split(/[ \t\r]+/).filter((word) => word !== '')
    const first = words[0]
    if (first === undefined || first.startsWith('#')) return []
    const marker = first === '@revoked' || first === '@cert-authority' ? first : undefined
    if (marker === undefined && first.startsWith('@')) return []
    const [hosts, type, key] = marker === undefined ? words : words.slice(1)
    if (hosts === undefined || type === undefined || key === undefined) return []
    const bytes = Buffer.from(key, 'base64')
    return keyTypeOf(bytes) === type ? [{ marker, hosts, type, key: bytes.toString('base64') }] : []
  })

/** The name under which a host stands in known_hosts. */
export const hostToken = (host: string, port: number): string =>
  port === 22 ? host.toLowerCase() : `[${host.toLowerCase()}]:${port}`

/** `*` and `?`, in any case. Not by a regular expression: some patterns would keep it busy for hours. */
const matchesPattern = (pattern: string, token: string): boolean => {
  const wanted = pattern.toLowerCase()
  let at = 0
  let star = -1
  let afterStar = 0
  for (let place = 0; place < token.length;) {
    if (wanted[at] === '*') {
      star = at++
      afterStar = place
    } else if (wanted[at] === '?' || wanted[at] === token[place]) {
      at++
      place++
    } else if (star >= 0) {
      at = star + 1
      place = ++afterStar
    } else return false
  }
  return /^\**$/.test(wanted.slice(at))
}

const hashOf = (token: string, salt: Buffer): Buffer => createHmac('sha1', salt).update(token).digest()

const matchesHash = (field: string, token: string): boolean => {
  const [, , salt, hash] = field.split('|')
  if (salt === undefined || hash === undefined) return false
  const wanted = Buffer.from(hash, 'base64')
  const got = hashOf(token, Buffer.from(salt, 'base64'))
  return got.length === wanted.length && timingSafeEqual(got, wanted)
}

const matchesHosts = (field: string, token: string): boolean => {
  if (field.startsWith('|1|')) return matchesHash(field, token)
  const patterns = field.split(',').filter((pattern) => pattern !== '')
  const negated = patterns.some((pattern) => pattern.startsWith('!') && matchesPattern(pattern.slice(1), token))
  return !negated && patterns.some((pattern) => !pattern.startsWith('!') && matchesPattern(pattern, token))
}

export const entriesFor = (entries: readonly KnownHost[], token: string): KnownHost[] =>
  entries.filter((entry) => matchesHosts(entry.hosts, token))

/** `entries`: those for this host only. `key`: as the server sent it. */
export const judge = (entries: readonly KnownHost[], key: Buffer): Verdict => {
  const sent = key.toString('base64')
  if (entries.some((entry) => entry.marker === '@revoked' && entry.key === sent)) return 'revoked'
  const plain = entries.filter((entry) => entry.marker === undefined)
  if (plain.some((entry) => entry.key === sent)) return 'match'
  if (plain.some((entry) => entry.type === keyTypeOf(key))) return 'changed'
  if (plain.length > 0) return 'other-types'
  return entries.some((entry) => entry.marker === '@cert-authority') ? 'unsupported' : 'unknown'
}

/** As `ssh-keygen -l` shows it. */
export const fingerprint = (key: Buffer | string): string => {
  const bytes = typeof key === 'string' ? Buffer.from(key, 'base64') : key
  return `SHA256:${createHash('sha256').update(bytes).digest('base64').replace(/=+$/, '')}`
}

export const describeKey = (key: Buffer): string => `${keyTypeOf(key) ?? 'unknown type'} ${fingerprint(key)}`

type Signature =
  | 'ssh-ed25519'
  | 'ecdsa-sha2-nistp256'
  | 'ecdsa-sha2-nistp384'
  | 'ecdsa-sha2-nistp521'
  | 'rsa-sha2-512'
  | 'rsa-sha2-256'

const signatures: Readonly<Record<string, readonly Signature[]>> = {
  'ssh-ed25519': ['ssh-ed25519'],
  'ecdsa-sha2-nistp256': ['ecdsa-sha2-nistp256'],
  'ecdsa-sha2-nistp384': ['ecdsa-sha2-nistp384'],
  'ecdsa-sha2-nistp521': ['ecdsa-sha2-nistp521'],
  'ssh-rsa': ['rsa-sha2-512', 'rsa-sha2-256'],
}

/**
 * The algorithms to offer: the types that are known for the host come first, or a host with a second, unknown key
 * would look like a stranger. Signatures with SHA-1 are never among them.
 */
export const hostKeyAlgorithms = (entries: readonly KnownHost[]): Signature[] => {
  const known = entries.flatMap((entry) => (entry.marker === undefined ? (signatures[entry.type] ?? []) : []))
  return [...new Set([...known, ...Object.values(signatures).flat()])]
}

/** The line that makes a host known. */
export const knownHostLine = (token: string, key: Buffer, hashed: boolean): string => {
  const salt = randomBytes(20)
  const name = hashed ? `|1|${salt.toString('base64')}|${hashOf(token, salt).toString('base64')}` : token
  return `${name} ${keyTypeOf(key) ?? ''} ${key.toString('base64')}`
}
