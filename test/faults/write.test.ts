import { expect } from 'vitest'
import { rootOwned, writeFile } from '../../src/steps/files.js'
import { output } from '../helpers/eyes.js'
import { fault } from './fault.js'

const vhost = '/etc/apache2/sites-available/notes.conf'

/**
 * Runs the command that writes a file again and again, and makes each k-th system call of each of its processes fail. Says
 * where the file was neither the old nor the new one; then writes it undisturbed and says what is left beside it.
 */
const SWEEP = `
import glob, json, os, shutil, subprocess, sys
asked = json.load(sys.stdin)
path, folder = asked["path"], os.path.dirname(asked["path"])
old = open(path, "rb").read()
new = asked["stdin"].encode()
shutil.copy2(path, "/root/swept")
calls = "open,openat,creat,write,fsync,rename,renameat,renameat2,link,linkat,unlink,mkdir,chmod,fchmod,fchmodat,chown,lchown,fchown,fchownat,utimensat"
tried = 0

def state():
    st = os.lstat(path)
    return open(path, "rb").read(), oct(st.st_mode), st.st_uid, st.st_nlink

good = [(old,) + state()[1:], (new,) + state()[1:]]
for error in asked["errors"]:
    for k in range(1, 40):
        shutil.copy2("/root/swept", path)
        trace = "inject=%s:error=%s:when=%d" % (calls, error, k)
        subprocess.run(["strace", "-f", "-qq", "-o", "/root/trace", "-e", "trace=" + calls, "-e", trace] + asked["argv"],
                       input=new, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        if "(INJECTED)" not in open("/root/trace").read():
            break
        tried += 1
        if state() not in good:
            print("%s at call %d: neither the old file nor the new one" % (error, k))
subprocess.run(asked["argv"], input=new, check=True)
left = [name for name in os.listdir(folder) if name.startswith(".deploy-flask")]
print("tried %s" % ("enough" if tried > 20 else tried), "left: %s" % left, "new" if state() == good[1] else "not the new file")
for name in ("/root/swept", "/root/trace"):
    os.unlink(name)
`

fault(
  'F16',
  'each system call of the writing of a file fails once: ENOSPC, EIO, EROFS, EDQUOT',
  async (rig) => {
    rig.flags = rig.notes()
    const content = `${await rig.host(`cat ${vhost}`)}# new\n`
    const { argv, stdin } = writeFile(vhost, content, rootOwned('0644'))
    const asked = { path: vhost, argv, stdin, errors: ['ENOSPC', 'EIO', 'EROFS', 'EDQUOT'] }
    const said = await output(rig.guest, `python3 -c '${SWEEP}'`, JSON.stringify(asked))
    expect(said).toBe('tried enough left: [] new\n')
    rig.sees('the old file, or the new one')
  },
  { seconds: 240 },
)

/** A program of root's PATH that kills the script which starts it, once, and else is what it was. */
const killer = (program: string, condition: string): readonly [string, string] => [
  `cat >/usr/local/sbin/${program} <<'EOF'
#!/bin/bash
if ${condition}; then rm -f "$0"; kill -9 $PPID; exit 1; fi
exec /bin/${program} "$@"
EOF
chmod +x /usr/local/sbin/${program}`,
  `rm -f /usr/local/sbin/${program}`,
]

fault('F18', 'the process that writes a file is killed in the middle of it (kill -9)', async (rig) => {
  const before = await rig.host(`cat ${vhost}`)
  await rig.inject(...killer('cat', `grep -qa notes.conf /proc/$PPID/cmdline && head -c 100`))
  rig.refused(await rig.apply(rig.change()), 'STEP_FAILED', /notes\.conf .* ended with exit code 137/)
  expect(await rig.host(`cat ${vhost}; ls -A /etc/apache2/sites-available | grep '^[.]' || true`)).toBe(before)
})

fault('F18', 'the process that writes a file is killed just before it would replace the old one', async (rig) => {
  const before = await rig.host(`cat ${vhost}`)
  await rig.inject(...killer('mv', `[[ "$*" = *.deploy-flask.*notes.conf ]]`))
  rig.refused(await rig.apply(rig.change()), 'STEP_FAILED', /notes\.conf .* ended with exit code 137/)
  expect(await rig.host(`cat ${vhost}; ls -A /etc/apache2/sites-available | grep '^[.]' || true`)).toBe(before)
})
