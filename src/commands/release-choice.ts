import { visible } from '../core/sanitise.js'
import { DeployError } from '../errors.js'
import { goodOnes, type Deployment } from '../probes/history.js'
import type { SiteOnHost } from './on-site.js'

/** What there is on the host, by the names of folders. */
export interface Present {
  readonly releases: readonly string[]
  readonly venvs: readonly string[]
}

export type Release = Deployment & { readonly release: string }

const isRelease = <T extends Deployment>(one: T): one is T & Release => one.release !== null

const nothingBefore = (what: string): DeployError =>
  new DeployError('RELEASE_MISSING', {
    what,
    remedy: 'check out the version of the code that you want, and apply it; nothing was changed',
  })

const isThere = ({ release, venv }: Release, { releases, venvs }: Present): boolean =>
  releases.includes(release) && (!venv.includes('/venvs/') || venvs.includes(venv.slice(venv.lastIndexOf('/') + 1)))

const listed = (all: readonly Release[]): string =>
  all.length === 0 ? 'there is none' : all.map(({ release }) => visible(release)).join('\n')

/** `20261124T201300Z-1a2b3c4d5e6f`, or as much of the time or of the hash as only one of them has. */
const fits = (wanted: string, { release }: Release): boolean =>
  release.startsWith(wanted) || (release.split('-').at(-1) ?? '').startsWith(wanted)

/** Each release with the venv that it was online with last, the last first. */
const everOnline = ({ history }: SiteOnHost): readonly Release[] => {
  const last = new Map(history.events.filter(isRelease).map((one) => [one.release, one]))
  return [...last.values()].toReversed()
}

/**
 * What to go back to: the one that is named, or the last good one before the one that is online.
 *
 * @param wanted a release, or the beginning of its time or hash
 * Throws RELEASE_UNKNOWN or RELEASE_MISSING.
 */
export const chooseRelease = (site: SiteOnHost, present: Present, wanted: string | undefined): Release => {
  const { manifest, history } = site
  if (!manifest.releases) {
    throw nothingBefore(
      `the code of ${manifest.site} lies on the host, in ${manifest.code}: there are no releases of it`,
    )
  }
  const [live] = goodOnes(history)
  if (wanted === undefined) {
    const before = goodOnes(history)
      .filter(isRelease)
      .find((one) => one !== live && isThere(one, present))
    if (before === undefined)
      throw nothingBefore(`no release of ${manifest.site} was good before the one that is online`)
    return before
  }
  const known = everOnline(site).filter((one) => isThere(one, present))
  const [found, another] = known.filter((one) => fits(wanted, one))
  if (found !== undefined && another === undefined) return found
  const gone = found === undefined && everOnline(site).some((one) => fits(wanted, one))
  throw new DeployError('RELEASE_UNKNOWN', {
    what: gone
      ? `the release ${visible(wanted)} of ${manifest.site} is not on the host any more, or its environment is not`
      : `${found === undefined ? 'no release' : 'more than one release'} of ${manifest.site} is called ${visible(wanted)}`,
    evidence: listed(known),
    remedy: 'name one of these; nothing was changed',
  })
}
