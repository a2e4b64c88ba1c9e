import { z } from 'zod'
import type { Guard } from '../../core/handler.js'
import { DeployError } from '../../errors.js'

/** A path that Apache or a daemon will need, and what it must be. */
export interface NeededPath {
  readonly path: string
  readonly kind: 'file' | 'folder' | 'venv'
  /** Who has to be able to read it. */
  readonly user: string
  /** Instead of that account's own group. */
  readonly group?: string
  /** The setting that it comes from. */
  readonly from: string
}

/** As root, one child for each account and group: rights are asked of the kernel, as whoever needs them. */
const CHECK = String.raw`
import grp, json, os, pwd, sys

def closed_above(path):
    parts = path.split("/")[1:-1]
    folders = ["/" + "/".join(parts[:count]) for count in range(1, len(parts) + 1)]
    return next((folder for folder in folders if os.path.isdir(folder) and not os.access(folder, os.X_OK)), None)

def fault(path, kind):
    if kind == "venv":
        path, kind = os.path.join(path, "bin/python"), "file"
    if not os.path.lexists(path):
        closed = closed_above(path)
        return "cannot be reached: %s is closed" % closed if closed else "does not exist"
    if not os.path.exists(path):
        return "is a link that leads nowhere, or to a closed folder"
    if kind == "folder":
        return None if os.path.isdir(path) and os.access(path, os.X_OK) else "is not a folder that can be entered"
    return None if os.path.isfile(path) and os.access(path, os.R_OK) else "is not a file that can be read"

def as_account(name, group, wanted, out):
    try:
        account = pwd.getpwnam(name)
        gid = grp.getgrnam(group).gr_gid if group else account.pw_gid
    except KeyError:
        found = [dict(one, fault="is needed by the account %s, which does not exist" % name) for one in wanted]
    else:
        os.initgroups(name, gid)
        os.setgid(gid)
        os.setuid(account.pw_uid)
        found = [dict(one, fault=what) for one in wanted for what in [fault(one["path"], one["kind"])] if what]
    os.write(out, json.dumps(found).encode())
    os._exit(0)

def account_of(one):
    return one["user"], one.get("group", "")

asked, answers = json.loads(sys.argv[1]), []
for account in sorted(set(map(account_of, asked))):
    readable, writable = os.pipe()
    if os.fork() == 0:
        as_account(*account, [one for one in asked if account_of(one) == account], writable)
    os.close(writable)
    with os.fdopen(readable) as opened:
        answers.extend(json.loads(opened.read()))  # no answer is no JSON: a child that died fails the check
    os.wait()
print(json.dumps(answers))
`

const read = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

const answer = z.array(z.object({ path: z.string(), user: z.string(), from: z.string(), fault: z.string() }))

/**
 * What configtest says "Syntax OK" to: scripts, folders, virtual environments and documents that are not there, or that
 * the account that needs them cannot reach (mod_wsgi: Application Issues, Access Rights Of Apache User).
 *
 * @param paths what is needed, and by whom; of a venv, its bin/python
 * Fails with PATH_UNUSABLE, naming all of them, and with ANSWER_UNREADABLE where the check itself cannot run.
 */
export const pathsGuard = (paths: readonly NeededPath[]): Guard => ({
  title: 'every path in the configuration can be used',
  command: () => ({
    argv: ['python3', '-I', '-S', '-c', CHECK, JSON.stringify(paths)],
    as: 'root',
    label: `look whether ${paths.length} paths can be used by the accounts that need them`,
  }),
  judge({ stdout, stderr, exitCode }) {
    const found = exitCode === 0 ? answer.safeParse(read(stdout)) : undefined
    if (found?.success !== true) {
      return new DeployError('ANSWER_UNREADABLE', {
        what: 'the check of the paths ended without a readable answer',
        evidence: `${stdout}\n${stderr}`.trim(),
        remedy: 'look whether python3 works on the host, then run this again',
      })
    }
    if (found.data.length === 0) return undefined
    return new DeployError('PATH_UNUSABLE', {
      what: 'the configuration names paths that cannot be used; Apache would say "Syntax OK" and answer with errors',
      evidence: found.data.map(({ path, user, from, fault }) => `${path} ${fault} (as ${user}; ${from})`).join('\n'),
      remedy: 'correct the settings named above, or the rights of these paths; the running Apache was not touched',
    })
  },
})
