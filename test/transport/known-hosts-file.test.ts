import { chmod, lstat, mkdir, mkdtemp, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { execFileSync } from 'node:child_process'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { appendKnownHost, loadKnownHosts } from '../../src/transport/known-hosts-file.js'

const key = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGJ7kVZqKp8dGXZ5b1u0qg0wW3yZb1T3dQ2m3m6oVd1y'

let folder: string
beforeEach(async () => (folder = await mkdtemp(join(tmpdir(), 'known-'))))
afterEach(async () => rm(folder, { recursive: true, force: true }))

test('entries of several files are read together, and a file that is not there is empty', async () => {
  await writeFile(join(folder, 'one'), `a.test ${key}\n`)
  await writeFile(join(folder, 'two'), `b.test ${key}\n`)
  const found = await loadKnownHosts([
    join(folder, 'one'),
    join(folder, 'none'),
    join(folder, 'one', 'below'),
    join(folder, 'two'),
    '/dev/null',
  ])
  expect(found.map(({ hosts }) => hosts)).toEqual(['a.test', 'b.test'])
})

test('what cannot be read is an error: no key is trusted', async () => {
  await mkdir(join(folder, 'directory'))
  execFileSync('mkfifo', [join(folder, 'pipe')])
  await symlink(join(folder, 'loop'), join(folder, 'loop'))
  for (const name of ['directory', 'pipe', 'loop']) {
    await expect(loadKnownHosts([join(folder, name)])).rejects.toMatchObject({ code: 'KNOWN_HOSTS_UNREADABLE' })
  }
})

test('garbage is no entry, and no error', async () => {
  await writeFile(
    join(folder, 'garbage'),
    Buffer.from(Array.from({ length: 5000 }, (_, index) => (index * 7919) % 256)),
  )
  expect(await loadKnownHosts([join(folder, 'garbage')])).toEqual([])
})

test('a new line goes to a new file that only its owner can read, in a folder that only its owner can', async () => {
  const file = join(folder, '.ssh', 'known_hosts')
  await appendKnownHost(file, `a.test ${key}`)
  expect(await readFile(file, 'utf8')).toBe(`a.test ${key}\n`)
  expect([(await stat(file)).mode & 0o777, (await stat(join(folder, '.ssh'))).mode & 0o777]).toEqual([0o600, 0o700])
})

test('a new line keeps what is there, its mode, and the link to it', async () => {
  const real = join(folder, 'real')
  const link = join(folder, 'link')
  await writeFile(real, 'last line without an end')
  await chmod(real, 0o640)
  await symlink(real, link)
  await appendKnownHost(link, `a.test ${key}`)
  await appendKnownHost(link, `b.test ${key}`)
  expect(await readFile(real, 'utf8')).toBe(`last line without an end\na.test ${key}\nb.test ${key}\n`)
  expect((await lstat(link)).isSymbolicLink()).toBe(true)
  expect((await stat(real)).mode & 0o777).toBe(0o640)
})

test('a line that cannot be added is an error', async () => {
  await mkdir(join(folder, 'directory'))
  await expect(appendKnownHost(join(folder, 'directory'), 'x')).rejects.toMatchObject({
    code: 'KNOWN_HOSTS_UNWRITABLE',
  })
})
