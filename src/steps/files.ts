import type { Command, InputlessCommand } from '../core/command.js'
import type { Secret } from '../core/secret.js'
import type { Change } from '../core/step.js'
import { undoFolder } from '../core/host-paths.js'
import type { Entry } from '../probes/file.js'
import { notMounted } from './mounts.js'

/** Who owns something, and what everybody may do with it. */
export interface Access {
  readonly owner: string
  readonly group: string
  /** Four octal digits: `0644`. */
  readonly mode: string
}

/**
 * Root's, with this mode.
 *
 * @param mode four octal digits: `0644`
 */
export const rootOwned = (mode: string): Access => ({ owner: 'root', group: 'root', mode })

const kept = (path: string): string => `${undoFolder}/${path.slice(1).replaceAll('/', '%')}`

/**
 * Beside its place, never wider than its final mode, flushed, then renamed: a full disk or a cut line leaves the old
 * file whole. The old one, and what the new one is known by, are kept for the undo when nothing but the renaming is left
 * to be done. What a cut has left beside it goes with the next write, or with the undo. Who cannot write is told whether
 * it is the room. What lies in our folder of /etc holds secrets, and etckeeper must not keep them.
 */
const WRITE = `set -e; umask 077
path=$1; kept=$5; folder=\${path%/*}; new="$folder/.deploy-flask.\${path##*/}"
failed() {
  stat -f -c "%n: %a blocks of %S bytes and %d inodes free" "$folder" "\${kept%/*}" >&2; rm -f "$new" "$kept.part"
}
case $path in /etc/deploy-flask/*) exclude=/etc/.git/info/exclude
  if [ -d /etc/.git/info ] && ! grep -qsxF /deploy-flask/ $exclude; then echo /deploy-flask/ >>$exclude; fi;;
esac
trap 'failed || :' EXIT; mkdir -p "\${kept%/*}"; rm -f "$kept" "$kept.ours" "$new"
set -C; cat >"$new"; set +C; chown "$2:$3" "$new"; chmod "$4" "$new"; sync "$new"
if [ -e "$path" ] || [ -L "$path" ]; then
  cp -aT "$path" "$kept.part"; [ -L "$path" ] || sync "$kept.part"; mv -fT "$kept.part" "$kept"
fi
sha256sum <"$new" >"$kept.ours"; mv -fT "$new" "$path"; trap - EXIT; sync "\${path%/*}"`

/** Where Apache, or anybody, would still read it under another name, a file waits here for the undo and not beside. */
const REMOVE = `set -e; path=$1; kept=$2; mkdir -p "\${kept%/*}"; rm -f "$kept" "$kept.ours"
[ -e "$path" ] || [ -L "$path" ] || exit 0
cp -aT "$path" "$kept.part"; [ -L "$path" ] || sync "$kept.part"; mv -fT "$kept.part" "$kept"
: >"$kept.ours"; rm -f "$path"; sync "\${path%/*}"`

/** What was not written yet needs nothing; what somebody else has changed since is theirs. */
const RESTORE = `set -e; path=$1; kept=$2; new="\${path%/*}/.deploy-flask.\${path##*/}"; rm -f "$new"
[ -e "$kept.ours" ] || exit 0
hash() { if [ -L "$1" ]; then readlink "$1"; elif [ -f "$1" ]; then sha256sum <"$1"; fi; }
is=$(hash "$path")
if [ "$is" != "$(cat "$kept.ours")" ]; then
  [ "$is" = "$(hash "$kept")" ] && exit 0
  echo "$path was changed by somebody else meanwhile: it is left as it is" >&2; exit 1
fi
if [ "$3" = absent ]; then rm -f "$path"; sync "\${path%/*}"; exit 0; fi
trap 'rm -f "$new"' EXIT; cp -aT "$kept" "$new"; [ -L "$new" ] || sync "$new"
mv -fT "$new" "$path"; trap - EXIT; sync "\${path%/*}"`

const script = (label: string, text: string, ...args: readonly string[]): InputlessCommand => ({
  argv: ['sh', '-c', text, 'sh', ...args],
  as: 'root',
  label,
})

export const shell = script

/**
 * Takes back what a change has made; nothing when the change did not come that far, or when it went with something
 * else (userdel removes the group too). `there` is a test in shell of whether `subject`, its "$1", is there.
 */
export const takeBack = (there: string, subject: string, ...argv: readonly string[]): InputlessCommand =>
  script(argv.join(' '), `${there} || exit 0; shift; exec "$@"`, subject, ...argv)

export const writeFile = (path: string, content: string | Secret, access: Access): Command => ({
  ...script(
    `write ${path} (${access.owner}:${access.group} ${access.mode})`,
    WRITE,
    path,
    access.owner,
    access.group,
    access.mode,
    kept(path),
  ),
  stdin: content,
})

export const restoreFile = (path: string, before: Entry | null): InputlessCommand =>
  script(`restore ${path}`, RESTORE, path, kept(path), before === null ? 'absent' : 'present')

/**
 * The change that removes a file, which is kept for the undo; none when nothing is there.
 *
 * @param path absolute
 * @param is what was found there; null when nothing was
 */
export const removeFile = (path: string, is: Entry | null): readonly Change[] =>
  is === null
    ? []
    : [
        {
          kind: 'remove',
          subject: `file ${path}`,
          ...notMounted(path, is),
          run: [script(`remove ${path}`, REMOVE, path, kept(path))],
          undo: [restoreFile(path, is)],
        },
      ]

const setAccess = (path: string, access: Access): readonly InputlessCommand[] => [
  { argv: ['chown', '-h', `${access.owner}:${access.group}`, path], as: 'root' },
  { argv: ['chmod', access.mode, path], as: 'root' },
]

/** chmod(1) takes these bits from a folder only where its mode has five digits (coreutils: Directories and Special Bits). */
const clearing = (is: Entry, wanted: Access): Access =>
  is.kind === 'directory' && !is.mode.startsWith('0') ? { ...wanted, mode: wanted.mode.padStart(5, '0') } : wanted

const accessOf = (entry: Entry): Access => ({ owner: entry.owner, group: entry.group, mode: entry.mode })

const accessText = (access: Access): string => `${access.owner}:${access.group} ${access.mode}`

const sameAccess = (is: Access, wanted: Access): boolean => accessText(is) === accessText(wanted)

/**
 * The change of owner or mode that something existing needs; none when it is as wanted.
 *
 * @param what it is called in the plan: `file`
 * @param path absolute
 * @param is what was found there
 * @param wanted owner, group and mode
 */
export const accessChange = (what: string, path: string, is: Entry, wanted: Access): readonly Change[] =>
  sameAccess(accessOf(is), wanted)
    ? []
    : [
        {
          kind: 'update',
          subject: `${what} ${path}`,
          reason: `${accessText(accessOf(is))} becomes ${accessText(wanted)}`,
          run: setAccess(path, clearing(is, wanted)),
          undo: setAccess(path, accessOf(is)),
        },
      ]

/**
 * The change that makes a file have this content, owner and mode; none when it is so.
 *
 * @param path absolute
 * @param is what was found there; null when nothing was
 * @param content the whole of it, as text
 * @param access owner, group and mode
 */
export const fileChange = (path: string, is: Entry | null, content: string, access: Access): readonly Change[] => {
  if (is?.kind === 'file' && is.content === content) return accessChange('file', path, is, access)
  return [
    {
      kind: is === null ? 'create' : 'update',
      subject: `file ${path}`,
      diff: { before: is?.content ?? '', after: content },
      ...notMounted(path, is),
      run: [writeFile(path, content, access)],
      undo: [restoreFile(path, is)],
    },
  ]
}

/**
 * The change that makes a folder be there with this owner and mode.
 *
 * @param path absolute; the folder above it is there
 * @param is what was found there; null when nothing was
 * @param access owner, group and mode
 */
export const folderChange = (path: string, is: Entry | null, access: Access): readonly Change[] =>
  is?.kind === 'directory'
    ? accessChange('folder', path, is, access)
    : [
        {
          kind: 'create',
          subject: `folder ${path}`,
          run: [
            { argv: ['install', '-d', '-o', access.owner, '-g', access.group, '-m', access.mode, path], as: 'root' },
          ],
          undo: [takeBack('[ -d "$1" ]', path, 'rmdir', '--ignore-fail-on-non-empty', path)],
        },
      ]
