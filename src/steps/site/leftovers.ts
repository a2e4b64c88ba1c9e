import { defineStep, type Change, type Step } from '../../core/step.js'
import type { FolderCode } from '../../core/site.js'
import { folderAt, releaseAt, type NamedEntry, type Release } from '../../probes/file.js'
import { shell } from '../files.js'
import type { Layout } from './layout.js'
import { releaseName, REMOVE, served } from './release.js'

/** A venv is large and made again from its requirements: the one in use and two to go back to. */
const keptVenvs = 3

const nameOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1)

const remove = (what: 'release' | 'venv', path: string, keep: number): Change => ({
  kind: 'remove',
  subject: `${what} ${nameOf(path)}`,
  reason: `only the last ${keep} are kept`,
  run: [shell(`remove ${path}`, what === 'release' ? REMOVE : 'rm -rf -- "$1"', path)],
})

const oldest = (names: readonly string[], inUse: readonly string[], keep: number): readonly string[] => {
  const unused = names.filter((name) => !inUse.includes(name))
  return unused.slice(0, Math.max(0, unused.length + inUse.length - keep))
}

const byAge = (entries: readonly NamedEntry[]): readonly string[] =>
  entries
    .filter(({ kind, name }) => kind === 'directory' && !name.startsWith('.'))
    .sort((one, other) => one.modified - other.modified)
    .map(({ name }) => name)

/** Releases that must stay: the one that is served, and the one that this run brings. */
const releasesInUse = (release: Release, code: FolderCode | undefined): readonly string[] => {
  const now = nameOf(release.current?.target ?? '')
  const coming = code === undefined || served(release, code) ? '' : releaseName(code)
  return [...new Set([now, coming])].filter((name) => name !== '')
}

/** Releases and venvs that nothing uses any more go, the oldest first; `keep` releases stay to go back to. */
export const leftovers = (layout: Layout, code: FolderCode | undefined, keep: number): Step =>
  defineStep({
    id: 'site.leftovers',
    why: 'what no rollback needs any more',
    title: 'Old releases and venvs',
    probes: { release: releaseAt(layout.root), venvs: folderAt(layout.venvs) },
    plan: ({ release, venvs }) => {
      const names = release.names.filter((name) => !name.startsWith('.'))
      const releases = oldest(names, releasesInUse(release, code), keep)
      const unused = oldest(byAge(venvs), [nameOf(layout.venv)], keptVenvs)
      return [
        ...releases.map((name) => remove('release', `${layout.releases}/${name}`, keep)),
        ...unused.map((name) => remove('venv', `${layout.venvs}/${name}`, keptVenvs)),
      ]
    },
  })
