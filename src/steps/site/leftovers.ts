import { defineStep, type Change, type Step } from '../../core/step.js'
import type { LocalPackage } from '../../core/packages.js'
import type { FolderCode } from '../../core/site.js'
import { folderAt, type NamedEntry } from '../../probes/file.js'
import { badOnes, goodOnes, historyOf, type History } from '../../probes/history.js'
import { shell } from '../files.js'
import type { Layout } from './layout.js'
import { releasesOf, REMOVE, servedName } from './release.js'

/** A venv is large and made again from its requirements: the one in use and two to go back to. */
const keptVenvs = 3

const nameOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1)

/** Packages that came with code of before; a release that comes again brings them again. */
const removePackages = (layout: Layout, name: string): Change => ({
  kind: 'remove',
  subject: `packages ${name}`,
  reason: 'no requirement names them any more',
  run: [shell(`remove ${layout.packages}/${name}`, 'rm -rf -- "$1"', `${layout.packages}/${name}`)],
})

const remove = (what: 'release' | 'venv', path: string, keep: number): Change => ({
  kind: 'remove',
  subject: `${what} ${nameOf(path)}`,
  reason: `only the last ${keep} are kept`,
  run: [shell(`remove ${path}`, what === 'release' ? REMOVE : 'rm -rf -- "$1"', path)],
})

/** Those that nobody uses, the first of them first, as many as are too many. */
const tooMany = (names: readonly string[], inUse: readonly string[], keep: number): readonly string[] => {
  const unused = names.filter((name) => !inUse.includes(name))
  const used = names.length - unused.length
  return unused.slice(0, Math.max(0, unused.length + used - keep))
}

const byAge = (entries: readonly NamedEntry[]): readonly string[] =>
  entries
    .filter(({ kind, name, mounted }) => kind === 'directory' && !name.startsWith('.') && mounted !== true)
    .sort((one, other) => one.modified - other.modified)
    .map(({ name }) => name)

/** The bad first, then those that never were online, then the others in the order in which they were. */
const byWorth = (names: readonly string[], history: History): readonly string[] => {
  const bad = badOnes(history).map(({ release }) => release)
  const good = goodOnes(history).map(({ release }) => release)
  const worth = (name: string): number =>
    bad.includes(name) ? -2 : good.includes(name) ? good.length - good.indexOf(name) : -1
  return names.toSorted((one, other) => worth(one) - worth(other) || (one < other ? -1 : 1))
}

const present = (names: readonly (string | null | undefined)[]): readonly string[] =>
  names.filter((name) => name !== null && name !== undefined).filter((name) => name !== '')

/**
 * Releases and venvs that nothing uses any more go; `keep` releases stay to go back to. What is served, what this run
 * brings, and what was good before it never go. Of packages that came with the code only those of the current code stay.
 */
export const leftovers = (
  site: string,
  layout: Layout,
  code: FolderCode | undefined,
  keep: number,
  packages: readonly LocalPackage[] | undefined,
): Step =>
  defineStep({
    id: 'site.leftovers',
    why: 'what no rollback needs any more',
    title: 'Old releases and venvs',
    probes: {
      release: releasesOf(layout, code),
      venvs: folderAt(layout.venvs),
      history: historyOf(site),
      ...(packages === undefined ? {} : { packages: folderAt(layout.packages) }),
    },
    plan: ({ release, venvs, history, packages: kept = [] }) => {
      const now = nameOf(release.current?.target ?? '')
      const coming = code === undefined ? now : servedName(release, code)
      const last = goodOnes(history).find((one) => one.release !== coming || one.venv !== layout.venv)
      const names = byWorth(
        release.names.filter((name) => !name.startsWith('.')),
        history,
      )
      const releases = tooMany(names, present([now, coming, last?.release]), keep)
      const unused = tooMany(byAge(venvs), present([nameOf(layout.venv), nameOf(last?.venv ?? '')]), keptVenvs)
      return [
        ...releases.map((name) => remove('release', `${layout.releases}/${name}`, keep)),
        ...unused.map((name) => remove('venv', `${layout.venvs}/${name}`, keptVenvs)),
        ...kept
          .filter(({ name }) => packages?.every(({ sha256 }) => sha256 !== name) === true)
          .map(({ name }) => removePackages(layout, name)),
      ]
    },
  })
