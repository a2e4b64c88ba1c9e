import { createHash, createHmac, randomBytes } from 'node:crypto'

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

/** The fields that a key consists of; undefined: it is not whole, or more than that. */
const fieldsOf = (key: Buffer): Buffer[] | undefined => {
  const fields: Buffer[] = []
  for (let at = 0; at < key.length;) {
    const end = key.length < at + 4 ? Infinity : at + 4 + key.readUInt32BE(at)
    if (end > key.length) return undefined
    fields.push(key.subarray(at + 4, end))
    at = end
  }
  return fields
}

const points: Readonly<Record<string, number>> = { nistp256: 65, nistp384: 97, nistp521: 133 }

/** As ssh reads it: a key that it cannot read is no entry, and so does not speak for its type either. */
const isWhole = (type: string, key: Buffer): boolean => {
  const [first, second, third, ...more] = fieldsOf(key) ?? []
  if (first?.toString('latin1') !== type || second === undefined) return false
  if (type === 'ssh-ed25519') return second.length === 32 && third === undefined
  const curve = /^ecdsa-sha2-(nistp\d+)$/.exec(type)?.[1]
  if (curve !== undefined) {
    return second.toString('latin1') === curve && third?.length === points[curve] && more.length === 0
  }
  return type !== 'ssh-rsa' || (third !== undefined && more.length === 0)
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
    // Node passes over what is no base64; ssh does not.
    return bytes.toString('base64') === key && isWhole(type, bytes) ? [{ marker, hosts, type, key }] : []
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

const hashedName = (token: string, salt: Buffer): string =>
  `|1|${salt.toString('base64')}|${createHmac('sha1', salt).update(token).digest('base64')}`

const matchesHash = (field: string, token: string): boolean => {
  const salt = Buffer.from(field.split('|')[2] ?? '', 'base64')
  return salt.length === 20 && field === hashedName(token, salt)
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
 * would look like a stranger. Among them the order is that of ssh, wherever they stand in the file; and as for ssh, a
 * type is not known where its first key is revoked. Signatures with SHA-1 are never among them.
 */
export const hostKeyAlgorithms = (entries: readonly KnownHost[]): Signature[] => {
  const types = Object.keys(signatures)
  const revoked = entries.filter(({ marker }) => marker === '@revoked').map(({ key }) => key)
  const isKnown = (type: string): boolean => {
    const first = entries.find((entry) => entry.marker === undefined && entry.type === type)
    return first !== undefined && !revoked.includes(first.key)
  }
  const ordered = [...types.filter(isKnown), ...types.filter((type) => !isKnown(type))]
  return ordered.flatMap((type) => signatures[type] ?? [])
}

/** The line that makes a host known. */
export const knownHostLine = (token: string, key: Buffer, hashed: boolean): string => {
  const name = hashed ? hashedName(token, randomBytes(20)) : token
  return `${name} ${keyTypeOf(key) ?? ''} ${key.toString('base64')}`
}
