import type { HostManifest, SiteManifest } from '../../probes/manifest.js'

/** What is known of a site that is to go, and of those that stay. */
export interface Removal {
  readonly manifest: SiteManifest
  /** undefined: nothing that sites share was noted, so nothing of that is taken away. */
  readonly host: HostManifest | undefined
  readonly others: readonly SiteManifest[]
  /** Names of sites that a version without manifests has applied: they may need anything that is shared. */
  readonly unnoted: readonly string[]
  /** Data and logs go, too. */
  readonly data: boolean
}

/** Names of the sites for whose sake something that is shared stays. */
export const needing = ({ others, unnoted }: Removal, needs: (other: SiteManifest) => boolean): readonly string[] => [
  ...others.filter(needs).map(({ site }) => site),
  ...unnoted,
]

/** A sentence of the list of what stays. */
export const stays = (what: string, because: readonly string[]): string => `${what} (needed by ${because.join(', ')})`

export const folderOf = (path: string): string => path.slice(0, path.lastIndexOf('/'))

export const nameOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1)

export const isBelow = (path: string, folder: string): boolean => path.startsWith(`${folder}/`)
