import type { FolderCode } from '../../core/site.js'
import { defineStep, type Change, type Step } from '../../core/step.js'
import { releaseAt, type Release } from '../../probes/file.js'
import { badOnes, historyOf, type History } from '../../probes/history.js'
import { shell } from '../files.js'
import type { Layout } from './layout.js'

/** As much of the hash as people can compare. */
export const short = (code: FolderCode): string => code.hash.slice(0, 12)

/** Whether `current` serves this code, complete and unchanged. */
export const served = (is: Release, code: FolderCode): boolean =>
  is.tree?.hash === code.hash && is.tree.loose.length === 0 && is.current?.target?.startsWith('releases/') === true

const why = (is: Release, code: FolderCode): string | undefined => {
  if (is.current?.target === undefined) return undefined
  if (is.tree === null) return `${is.current.target}, which is served, does not exist`
  if (!is.current.target.startsWith('releases/')) return `${is.current.target} is not one of the releases`
  if (is.tree.hash === code.hash) return `owner or mode was changed: ${is.tree.loose.join(', ')}`
  return is.current.target.endsWith(`-${short(code)}`) ? `${is.current.target} was changed on the host` : undefined
}

/** Name of the folder that this run would bring. */
export const releaseName = (code: FolderCode): string => `${code.stamp}-${short(code)}`

/** The release with this code: the one that is served, or the one that this run brings. */
export const servedName = (is: Release, code: FolderCode): string =>
  served(is, code) ? nameIn(is.current?.target ?? '') : releaseName(code)

const nameIn = (path: string): string => path.slice(path.lastIndexOf('/') + 1)

/** Of a release that is bad, what a person should know before it goes online again. */
const warnings = (code: FolderCode, history: History): readonly string[] =>
  badOnes(history)
    .filter(({ release }) => release?.endsWith(`-${short(code)}`))
    .slice(-1)
    .map(({ at, event }) =>
      event === 'taken back'
        ? `the code ${short(code)} went online at ${at}, did not answer and was taken back`
        : `the code ${short(code)} was online until somebody went back from it at ${at}`,
    )

/** Beside a release that comes from a repository: which commit of which, as a line of JSON. */
const ORIGIN = '"${1%/*}/.${1##*/}.origin"'

/** Removes a release, and what is beside it. */
export const REMOVE = `rm -rf -- "$1" ${ORIGIN}`

/** Unpacked beside its place and renamed when complete, with its own times: Apache's ETags are made from them. */
const UNPACK = `set -e; umask 022; new="\${1%/*}/.new"; rm -rf "$new"; mkdir "$new"; trap 'rm -rf "$new"' EXIT
tar -xpmf - --no-same-owner -C "$new"; chmod 0755 "$new"
[ -z "$2" ] || printf '%s\\n' "$2" >${ORIGIN}
mv -T "$new" "$1"; trap - EXIT; sync -f "$1"`

/** `12 files, commit 1a2b3c4d5e6f (main)` */
const about = ({ files, origin }: FolderCode): string => {
  if (origin === undefined) return `${files} files`
  const { ref, commit } = origin
  return `${files} files, commit ${commit.slice(0, 12)}${ref === commit ? '' : ` of ${ref}`}`
}

/** A folder in `releases` holds the code. Nothing refers to it yet: `site.current` does that. */
export const release = (site: string, layout: Layout, code: FolderCode): Step =>
  defineStep({
    id: 'site.release',
    why: 'unpacked beside the release that serves, under the hash of its content',
    title: `Code ${short(code)} (${about(code)})`,
    probes: { release: releaseAt(layout.root), history: historyOf(site) },
    notes: ({ release: is, history }) => (served(is, code) ? [] : warnings(code, history)),
    plan: ({ release: is }): readonly Change[] => {
      if (served(is, code) || is.names.includes(releaseName(code))) return []
      const reason = why(is, code)
      return [
        {
          kind: 'create',
          subject: `release ${short(code)}`,
          ...(reason === undefined ? {} : { reason }),
          run: [
            {
              ...shell(
                `unpack ${code.files} files into ${layout.releases}/${releaseName(code)}`,
                UNPACK,
                `${layout.releases}/${releaseName(code)}`,
                code.origin === undefined ? '' : JSON.stringify(code.origin),
              ),
              stdin: code.archive,
              seconds: 1800,
            },
          ],
          undo: [
            shell(
              `remove release ${releaseName(code)}`,
              `${REMOVE} "\${1%/*}/.new"`,
              `${layout.releases}/${releaseName(code)}`,
            ),
          ],
        },
      ]
    },
    triggers: ['site.import', 'apache.touch'],
  })
