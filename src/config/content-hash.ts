import { createHash } from 'node:crypto'

/** `x`: executable file, `f`: other file, `l`: symbolic link. */
export interface HashedEntry {
  readonly kind: 'x' | 'f' | 'l'
  /** Relative, with slashes. */
  readonly path: string
  /** Hex SHA-256 of a file's bytes; a link's target as it is. */
  readonly payload: string
}

export const sha256 = (bytes: string | Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

/** The order of UTF-8 bytes, which is also the host's; JavaScript's own differs beyond U+FFFF. */
export const byBytes = (one: string, other: string): number => Buffer.compare(Buffer.from(one), Buffer.from(other))

/**
 * The hash of what is sent. The host computes the same over what arrived, so that a release that was cut short or
 * changed by hand is noticed: this algorithm is frozen. Owner, time and other mode bits are not part of it.
 */
export const contentHash = (entries: readonly HashedEntry[]): string => {
  const hash = createHash('sha256')
  for (const { kind, path, payload } of [...entries].sort((a, b) => byBytes(a.path, b.path))) {
    hash.update(`${kind} ${path}\0${payload}\n`)
  }
  return hash.digest('hex')
}
