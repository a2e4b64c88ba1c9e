import { z } from 'zod'
import { beforeFile, hostManifestFile, manifestFile } from '../core/host-paths.js'
import type { Probe } from '../core/probe.js'
import { DeployError } from '../errors.js'
import { list, text } from './facts.js'
import { fileAt, type Entry, type NamedEntry } from './file.js'

/** Who owned what lay at a path before the first run, and its mode; null where nothing did. */
const owned = z.object({ kind: text, owner: text, group: text, mode: text }).nullable()

export type Owned = z.output<typeof owned>

const version = z.literal(1)

/** A process group of mod_wsgi. */
const processGroup = z.object({
  name: text,
  /** What ps shows of its processes; missing where that is Apache's own name. */
  title: text.exactOptional(),
  user: text,
  group: text,
  venv: text,
})

const portNumber = z.number().int().min(1).max(65_535)

/** What a site is and where all of it lies, for whoever has no flags file of it. It holds no secret. */
const description = z.object({
  site: text,
  serverName: text,
  address: text,
  port: portNumber,
  tls: z
    .object({ port: portNumber, redirect: z.boolean(), certificate: text, key: text.exactOptional() })
    .exactOptional(),
  check: z.object({
    path: text,
    statuses: list(z.number()),
    body: text.exactOptional(),
    within: z.number().exactOptional(),
  }),
  mounts: list(text),
  root: text,
  code: text,
  /** Folder of the code in which modules are found that are not at its top. */
  moduleFolder: text.exactOptional(),
  /** Whether the code comes in releases; otherwise it lay on the host before. */
  releases: z.boolean(),
  venv: text,
  data: text,
  user: text,
  group: text,
  flaskApp: text,
  settings: text,
  /** Names of the settings that are secret. */
  secrets: list(text),
  processGroups: list(processGroup),
  scripts: list(text),
  hasOwnScripts: z.boolean(),
  usesCgi: z.boolean(),
  sqlite: list(text),
  vhost: text,
  enabled: text,
  include: text,
  existingSite: text.exactOptional(),
  listening: list(text),
  logs: z.object({ error: text, access: text, own: z.boolean() }),
})

export type SiteDescription = z.output<typeof description>

const siteBefore = z.object({
  version,
  before: z.object({
    paths: z.record(text, owned),
    /** `user flask-shop`, `group flask-shop`: whether there was one. */
    accounts: z.record(text, z.boolean()),
  }),
})

export type SiteBefore = z.output<typeof siteBefore>

const siteManifest = description.extend({
  ...siteBefore.shape,
  /** Of Apache, which another site may need too. */
  modules: list(text),
})

export type SiteManifest = z.output<typeof siteManifest>

const hostManifest = z.object({
  version,
  before: z.object({
    paths: z.record(text, owned),
    /** Names of modules: whether they were enabled. */
    modules: z.record(text, z.boolean()),
  }),
})

export type HostManifest = z.output<typeof hostManifest>

/** What lies in the place of a manifest, and what it says; `fault`: why that cannot be gone by. */
export interface Found<T> {
  readonly entry: Entry | null
  readonly says: T | undefined
  readonly fault: DeployError | undefined
}

const unreadable = (path: string, evidence: string): DeployError =>
  new DeployError('MANIFEST_UNREADABLE', {
    what: `${path} does not say what deploy-flask has written there`,
    where: path,
    evidence,
    remedy:
      'bring it back from a backup; or move it away, and apply again: what is on the host by then counts as there before',
  })

const newer = (path: string, found: unknown): DeployError =>
  new DeployError('MANIFEST_NEWER', {
    what: `${path} was written by a newer deploy-flask (version ${String(found)} of the file)`,
    where: path,
    remedy: 'install the newer deploy-flask: this one cannot know what it has to respect',
  })

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

const versioned = z.object({ version: z.number() })

const read = <T>(schema: z.ZodType<T>, path: string, entry: Entry | null): Found<T> => {
  if (entry === null) return { entry, says: undefined, fault: undefined }
  const found = parsed(entry.content ?? '')
  const at = versioned.safeParse(found)
  if (at.success && at.data.version > 1) return { entry, says: undefined, fault: newer(path, at.data.version) }
  const says = schema.safeParse(found)
  if (says.success) return { entry, says: says.data, fault: undefined }
  return {
    entry,
    says: undefined,
    fault: unreadable(path, found === undefined ? 'it is not JSON' : z.prettifyError(says.error)),
  }
}

const manifestAt = <T>(schema: z.ZodType<T>, path: string): Probe<Found<T>> => {
  const file = fileAt(path)
  return { ...file, parse: (answer) => read(schema, path, file.parse(answer)) }
}

/**
 * What was there before the first run of a site.
 *
 * @param site its name
 */
export const siteBeforeOf = (site: string): Probe<Found<SiteBefore>> => manifestAt(siteBefore, beforeFile(site))

/**
 * What the last run has noted of a site that is online.
 *
 * @param site its name
 */
export const siteManifestOf = (site: string): Probe<Found<SiteManifest>> => manifestAt(siteManifest, manifestFile(site))

/** What the sites of a host share, and how it was before the first of them. */
export const hostManifestOf = (): Probe<Found<HostManifest>> => manifestAt(hostManifest, hostManifestFile)

/** Folders of our state that belong to no site. */
const notSites = ['empty', 'undo', 'undo.done']

/** Names of the sites of which anything is kept in the folder of our state. */
export const sitesIn = (entries: readonly NamedEntry[]): readonly string[] =>
  entries.flatMap(({ kind, name }) =>
    kind === 'directory' && !notSites.includes(name) && !name.startsWith('.') ? [name] : [],
  )
