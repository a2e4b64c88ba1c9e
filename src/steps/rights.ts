import type { InputlessCommand } from '../core/command.js'

/**
 * For what lies in a folder that others can write: what is opened is what is given, whatever takes its name meanwhile. A
 * link is not followed, a second name would give away another file, and a FIFO is not waited for.
 */
const SET_RIGHTS = `
import grp, os, pwd, stat, sys
path, owner, mode, group = sys.argv[1:]
def number(name, lookup):
    return int(name) if name.isdigit() else lookup(name)[2]
try:
    opened = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
except OSError as problem:
    sys.exit("%s: %s" % (path, problem.strerror))
found = os.fstat(opened)
if not (stat.S_ISDIR(found.st_mode) or (stat.S_ISREG(found.st_mode) and found.st_nlink == 1)):
    sys.exit("%s is not what it was any more" % path)
os.fchown(opened, number(owner, pwd.getpwnam), number(group, grp.getgrnam) if group else -1)
os.fchmod(opened, int(mode, 8))
`

/**
 * Gives a file or folder another owner and mode.
 *
 * @param path absolute
 * @param owner name of an account
 * @param mode four octal digits: `0640`
 * @param group name of a group; default: the one that it has
 */
export const setRights = (path: string, owner: string, mode: string, group = ''): InputlessCommand => ({
  argv: ['/usr/bin/python3', '-IS', '-c', SET_RIGHTS, path, owner, mode, group],
  as: 'root',
  label: `give ${path} to ${owner}, mode ${mode}`,
})
