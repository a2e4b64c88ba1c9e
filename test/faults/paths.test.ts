import { expect } from 'vitest'
import { nothingToDo } from '../helpers/cli.js'
import { fault } from './fault.js'
import type { Rig } from './rig.js'

const data = '/srv/notes/data'
const database = `${data}/notes.db`
const vhost = '/etc/apache2/sites-available/notes.conf'

/** Another venv is made, which is when most happens in folders that the account of the site can write. */
const building = (rig: Rig, more: string) => ({ ...rig.notes(), requirements: ['Flask==2.0.3', more] })

/** A Python script that goes on while a case runs, as some account; it prints into /root/watched. */
const alongside = (rig: Rig, account: string, script: string): Promise<void> =>
  rig.inject(
    `cat >/usr/local/bin/alongside <<'SCRIPT'\n${script}\nSCRIPT
systemd-run -q --unit alongside --property=StandardOutput=file:/root/watched runuser -u ${account} -- python3 -u /usr/local/bin/alongside
for try in $(seq 50); do grep -q ready /root/watched && break; sleep 0.1; done`,
    'systemctl stop alongside; systemctl reset-failed alongside 2>/dev/null; rm -f /usr/local/bin/alongside /root/watched',
  )

fault('F70', 'a link to /etc/shadow lies where the database would be', async (rig) => {
  await rig.inject(`mv ${database} /root/kept.db; ln -s /etc/shadow ${database}`, `mv -f /root/kept.db ${database}`)
  rig.refused(await rig.apply(rig.change()), 'PATH_DANGEROUS', /notes\.db is a link to \/etc\/shadow/)
})

fault('F71', 'the database has a second name (hard link)', async (rig) => {
  await rig.inject(`ln ${database} ${data}/second.db`, `rm ${data}/second.db`)
  rig.refused(await rig.apply(rig.change()), 'PATH_DANGEROUS', /notes\.db has a second name/)
})

/** All that it finds in its folders, as fast as it can, becomes a link to a file of root's, and comes back. */
const RACER = `
import os
swaps = 0
print("ready")
while True:
    for top in ("${data}", "/srv/notes/venvs"):
        for folder, folders, files in os.walk(top):
            for name in files[:2] + folders[:2]:
                path = os.path.join(folder, name)
                try:
                    os.rename(path, path + ".away")
                    os.symlink("/etc/shadow", path)
                    os.unlink(path)
                    os.rename(path + ".away", path)
                    swaps += 1
                except OSError:
                    continue
    with open("/tmp/swaps.new", "w") as opened:
        opened.write(str(swaps))
    os.rename("/tmp/swaps.new", "/tmp/swaps")`

fault('F72', 'the account of the site exchanges its files for links to /etc/shadow while root works', async (rig) => {
  await alongside(rig, 'flask-notes', RACER)
  rig.finally(() => rig.host('rm -f /tmp/swaps*'))
  const shadow = await rig.host('stat -c "%U:%G %a %s" /etc/shadow')
  const applied = await rig.apply(building(rig, 'MarkupSafe==2.0.1'))
  rig.seen.push('done, refused, or taken back')
  // what it breaks is its own: a run that meets a link refuses, and one that cannot go on takes back what it did
  const refused = applied.stderr.includes('error PATH_DANGEROUS: ')
  expect(refused || [0, 1, 5].includes(applied.exitCode), applied.stderr).toBe(true)
  expect(Number(await rig.host('cat /tmp/swaps'))).toBeGreaterThanOrEqual(100)
  expect(await rig.host('stat -c "%U:%G %a %s" /etc/shadow')).toBe(shadow)
})

/** Names that come into the folders which everybody can write, and whose they are. */
const WATCHER = `
import ctypes, os, pwd, struct
libc = ctypes.CDLL("libc.so.6")
notices = libc.inotify_init()
folders = {libc.inotify_add_watch(notices, folder.encode(), 0x180): folder for folder in ("/tmp", "/var/tmp", "/dev/shm")}
print("ready")
while True:
    pending = os.read(notices, 65536)
    while pending:
        watch, _, _, length = struct.unpack_from("iIII", pending)
        name, pending = pending[16:16 + length].rstrip(b"\\0").decode(), pending[16 + length:]
        try:
            print(pwd.getpwuid(os.lstat(os.path.join(folders[watch], name)).st_uid)[0], folders[watch] + "/" + name)
        except OSError:
            print("gone", folders[watch] + "/" + name)`

fault('F73', 'somebody watches the folders that everybody can write for names of root', async (rig) => {
  await alongside(rig, 'root', WATCHER)
  const applied = await rig.apply({ ...building(rig, 'itsdangerous==2.0.1'), 'max-body': 8192 })
  expect(applied.exitCode, applied.stderr).toBe(0)
  const seen = (await rig.host('cat /root/watched')).split('\n').filter((line) => line !== '' && line !== 'ready')
  // pip has its folders there, with names of chance, as the account of the site; some are gone when they are looked at
  expect(seen.length).toBeGreaterThan(0)
  expect(seen.filter((line) => !/^(flask-notes|gone) \/tmp\/((pip-|tmp)[\w-]+|[a-z0-9_]{8})$/.test(line))).toEqual([])
})

fault('F74', 'the folder of a new site would lie in one of another account', async (rig) => {
  const { flags } = await rig.fresh({ root: '/home/vagrant/site' })
  const applied = await rig.apply(flags)
  rig.refused(applied, 'PATH_DANGEROUS', /the way to \/home\/vagrant\/site leads through \/home\/vagrant \(vagrant:/)
  rig.flags = rig.notes()
})

fault('F75', 'a FIFO lies where the write-ahead log of the database would be', async (rig) => {
  await rig.inject(`mkfifo ${database}-wal`, `rm ${database}-wal`)
  rig.refused(await rig.apply(rig.change()), 'PATH_DANGEROUS', /notes\.db-wal is not a regular file/)
})

fault('F75', 'the folder of the data is a link to a folder of the host', async (rig) => {
  await rig.inject(`mv ${data} /srv/notes/away; ln -s /etc ${data}`, `rm ${data}; mv /srv/notes/away ${data}`)
  rig.refused(await rig.apply(rig.change()), 'PATH_TAKEN', /data is a link to \/etc/)
})

/** The folder of the data becomes the root of another file system, which holds the database. */
const onItsOwn = (rig: Rig, options: string): Promise<void> =>
  rig.inject(
    `mkdir /root/kept && cp -a ${data}/. /root/kept/; mount -t tmpfs -o size=64m,mode=0755 data ${data}
cp -a /root/kept/. ${data}/; ${options}`,
    `umount ${data}; rm -r /root/kept`,
  )

fault('F75', 'the folder of the data is a mount point: a volume of its own', async (rig) => {
  await onItsOwn(rig, `chown root:root ${data} ${database}`)
  const applied = await rig.apply(rig.change())
  expect(applied.exitCode, applied.stderr).toBe(0)
  const rights = `stat -c '%U:%G %a' ${data}; stat -c %U ${database}; findmnt -no FSTYPE ${data}`
  expect(await rig.host(rights)).toBe('flask-notes:flask-notes 750\nflask-notes\ntmpfs\n')
  expect((await rig.apply(rig.flags ?? {})).stdout).toMatch(nothingToDo)
  rig.failed(await rig.apply({ ...rig.change(), check: { path: '/nowhere' } }), 'SITE_NOT_ANSWERING')
  expect(await rig.host(rights)).toBe('flask-notes:flask-notes 750\nflask-notes\ntmpfs\n')
  rig.flags = rig.notes()
})

fault('F75', 'the folder of the data is a mount point that cannot be written', async (rig) => {
  await rig.inject(`mount --bind ${data} ${data}; mount -o remount,bind,ro ${data}`, `umount ${data}`)
  rig.refused(await rig.apply(rig.change()), 'HOST_READ_ONLY', /the file system of \/srv\/notes\/data is read-only/)
  expect(await rig.left()).toEqual([])
})

for (const [what, path] of [
  ['the virtual host', vhost],
  ['the WSGI script', '/srv/notes/wsgi/notes.wsgi'],
] as const) {
  fault('F75', `${what} of the site is a file that is mounted at its place`, async (rig) => {
    await rig.inject(
      `cp -p ${path} /root/mounted; echo '# another' >>/root/mounted; mount --bind /root/mounted ${path}`,
      `umount ${path}; rm /root/mounted`,
    )
    rig.refused(await rig.apply(rig.notes()), 'PATH_MOUNTED', new RegExp(`${path} is a mount point`))
    expect(await rig.host(`tail -n 1 ${path}`)).toBe('# another\n')
  })
}

fault('F75', 'a folder is mounted where the link to the release must be', async (rig) => {
  const current = '/srv/notes/current'
  await rig.inject(
    `mv ${current} /root/current; mkdir ${current}; mount --bind /srv/notes/$(readlink /root/current) ${current}`,
    `umount ${current}; rmdir ${current}; mv /root/current ${current}`,
  )
  rig.refused(await rig.apply(rig.change()), 'PATH_TAKEN', /current is a folder that is mounted there/)
})

fault(
  'F76',
  'the database of root has extended attributes and a set-user-ID bit when it is given away',
  async (rig) => {
    await rig.host(
      `chown root:root ${database}; chmod 4640 ${database}; python3 -c 'import os; os.setxattr("${database}", "user.kept", b"1")'`,
    )
    const applied = await rig.apply(rig.notes())
    expect(applied.exitCode, applied.stderr).toBe(0)
    expect(
      await rig.host(`stat -c %U:%a ${database}; python3 -c 'import os; print(os.listxattr("${database}"))'`),
    ).toBe("flask-notes:4640\n['user.kept']\n")
    await rig.host(`chmod 0640 ${database}; chgrp flask-notes ${database}`)
  },
)

fault('F76', 'a virtual host with extended attributes is replaced, and the change is taken back', async (rig) => {
  await rig.host(`python3 -c 'import os; os.setxattr("${vhost}", "user.kept", b"1")'`)
  const before = await rig.host(`stat -c '%U:%G %a %s' ${vhost}`)
  rig.failed(await rig.apply({ ...rig.change(), check: { path: '/nowhere' } }), 'SITE_NOT_ANSWERING')
  expect(
    await rig.host(`stat -c '%U:%G %a %s' ${vhost}; python3 -c 'import os; print(os.listxattr("${vhost}"))'`),
  ).toBe(`${before}['user.kept']\n`)
  rig.flags = rig.notes()
})
