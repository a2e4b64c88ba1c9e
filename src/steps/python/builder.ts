import type { Command, InputlessCommand } from '../../core/command.js'
import type { Change } from '../../core/step.js'
import type { Entry } from '../../probes/file.js'
import { shell } from '../files.js'
import type { Account } from '../site/account.js'

/**
 * Who pip works as, and whatever packages run while they are built: never root. The environment is root's before and
 * after, so that the application cannot change what it runs; one that belongs to somebody else stays theirs.
 */
export interface Builder extends Account {
  readonly isOwner: boolean
}

export const builderOf = (there: Entry | null, account: Account): Builder =>
  there === null || there.owner === 'root' || there.owner === account.user
    ? { ...account, isOwner: false }
    : { user: there.owner, group: there.group, isOwner: true }

/** Without a home: what lies in one would have a say in what is installed. */
export const asBuilder = ({ user, group }: Account, ...argv: readonly string[]): readonly [string, ...string[]] => [
  ...(['runuser', '-u', user, '-g', group, '--', 'env'] as const),
  'HOME=/nonexistent',
  'LC_ALL=C.UTF-8',
  'LANG=C.UTF-8',
  ...argv,
]

/** Of the folder while it changes hands: anybody may go on using it, and a run that was cut off is seen. */
const changingHands = '0711'

/**
 * From the outside to the inside, by descriptors and never along a link, so that nobody can slip in what lies elsewhere
 * while it goes on: a name that leads out is not followed, and what has a second name is not given away.
 */
const HAND_OVER = `
import grp, os, pwd, stat, sys
top, user, group, strange = sys.argv[1:]
uid, gid = pwd.getpwnam(user).pw_uid, grp.getgrnam(group).gr_gid
FLAGS = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK

def refuse(why):
    if strange == "refuse":
        sys.exit(why)

def give(entry, path):
    found = os.fstat(entry)
    if not stat.S_ISDIR(found.st_mode) and found.st_nlink > 1:
        return refuse("%s has a second name (hard link)" % path)
    os.fchown(entry, uid, gid)
    os.fchmod(entry, stat.S_IMODE(found.st_mode) & 0o755)

def give_inside(folder, path):
    for name in os.listdir(folder):
        inside, kind = os.path.join(path, name), os.stat(name, dir_fd=folder, follow_symlinks=False).st_mode
        if stat.S_ISLNK(kind):
            os.chown(name, uid, gid, dir_fd=folder, follow_symlinks=False)
            continue
        if not stat.S_ISDIR(kind) and not stat.S_ISREG(kind):
            refuse("%s is neither a file nor a folder" % inside)
            continue
        entry = os.open(name, FLAGS, dir_fd=folder)
        try:
            give(entry, inside)
            if stat.S_ISDIR(os.fstat(entry).st_mode):
                give_inside(entry, inside)
        finally:
            os.close(entry)

if strange == "leave" and not os.path.lexists(top):
    sys.exit(0)
folder = os.open(top, FLAGS | os.O_DIRECTORY)
os.fchown(folder, 0, 0)
os.fchmod(folder, 0o${changingHands})
give_inside(folder, top)
os.fchown(folder, uid, gid)
os.fchmod(folder, 0o755)
`

/** What is no file of a package is refused, or left where it is. */
const handOver = (path: string, { user, group }: Account, strange: 'refuse' | 'leave'): InputlessCommand => ({
  argv: ['/usr/bin/python3', '-IS', '-c', HAND_OVER, path, user, group, strange],
  as: 'root',
  label: `give ${path} to ${user}`,
})

const root: Account = { user: 'root', group: 'root' }

export const seal = (path: string): InputlessCommand => handOver(path, root, 'refuse')

/** What is to be done in an environment that is there: by whoever owns it, or by the builder while it is given to it. */
export const inHandsOf = (
  path: string,
  builder: Builder,
  commands: readonly Command[],
): Pick<Change, 'run' | 'undo'> =>
  builder.isOwner
    ? { run: commands }
    : {
        run: [handOver(path, builder, 'refuse'), ...commands, seal(path)],
        // whatever came of it, the application must not be able to change what it runs
        undo: [handOver(path, root, 'leave')],
      }

/** As `inHandsOf`, of one that is made only now. */
export const inNewHandsOf = (path: string, builder: Builder, commands: readonly Command[]): readonly Command[] => [
  shell(
    `make ${path} for ${builder.user}`,
    'set -e; mkdir -p -- "${1%/*}"; install -d -o "$2" -g "$3" -m 0755 -- "$1"',
    path,
    builder.user,
    builder.group,
  ),
  ...commands,
  seal(path),
]

/** Whether a run was cut off before it was root's again. */
export const isLoose = ({ owner, mode }: Entry, { user }: Account): boolean =>
  owner === user || (owner === 'root' && mode === changingHands)
