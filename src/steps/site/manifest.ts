import type { Probe } from '../../core/probe.js'
import { defineStep, type Change, type Step } from '../../core/step.js'
import { entryAt, folderAt, type Entry, type NamedEntry } from '../../probes/file.js'
import { accountNamed, groupNamed } from '../../probes/host.js'
import {
  hostManifestOf,
  siteManifestOf,
  type Found,
  type HostManifest,
  type Owned,
  type SiteDescription,
  type SiteManifest,
} from '../../probes/manifest.js'
import { hostManifestFile, manifestFile, siteState } from '../../core/host-paths.js'
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

const json = (value: SiteManifest | HostManifest): string => `${JSON.stringify(value, null, 2)}\n`

/** Nobody wants to read a manifest in the plan of a first deployment. */
const quietly = (reason: string, changes: readonly Change[]): readonly Change[] =>
  changes.map(({ diff, ...change }) =>
    diff === undefined || change.kind !== 'create'
      ? { ...change, ...(diff === undefined ? {} : { diff }) }
      : { ...change, reason },
  )

const stateFolder = '/var/lib/deploy-flask'

/**
 * What the site consists of, for those who have no flags file of it, and what of that was there before the first run, for
 * whoever removes it: noted before anything is changed.
 *
 * @param wanted the site, and everything that is made for it
 * Refuses with MANIFEST_UNREADABLE where one was edited by hand, with MANIFEST_NEWER where a newer version has written it.
 */
export const manifest = (wanted: WantedManifest): Step => {
  const { description, accounts, modules, paths, shared } = wanted
  const { site } = description
  const folder = siteState(site)
  const users = [...new Set(accounts.map(({ user }) => user))]
  const groups = [...new Set(accounts.map(({ group }) => group))]
  const probes: Asked = {
    site: siteManifestOf(site),
    host: hostManifestOf(),
    enabled: folderAt(modsEnabled),
    ...named('folder', [stateFolder, folder], entryAt),
    ...named('path', [...paths, ...shared], entryAt),
    ...named('user', users, accountNamed),
    ...named('group', groups, groupNamed),
  }
  return defineStep({
    id: 'site.manifest',
    why: 'what the site consists of, and what was there before it: noted before anything is changed',
    title: `Manifest ${manifestFile(site)}`,
    probes,
    refuse: (is) => [is.host, is.site].flatMap(({ fault }) => fault ?? []),
    plan: (is): readonly Change[] => {
      if ((is.host.fault ?? is.site.fault) !== undefined) return []
      const needed = forMpm(modules, is.enabled)
      const wasEnabled = (name: string): boolean =>
        is.enabled.length === 0
          ? usualModules.includes(name)
          : is.enabled.some((entry) => entry.name === `${name}.load`)
      const was = (path: string): Owned => ownedOf(is[`path ${path}`] ?? null)
      const host: HostManifest = {
        version: 1,
        before: {
          paths: remembered(is.host.says?.before.paths, shared, was),
          modules: remembered(is.host.says?.before.modules, needed, wasEnabled),
        },
      }
      const own: SiteManifest = {
        version: 1,
        ...description,
        modules: [...needed],
        before: {
          paths: remembered(is.site.says?.before.paths, paths, was),
          accounts: remembered(
            is.site.says?.before.accounts,
            [...groups.map((name) => `group ${name}`), ...users.map((name) => `user ${name}`)],
            (name) => (name.startsWith('user ') ? is[`user ${name.slice(5)}`] : is[`group ${name.slice(6)}`]) !== null,
          ),
        },
      }
      return [
        ...folderChange(stateFolder, is[`folder ${stateFolder}`] ?? null, rootOwned('0755')),
        ...folderChange(folder, is[`folder ${folder}`] ?? null, rootOwned('0700')),
        ...quietly('what the sites share', fileChange(hostManifestFile, is.host.entry, json(host), rootOwned('0600'))),
        ...quietly('what is there now', fileChange(manifestFile(site), is.site.entry, json(own), rootOwned('0600'))),
      ]
    },
  })
}
