import { randomBytes } from 'node:crypto'
import { cp, mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'vitest'
import { examples } from '../helpers/flags.js'
import { ask } from '../helpers/http.js'
import { fault } from './fault.js'
import type { Rig } from './rig.js'

const apache = '/etc/apache2'
const available = `${apache}/sites-available`

/** A file system of its own over a folder, with the same in it, as long as the case runs; `spoil` fills it. */
const mount = (rig: Rig, folder: string, options: string, spoil = ':'): Promise<void> =>
  rig.inject(
    `mkdir /run/other; mount -t tmpfs -o ${options},mode=$(stat -c %a ${folder}) tmpfs /run/other
cp -aT ${folder} /run/other; mount --bind /run/other ${folder}; ${spoil}`,
    `umount -l ${folder}; umount /run/other; rmdir /run/other`,
  )

const full = (folder: string): string => `dd if=/dev/zero of=${folder}/filler bs=1k status=none 2>/dev/null || true`
const noInodes = (folder: string): string => `n=0; while : 2>/dev/null >${folder}/filler.$((n = n + 1)); do :; done`

const expectOnline = async (rig: Rig): Promise<void> => {
  expect(await ask(rig.guest, '/health')).toMatchObject({ status: 200 })
}

fault('F10', 'the disk of /etc/apache2 is full', async (rig) => {
  await mount(rig, apache, 'size=2m', full(apache))
  rig.refused(await rig.apply(rig.change()), 'DISK_FULL', /the disk is full: \/etc\/apache2 has 0 MiB free/)
})

fault('F10', 'the disk fills up while the virtual host is written', async (rig) => {
  await mount(rig, available, 'size=256k', full(available))
  const before = await rig.host(`md5sum ${available}/notes.conf`)
  const result = await rig.apply(rig.change())
  rig.failed(result, 'DISK_FULL')
  expect(result.stderr).toMatch(/\/etc\/apache2\/sites-available: 0 blocks of \d+ bytes and \d+ inodes free/)
  expect(await rig.host(`md5sum ${available}/notes.conf`)).toBe(before)
  await expectOnline(rig)
})

fault('F10', 'the disk fills up in the middle of an upload', async (rig) => {
  await mount(rig, '/srv/notes/releases', 'size=4m')
  const folder = await mkdtemp(join(tmpdir(), 'notes-'))
  await cp(join(examples, 'notes'), folder, { recursive: true })
  await writeFile(join(folder, 'large.bin'), randomBytes(12 * 1024 * 1024))
  const result = await rig.apply(rig.change({ code: { folder } }))
  rig.failed(result, 'DISK_FULL')
  expect(result.stderr).toMatch(/\/srv\/notes\/releases: \d+ blocks of \d+ bytes/)
  expect(await rig.host('ls -A /srv/notes/releases | wc -l')).toBe('1\n')
  await expectOnline(rig)
})

fault('F11', 'the disk of /etc/apache2 has no inodes left', async (rig) => {
  await mount(rig, apache, 'size=4m,nr_inodes=600', noInodes(apache))
  rig.refused(await rig.apply(rig.change()), 'DISK_FULL', /can hold no more files: \/etc\/apache2 has 0 inodes free/)
})

fault('F11', 'the inodes run out while the virtual host is written', async (rig) => {
  await mount(rig, available, 'size=4m,nr_inodes=20', noInodes(available))
  const result = await rig.apply(rig.change())
  rig.failed(result, 'DISK_FULL')
  expect(result.stderr).toMatch(/sites-available: \d+ blocks of \d+ bytes and 0 inodes free/)
  await expectOnline(rig)
})

fault('F12', 'the disk of /var is full', async (rig) => {
  await mount(rig, '/var', 'size=200m')
  rig.refused(await rig.apply(rig.change()), 'DISK_FULL', /\/var has \d+ MiB free, 300 MiB are needed/)
})

fault('F13', 'the disk of /tmp is full', async (rig) => {
  await mount(rig, '/tmp', 'size=1m', full('/tmp'))
  rig.refused(await rig.apply(rig.change()), 'DISK_FULL', /\/tmp has 0 MiB free/)
})

fault('F14', '/etc is mounted read-only', async (rig) => {
  await rig.inject('mount --bind /etc /etc; mount -o remount,bind,ro /etc', 'umount /etc')
  rig.refused(await rig.apply(rig.change()), 'HOST_READ_ONLY', /file system of \/etc is read-only/)
  expect(await rig.left()).toEqual([])
})

fault('F14', 'everything is mounted read-only', async (rig) => {
  const folders = '/usr /var /srv /etc /tmp /root'
  await rig.inject(
    `for folder in ${folders}; do mount --bind $folder $folder; mount -o remount,bind,ro $folder; done`,
    `umount -l ${folders}`,
  )
  rig.refused(await rig.apply(rig.change()), 'HOST_READ_ONLY', /file system of \/\S+ is read-only/)
  expect(await rig.left()).toEqual([])
})

fault('F15', 'the virtual host of the site is immutable (chattr +i)', async (rig) => {
  await rig.inject(`chattr +i ${available}/notes.conf`, `chattr -i ${available}/notes.conf`)
  rig.failed(await rig.apply(rig.change()), 'STEP_FAILED')
  expect(await rig.left()).toEqual([])
})

fault('F15', 'the folder of the virtual hosts is immutable (chattr +i)', async (rig) => {
  await rig.inject(`chattr +i ${available}`, `chattr -i ${available}`)
  rig.failed(await rig.apply(rig.change()), 'STEP_FAILED')
  expect(await rig.left()).toEqual([])
})

const enabled = `${apache}/sites-enabled/notes.conf`
const kept = `mv ${enabled} /root/notes.link`
const back = `rm -rf ${enabled}; mv /root/notes.link ${enabled}`

fault('F17', 'a file lies where the link of the site would be', async (rig) => {
  await rig.inject(`${kept}; echo '# theirs' >${enabled}`, back)
  rig.refused(await rig.apply(rig.change()), 'FOREIGN_FILE', enabled)
  expect(await rig.host(`cat ${enabled}`)).toBe('# theirs\n')
})

fault('F17', 'a folder lies where the link of the site would be', async (rig) => {
  await rig.inject(`${kept}; mkdir ${enabled}`, back)
  rig.refused(await rig.apply(rig.change()), 'FOREIGN_FILE', enabled)
})

fault('F17', 'the link of the site leads to a file of somebody else', async (rig) => {
  await rig.inject(`${kept}; echo '# theirs' >/root/theirs.conf; ln -s /root/theirs.conf ${enabled}`, back)
  rig.refused(await rig.apply(rig.change()), 'FOREIGN_FILE', /leads to \/root\/theirs\.conf/)
  expect(await rig.host(`readlink ${enabled}; cat /root/theirs.conf`)).toBe('/root/theirs.conf\n# theirs\n')
})

fault('F17', 'the link of the site leads nowhere', async (rig) => {
  await rig.inject(`${kept}; ln -s ../sites-available/gone.conf ${enabled}`, `[ -e ${enabled} ]; rm /root/notes.link`)
  const result = await rig.apply(rig.change())
  expect(result.exitCode, result.stderr).toBe(0)
  expect(await rig.host(`readlink ${enabled}`)).toBe('../sites-available/notes.conf\n')
})
