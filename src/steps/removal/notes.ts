import { auditFile, hostManifestFile, manifestFile, siteState } from '../../core/host-paths.js'
import type { Probe } from '../../core/probe.js'
import { defineStep, type Change, type Step } from '../../core/step.js'
import { DeployError } from '../../errors.js'
import { entryAt, folderAt, type NamedEntry } from '../../probes/file.js'
import { hostManifestOf, siteManifestOf, sitesIn, type Found, type SiteManifest } from '../../probes/manifest.js'
import { shell } from '../files.js'
import { emptyFolder } from '../site/layout.js'
import { folderOf, type Removal } from './removal.js'

const stateFolder = folderOf(hostManifestFile)

const changedMeanwhile = (): DeployError =>
  new DeployError('APPLY_PLAN_STALE', {
    what: 'another run has changed what is noted of the sites of this host; nothing was done by this one',
    remedy: 'run the same command again, and look at the new plan',
  })

type Asked = { readonly all: Probe<readonly NamedEntry[]> } & Readonly<
  Record<`site ${string}`, Probe<Found<SiteManifest>>>
>

/**
 * What was read before is still so: who needs what decides what goes.
 *
 * @param removal what goes, and what stays
 * @param packages that were installed for it
 * Refuses with APPLY_PLAN_STALE where a site was applied or removed meanwhile.
 */
export const notedAsBefore = (removal: Removal, packages: readonly string[]): Step => {
  const { manifest, others, unnoted } = removal
  const names = others.map(({ site }) => site)
  const sites: Record<`site ${string}`, Probe<Found<SiteManifest>>> = {}
  for (const name of [manifest.site, ...names]) sites[`site ${name}`] = siteManifestOf(name)
  const probes: Asked = { all: folderAt(stateFolder), ...sites }
  const known = new Map([manifest, ...others].map((one) => [one.site, JSON.stringify(one)]))
  return defineStep({
    id: 'site.noted',
    why: 'which sites there are decides what goes and what stays',
    title: 'What is noted of the sites of this host',
    probes,
    refuse: (is) => {
      const now = sitesIn(is.all).filter((name) => name !== manifest.site)
      const isSame =
        [...names, ...unnoted].sort().join() === [...now].sort().join() &&
        [...known].every(([site, text]) => JSON.stringify(is[`site ${site}`]?.says) === text)
      return isSame ? [] : [changedMeanwhile()]
    },
    plan: () => [],
    keeps: () => [
      `packages of Ubuntu: ${packages.join(', ')}`,
      ...(packages.includes('certbot')
        ? ['/etc/letsencrypt/accounts and keys (what certbot keeps of all its certificates; that of the site goes)']
        : []),
      `${auditFile} (who did what on this host)`,
    ],
  })
}

/** The manifest last: until then the same command goes on. */
const FORGET = `set -e; cd "$1"; find . -xdev -mindepth 1 ! -path ./manifest.json -delete
rm -f manifest.json; cd /; rmdir -- "$1"`

const SHARED = `set -e; rm -f "$1"; shift
for folder; do [ ! -d "$folder" ] || rmdir --ignore-fail-on-non-empty -- "$folder"; done`

const sharedFolders = ({ host }: Removal): readonly string[] =>
  ['/etc/deploy-flask', emptyFolder].filter((path) => host?.before.paths[path] === null)

/**
 * What was noted of the site goes last, with what all sites share when it was the last one.
 *
 * @param removal what goes, and what stays
 */
export const forgotten = (removal: Removal): Step => {
  const { site } = removal.manifest
  const isLast = removal.others.length + removal.unnoted.length === 0
  return defineStep({
    id: 'site.manifest',
    why: 'until here the same command would go on where it was cut off',
    title: `Manifest ${manifestFile(site)}`,
    probes: { manifest: entryAt(manifestFile(site)), host: hostManifestOf() },
    plan: ({ manifest, host }): readonly Change[] => [
      ...(isLast && host.entry !== null
        ? [
            {
              kind: 'remove' as const,
              subject: 'what the sites of the host shared',
              reason: 'it was the last one',
              run: [
                shell(
                  `remove ${hostManifestFile} and empty folders`,
                  SHARED,
                  hostManifestFile,
                  ...sharedFolders(removal),
                ),
              ],
            },
          ]
        : []),
      ...(manifest === null
        ? []
        : [
            {
              kind: 'remove' as const,
              subject: `folder ${siteState(site)}`,
              run: [shell(`remove ${siteState(site)}`, FORGET, siteState(site))],
            },
          ]),
    ],
  })
}
