import type { InputlessCommand } from '../../core/command.js'
import { defineStep, type Change, type Step } from '../../core/step.js'
import { DeployError } from '../../errors.js'
import { shell } from '../files.js'
import { setRights } from '../rights.js'
import { asidesOf, changedOf, emptiedOf, goingOf, keptOf, probesOf, type Going } from './found-paths.js'
import { asideOf } from './own-paths.js'
import { isBelow, type Removal } from './removal.js'

/** Something may lie aside since a removal that was cut off, after which the site was applied again. */
const ASIDE = `[ -e "$1" ] || [ -L "$1" ] || exit 0
rm -rf --one-file-system -- "$2" && mv -nT -- "$1" "$2" && [ ! -e "$1" ]`

const BACK = `[ -e "$2" ] || [ -L "$2" ] || exit 0
[ ! -e "$1" ] && [ ! -L "$1" ] && mv -nT -- "$2" "$1"`

const mounted = (path: string, mounts: readonly string[]): DeployError =>
  new DeployError('PATH_MOUNTED', {
    what: `something is mounted in what is to be removed: ${mounts.join(', ')}`,
    where: path,
    remedy: `unmount it first (findmnt ${mounts[0] ?? path} says what it is); what lies on it is not touched`,
  })

const asideChange = ({ path, entry, mounts }: Going): Change => ({
  kind: 'remove',
  subject: `${entry.kind === 'directory' ? 'folder' : entry.kind} ${path}`,
  ...(mounts.length === 0 ? {} : { refusal: mounted(path, mounts) }),
  run: [shell(`put ${path} aside`, ASIDE, path, asideOf(path))],
  undo: [shell(`put ${path} back`, BACK, path, asideOf(path))],
})

/**
 * Everything of the site that goes is put aside, which can still be taken back.
 *
 * @param removal what goes, and what stays
 * Refuses with PATH_MOUNTED where something is mounted in it.
 */
export const removedFiles = (removal: Removal): Step =>
  defineStep({
    id: 'site.files',
    why: 'renamed first, which can be taken back; deleted when nothing can fail any more',
    title: `Files of ${removal.manifest.site}`,
    probes: probesOf(removal),
    plan: (is) => goingOf(removal, is).map(asideChange),
    keeps: (is) => keptOf(removal, is),
  })

/** GNU rm goes by open folders, and so follows no link that takes the place of one meanwhile. */
const deletion = (path: string): InputlessCommand => ({
  argv: ['rm', '-rf', '--one-file-system', '--', path],
  as: 'root',
  seconds: 600,
})

/**
 * What was put aside is deleted, and folders that are empty by then go.
 *
 * @param removal what goes, and what stays
 */
export const disposal = (removal: Removal): Step =>
  defineStep({
    id: 'site.disposal',
    why: 'what nothing needs any more, and nothing brings back',
    title: 'What was put aside is deleted',
    probes: probesOf(removal),
    plan: (is): readonly Change[] => [
      ...asidesOf(removal, is).map((path): Change => ({ kind: 'remove', subject: path, run: [deletion(path)] })),
      ...emptiedOf(removal, is).map((path): Change => ({
        kind: 'remove',
        subject: `empty folder ${path}`,
        run: [{ argv: ['rmdir', '--ignore-fail-on-non-empty', '--', path], as: 'root' }],
      })),
    ],
  })

/**
 * What was there before the site has the owner and the mode again that it had: what lies in others first.
 *
 * @param removal what goes, and what stays
 */
export const rightsOfBefore = (removal: Removal): Step =>
  defineStep({
    id: 'site.rights',
    why: 'whoever could write there before can again, and nobody else',
    title: 'Owners and modes of before',
    probes: probesOf(removal),
    plan: (is) =>
      changedOf(removal, is)
        .toSorted((one, other) => Number(isBelow(other.path, one.path)) - Number(isBelow(one.path, other.path)))
        .map(({ path, entry, was }): Change => {
          const now = `${entry.owner}:${entry.group} ${entry.mode}`
          return {
            kind: 'update',
            subject: `owner and mode of ${path}`,
            reason: `${now} becomes ${was.owner}:${was.group} ${was.mode} again`,
            run: [setRights(path, was.owner, was.mode, was.group)],
          }
        }),
  })
