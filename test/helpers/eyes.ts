import type { Guest } from '../../vagrant/guest.js'

/** What a command prints on the guest; it has to succeed. */
export const output = async (guest: Guest, script: string, stdin = ''): Promise<string> => {
  const { stdout, stderr, exitCode } = await guest.run(script, { stdin })
  if (exitCode !== 0) throw new Error(`exit code ${exitCode} of: ${script}\n${stderr}`)
  return stdout
}

interface ApacheProcess {
  readonly pid: string
  readonly parent: string
  readonly user: string
}

export interface ApacheProcesses {
  readonly children: readonly ApacheProcess[]
  readonly daemons: readonly ApacheProcess[]
}

/** Apache's processes as ps shows them: main process and children, and the daemons of the site. */
export const processesOf = async (guest: Guest): Promise<ApacheProcesses> => {
  const lines = (await output(guest, 'ps -eo pid,ppid,user:20,args')).split('\n').map((line) => line.trim())
  const found = (pattern: RegExp): readonly ApacheProcess[] =>
    lines.flatMap((line) => {
      const [pid = '', parent = '', user = '', ...args] = line.split(/\s+/)
      return pattern.test(args.join(' ')) ? [{ pid, parent, user }] : []
    })
  return { children: found(/^\/usr\/sbin\/apache2 /), daemons: found(/^\(wsgi:notes\)/) }
}

/** Logins, and root shells by sudo, that the guest's own journal tells of. */
export const loginsOf = async (guest: Guest): Promise<{ readonly logins: number; readonly sudo: number }> => {
  const journal = await output(guest, 'journalctl --sync; journalctl --no-pager -o cat')
  const count = (pattern: RegExp): number => journal.split('\n').filter((line) => pattern.test(line)).length
  return { logins: count(/^Accepted publickey for /), sudo: count(/COMMAND=/) }
}

const WATCH = (secret: string): string => `
import os, time
seen, secret = set(), ${JSON.stringify(secret)}.encode()
while not os.path.exists("/run/deploy-flask-test-stop"):
    for pid in filter(str.isdigit, os.listdir("/proc")):
        for name in ("cmdline", "environ"):
            try:
                # the application's own account may have it in the environment; nobody else, and nobody as an argument
                if name == "environ" and os.stat("/proc/" + pid).st_uid != 0:
                    continue
                with open("/proc/%s/%s" % (pid, name), "rb") as opened:
                    if secret in opened.read():
                        seen.add("%s of %s" % (name, open("/proc/%s/comm" % pid).read().strip()))
            except OSError:
                continue
    time.sleep(0.05)
print("\\n".join(sorted(seen)))
`

/** Looks for a secret in every process of the guest while something runs; answers where it was seen. */
export const whileWatching = async <T>(
  guest: Guest,
  secret: string,
  work: () => Promise<T>,
): Promise<{ readonly result: T; readonly seen: string }> => {
  const watching = guest.run('python3 -', { stdin: WATCH(secret) })
  const result = await work()
  await guest.run('touch /run/deploy-flask-test-stop')
  const { stdout, stderr, exitCode } = await watching
  if (exitCode !== 0) throw new Error(`nobody watched: ${stderr}`)
  return { result, seen: stdout.trim() }
}
