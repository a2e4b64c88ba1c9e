import type { Probe, StateOf } from '../../core/probe.js'
import { defineStep, type Change, type Step } from '../../core/step.js'
import { entryAt, folderAt, type Entry, type NamedEntry } from '../../probes/file.js'
import { accountNamed, groupNamed } from '../../probes/host.js'
import {
  hostManifestOf,
  siteBeforeOf,
  siteManifestOf,
  type Found,
  type HostManifest,
  type Owned,
  type SiteBefore,
  type SiteDescription,
  type SiteManifest,
} from '../../probes/manifest.js'
import { beforeFile, hostManifestFile, manifestFile, siteState } from '../../core/host-paths.js'
import { forMpm, modsEnabled, usualModules } from '../apache/modules.js'
import { fileChange, folderChange, rootOwned } from '../files.js'
import type { Account } from './account.js'

export interface WantedManifest {
  readonly description: SiteDescription
  readonly accounts: readonly Account[]
  readonly modules: readonly string[]
  /** Paths of this site alone. */
  readonly paths: readonly string[]
  /** Paths that other sites may need too. */
  readonly shared: readonly string[]
}

type Asked = {
  readonly before: Probe<Found<SiteBefore>>
  readonly site: Probe<Found<SiteManifest>>
  readonly host: Probe<Found<HostManifest>>
  readonly enabled: Probe<readonly NamedEntry[]>
} & Readonly<Record<`folder ${string}` | `path ${string}`, Probe<Entry | null>>> &
  Readonly<Record<`user ${string}` | `group ${string}`, Probe<object | null>>>

const named = <K extends string, T>(
  kind: K,
  names: readonly string[],
  of: (name: string) => T,
): Record<`${K} ${string}`, T> =>
  // Object.fromEntries forgets the form of the keys, which is the one above.
  Object.fromEntries(names.map((name) => [`${kind} ${name}`, of(name)])) as Record<`${K} ${string}`, T>

const ownedOf = (entry: Entry | null): Owned =>
  entry === null ? null : { kind: entry.kind, owner: entry.owner, group: entry.group, mode: entry.mode }

/** What was known stays: of it the host says today only what we have made of it. */
const remembered = <T>(
  known: Readonly<Record<string, T>> | undefined,
  wanted: readonly string[],
  now: (name: string) => T,
): Record<string, T> => {
  const all = { ...Object.fromEntries(wanted.map((name) => [name, now(name)])), ...known }
  return Object.fromEntries(Object.entries(all).sort(([one], [other]) => (one < other ? -1 : 1)))
}

const json = (value: object): string => `${JSON.stringify(value, null, 2)}\n`

/** Nobody wants to read a manifest in the plan of a first deployment. */
const quietly = (reason: string, changes: readonly Change[]): readonly Change[] =>
  changes.map(({ diff, ...change }) =>
    diff === undefined || change.kind !== 'create'
      ? { ...change, ...(diff === undefined ? {} : { diff }) }
      : { ...change, reason },
  )

const stateFolder = '/var/lib/deploy-flask'

/** What is asked by both steps: the second one must know the same as the first. */
const asked = ({ description: { site }, accounts, paths, shared }: WantedManifest): Asked => ({
  before: siteBeforeOf(site),
  site: siteManifestOf(site),
  host: hostManifestOf(),
  enabled: folderAt(modsEnabled),
  ...named('folder', [stateFolder, siteState(site)], entryAt),
  ...named('path', [...paths, ...shared], entryAt),
  ...named('user', usersOf(accounts), accountNamed),
  ...named('group', groupsOf(accounts), groupNamed),
})

const usersOf = (accounts: readonly Account[]): readonly string[] => [...new Set(accounts.map(({ user }) => user))]
const groupsOf = (accounts: readonly Account[]): readonly string[] => [...new Set(accounts.map(({ group }) => group))]

const was = (is: StateOf<Asked>, path: string): Owned => ownedOf(is[`path ${path}`] ?? null)

const hostOf = ({ modules, shared }: WantedManifest, is: StateOf<Asked>): HostManifest => {
  const wasEnabled = (name: string): boolean =>
    is.enabled.length === 0 ? usualModules.includes(name) : is.enabled.some((entry) => entry.name === `${name}.load`)
  const known = is.host.says?.before
  return {
    version: 1,
    before: {
      paths: remembered(known?.paths, shared, (path) => was(is, path)),
      modules: remembered(known?.modules, forMpm(modules, is.enabled), wasEnabled),
    },
  }
}

const beforeOf = ({ accounts, paths }: WantedManifest, is: StateOf<Asked>): SiteBefore => {
  const known = is.before.says?.before
  const names = [
    ...groupsOf(accounts).map((name) => `group ${name}` as const),
    ...usersOf(accounts).map((name) => `user ${name}` as const),
  ]
  return {
    version: 1,
    before: {
      paths: remembered(known?.paths, paths, (path) => was(is, path)),
      accounts: { ...Object.fromEntries(names.map((name) => [name, is[name] !== null])), ...known?.accounts },
    },
  }
}

/** Without what only a run has noted that was taken back. */
const ofThisSite = (wanted: WantedManifest, is: StateOf<Asked>): SiteBefore => {
  const { version, before } = beforeOf(wanted, is)
  const known = new Set([...wanted.paths, ...Object.keys(is.site.says?.before.paths ?? {})])
  const paths = Object.fromEntries(Object.entries(before.paths).filter(([path]) => known.has(path)))
  return { version, before: { ...before, paths } }
}

const noteChange = (reason: string, path: string, is: Entry | null, value: object): readonly Change[] =>
  quietly(reason, fileChange(path, is, json(value), rootOwned('0600')))

/**
 * What was there before the first run of the site, for whoever removes it: noted before anything is changed.
 *
 * @param wanted the site, and everything that is made for it
 * Refuses with MANIFEST_UNREADABLE where a note was edited by hand, with MANIFEST_NEWER where a newer version wrote it.
 */
export const before = (wanted: WantedManifest): Step => {
  const { site } = wanted.description
  const folder = siteState(site)
  return defineStep({
    id: 'site.before',
    why: 'what was there before the site, for whoever removes it one day: noted before anything is changed',
    title: `What was there before ${site}`,
    probes: asked(wanted),
    refuse: (is) => [is.host, is.before, is.site].flatMap(({ fault }) => fault ?? []),
    plan: (is): readonly Change[] => {
      if ((is.host.fault ?? is.before.fault) !== undefined) return []
      return [
        ...folderChange(stateFolder, is[`folder ${stateFolder}`] ?? null, rootOwned('0755')),
        ...folderChange(folder, is[`folder ${folder}`] ?? null, rootOwned('0700')),
        ...noteChange('what the sites share', hostManifestFile, is.host.entry, hostOf(wanted, is)),
        ...noteChange('what is there now', beforeFile(site), is.before.entry, beforeOf(wanted, is)),
      ]
    },
  })
}

/**
 * What the site consists of, for those who have no flags file of it. It goes online with the site, or is taken back with
 * it.
 *
 * @param wanted the site, and everything that is made for it
 */
export const manifest = (wanted: WantedManifest): Step => {
  const { description, modules } = wanted
  const path = manifestFile(description.site)
  return defineStep({
    id: 'site.manifest',
    why: 'what the site consists of: status, rollback, run and remove go by it',
    title: `Manifest ${path}`,
    probes: asked(wanted),
    plan: (is): readonly Change[] => {
      if ((is.before.fault ?? is.site.fault) !== undefined) return []
      const own: SiteManifest = { ...description, ...ofThisSite(wanted, is), modules: [...forMpm(modules, is.enabled)] }
      return noteChange('what the site consists of', path, is.site.entry, own)
    },
  })
}
