import { z } from 'zod'
import type { Probe } from '../core/probe.js'
import { digestLength } from '../core/site.js'
import { fact, list, text } from './facts.js'

const entry = z.object({
  kind: z.enum(['file', 'directory', 'link', 'other']),
  /** Four octal digits: `0644`. */
  mode: text,
  owner: text,
  group: text,
  size: z.number(),
  links: z.number(),
  /** Microseconds since 1970: when the inode changed, and when the content did. */
  changed: z.number(),
  modified: z.number(),
  target: text.optional(),
  /** Of a link: what it leads to in the end; null when nothing is there. */
  leads: text.nullish(),
  /** Only where something is mounted at the path itself. */
  mounted: z.literal(true).optional(),
  /** Only of a folder on a file system that cannot be written. */
  readOnly: z.literal(true).optional(),
  sha256: text.optional(),
  content: z
    .base64()
    .max(400_000)
    .transform((coded) => Buffer.from(coded, 'base64').toString('utf8').replaceAll('\0', '\ufffd'))
    .optional(),
})

export type Entry = z.output<typeof entry>

const maybeEntry = entry.nullable()

/**
 * What lies at a path, without following a link; null when nothing does.
 *
 * @param path absolute
 */
export const entryAt = (path: string): Probe<Entry | null> => fact('look', [path], maybeEntry)

/**
 * As `entryAt`, with the content of a regular file (up to 256 KiB, as UTF-8) and the SHA-256 of its bytes.
 *
 * @param path absolute
 */
export const fileAt = (path: string): Probe<Entry | null> => fact('file', [path, true], maybeEntry)

/**
 * As `fileAt`, but only the SHA-256 of the content leaves the host: for files that hold secrets.
 *
 * @param path absolute
 */
export const secretFileAt = (path: string): Probe<Entry | null> => fact('file', [path, false], maybeEntry)

const changeable = entry.extend({ path: text })

export type Changeable = z.output<typeof changeable>

/**
 * The first folder on the way to a path that somebody other than root can change: whatever root does by that path may
 * happen somewhere else. null where there is none. Links on the way are followed; the end of it is not looked at.
 *
 * @param path absolute
 */
export const wayTo = (path: string): Probe<Changeable | null> => fact('way', [path], changeable.nullable())

/**
 * What is mounted at a path or below it.
 *
 * @param path absolute
 */
export const mountsIn = (path: string): Probe<readonly string[]> => fact('mounts', [path], list(text))

const named = entry.extend({ name: text })

export type NamedEntry = z.output<typeof named>

/**
 * The entries of a folder by name; empty when there is no such folder.
 *
 * @param path absolute
 */
export const folderAt = (path: string): Probe<readonly NamedEntry[]> => fact('listing', [path], list(named))

const digestsIn = (coded: string): ReadonlySet<string> => {
  const hex = Buffer.from(coded, 'base64').toString('hex')
  return new Set(hex.match(new RegExp(`.{${digestLength}}`, 'g')))
}

const release = z.object({
  /** The link `current`. */
  current: maybeEntry,
  /** Names of the folders in `releases`. */
  names: list(text),
  /** Content of what `current` points to: the same hash as the local folder's, and what is not root's or not 0755/0644. */
  tree: z.object({ hash: text, files: z.number(), loose: list(text) }).nullable(),
  /** What a build of that depended on, and what it came to; null where nothing was built. */
  built: z.object({ mark: text, hash: text }).nullable(),
  /** A folder of the site whose files need not be sent again, and the beginnings of their hashes. */
  base: z.object({ folder: text, digests: z.base64().max(60_000).transform(digestsIn) }).nullable(),
})

export type Release = z.output<typeof release>

/**
 * What `current` in the folder of a site leads to, with the hash of its content, and the names of all releases.
 *
 * @param root absolute path of the folder of the site
 * @param hash the beginning of that of the code that is wanted, if any: what a release with the same code holds is told
 */
export const releaseAt = (root: string, hash = ''): Probe<Release> => fact('release', [root, hash], release)
