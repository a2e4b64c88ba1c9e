import type { Command } from '../../core/command.js'
import type { Probe } from '../../core/probe.js'
import type { FolderCode } from '../../core/site.js'
import { defineStep, type Change, type Step } from '../../core/step.js'
import { releaseAt, type Release } from '../../probes/file.js'
import { badOnes, historyOf, type History } from '../../probes/history.js'
import { treeFacts } from '../../probes/tree-script.js'
import { shell } from '../files.js'
import type { Layout } from './layout.js'

/** As much of the hash as people can compare. */
export const short = (code: FolderCode): string => code.hash.slice(0, 12)

/** What a release with this code holds in the end: what was sent, or what a build has made of that. */
const wantedHash = ({ built }: Release, { hash, build }: FolderCode): string | undefined => {
  if (build === undefined) return hash
  return built?.mark === build ? built.hash : undefined
}

/** Whether `current` serves this code, complete and unchanged. */
export const served = (is: Release, code: FolderCode): boolean =>
  is.tree !== null &&
  is.tree.hash === wantedHash(is, code) &&
  is.tree.loose.length === 0 &&
  is.current?.target?.startsWith('releases/') === true

const why = (is: Release, code: FolderCode): string | undefined => {
  if (is.current?.target === undefined) return undefined
  if (is.tree === null) return `${is.current.target}, which is served, does not exist`
  if (!is.current.target.startsWith('releases/')) return `${is.current.target} is not one of the releases`
  if (is.tree.hash === wantedHash(is, code)) return `owner or mode was changed: ${is.tree.loose.join(', ')}`
  if (!is.current.target.endsWith(`-${short(code)}`)) return undefined
  if (is.built?.mark === code.build) return `${is.current.target} was changed on the host`
  return code.build === undefined
    ? `${is.current.target} holds what a build has made of it`
    : `${is.current.target} was not built by this command with these settings and requirements`
}

/** Name of the folder that this run would bring. */
export const releaseName = (code: FolderCode): string => `${code.stamp}-${short(code)}`

/** The release with this code: the one that is served, or the one that this run brings. */
export const servedName = (is: Release, code: FolderCode): string =>
  served(is, code) ? nameIn(is.current?.target ?? '') : releaseName(code)

/** What lies beside a release when its build has come to its end. */
export const builtName = (code: FolderCode): string => `.${releaseName(code)}.built`

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

const BUILT = '"${1%/*}/.${1##*/}.built"'

/** Removes a release, and what is beside it. */
export const REMOVE = `rm -rf -- "$1" ${ORIGIN} ${BUILT} ${BUILT}.new`

/**
 * Takes what need not be sent from a folder that is there, each file by what it holds; then looks whether all of it is
 * what was to come.
 */
const COMPLETE = String.raw`
import base64, binascii, hashlib, os, stat, sys
${treeFacts}
new, base, wanted, listing = sys.argv[1:]
with open(listing, "rb") as opened:
    lines = [line.split(b" ", 2) for line in opened.read().split(b"\0")[:-1]]
os.unlink(listing)
there = {}
for folder, folders, names in os.walk(os.fsencode(base)) if lines else ():
    for path in (os.path.join(folder, name) for name in names):
        if stat.S_ISREG(os.lstat(path).st_mode):
            there.setdefault(digest(path).encode("ascii"), path)
for hashed, kind, name in lines:
    if hashed not in there:
        sys.exit("%s, which was not sent, is not in %s any more" % (os.fsdecode(name), base))
    path = os.path.join(os.fsencode(new), name)
    os.makedirs(os.path.dirname(path), mode=0o755, exist_ok=True)
    with regular(there[hashed]) as source, open(path, "xb") as copy:
        for block in iter(lambda: source.read(1 << 20), b""):
            copy.write(block)
        os.fchmod(copy.fileno(), 0o755 if kind == b"x" else 0o644)
found = tree(new)["hash"]
if found != wanted:
    sys.exit("what has arrived is not what was sent: its hash is %s" % found)
`

/**
 * Unpacked beside its place and renamed when complete, with its own times: Apache's ETags are made from them. Whoever
 * cannot is told whether it is the room.
 */
const UNPACK = `set -e; umask 022; new="\${1%/*}/.new"; rm -rf "$new" "$new.list"; mkdir "$new"
failed() { stat -f -c "%n: %a blocks of %S bytes and %d inodes free" "\${new%/*}" >&2; rm -rf "$new" "$new.list"; }
trap 'failed || :' EXIT
head -c "$3" >"$new.list"; tar -xpmf - --no-same-owner -C "$new"; chmod 0755 "$new"
python3 -I -S -c "$6" "$new" "$4" "$5" "$new.list"
[ -z "$2" ] || printf '%s\\n' "$2" >${ORIGIN}
mv -T "$new" "$1"; trap - EXIT; sync -f "$1"`

/** `12 files, commit 1a2b3c4d5e6f (main)` */
const about = ({ files, origin }: FolderCode): string => {
  if (origin === undefined) return `${files} files`
  const { ref, commit } = origin
  return `${files} files, commit ${commit.slice(0, 12)}${ref === commit ? '' : ` of ${ref}`}`
}

const unpack = ({ root, releases }: Layout, code: FolderCode, base: Release['base']): Command => {
  const { archive, files, listBytes } =
    base === null ? { archive: code.archive, files: code.files, listBytes: 0 } : code.sparing(base.digests)
  const path = `${releases}/${releaseName(code)}`
  const kept = files === code.files ? '' : `, ${code.files - files} of them from ${base?.folder}`
  return {
    ...shell(
      `unpack ${code.files} files into ${path}${kept}`,
      UNPACK,
      path,
      code.origin === undefined ? '' : JSON.stringify(code.origin),
      String(listBytes),
      `${root}/${base?.folder ?? ''}`,
      code.hash,
      COMPLETE,
    ),
    stdin: archive,
    seconds: 1800,
  }
}

/** What there is of the releases, and of this code among them. */
export const releasesOf = ({ root }: Layout, code: FolderCode | undefined): Probe<Release> =>
  releaseAt(root, code === undefined ? '' : short(code))

/** A folder in `releases` holds the code. Nothing refers to it yet: `site.current` does that. */
export const release = (site: string, layout: Layout, code: FolderCode): Step =>
  defineStep({
    id: 'site.release',
    why: 'unpacked beside the release that serves, under the hash of its content',
    title: `Code ${short(code)} (${about(code)})`,
    probes: { release: releasesOf(layout, code), history: historyOf(site) },
    notes: ({ release: is, history }) => (served(is, code) ? [] : warnings(code, history)),
    plan: ({ release: is }): readonly Change[] => {
      if (served(is, code) || is.names.includes(releaseName(code))) return []
      const reason = why(is, code)
      return [
        {
          kind: 'create',
          subject: `release ${short(code)}`,
          ...(reason === undefined ? {} : { reason }),
          run: [unpack(layout, code, is.base)],
          undo: [
            shell(
              `remove release ${releaseName(code)}`,
              `${REMOVE} "\${1%/*}/.new" "\${1%/*}/.new.list"`,
              `${layout.releases}/${releaseName(code)}`,
            ),
          ],
        },
      ]
    },
    triggers: ['site.import', 'apache.touch'],
  })
