import { randomBytes } from 'node:crypto'
import { expect } from 'vitest'
import type { ErrorCode } from '../../src/errors.js'
import { statusOf, useSources, type Sources } from './packages/sources.js'

const { packageFault, sources } = useSources()

/** Puts the server back into the list of sources. */
const mirrorOf = ({ server }: Sources): string => `echo 'deb ${server.url} bionic main' >/etc/apt/sources.list`

const day = 86_400_000
const ago = (days: number): Date => new Date(Date.now() - days * day)

interface Broken {
  readonly id: string
  readonly title: string
  readonly how: (sources: Sources) => void | Promise<void>
  readonly code: ErrorCode
  readonly says: RegExp
}

const broken: readonly Broken[] = [
  {
    ...{ id: 'F4b', title: 'the mirror has no such release (404)', code: 'APT_MIRROR_BROKEN' },
    how: ({ server }) => server.behave({ kind: 'status', status: 404 }, ''),
    says: /answers with an error: 404/,
  },
  {
    ...{ id: 'F4b', title: 'the mirror lacks a package that its list has (404)', code: 'APT_MIRROR_BROKEN' },
    how: ({ server }) => server.behave({ kind: 'status', status: 404 }, '.deb'),
    says: /answers with an error: 404/,
  },
  {
    ...{ id: 'F4b', title: 'the mirror redirects to itself', code: 'APT_MIRROR_BROKEN' },
    how: ({ server }) => server.behave({ kind: 'redirect' }, ''),
    says: /redirects without end/,
  },
  {
    ...{ id: 'F4b', title: 'a portal answers with its login page', code: 'APT_MIRROR_BROKEN' },
    how: ({ server }) => server.behave({ kind: 'portal' }, ''),
    says: /something else answers in place of the package mirror/,
  },
  {
    ...{ id: 'F4b', title: 'the list of packages does not have its hash', code: 'APT_UNTRUSTED' },
    how: ({ server }) => server.behave({ kind: 'garbled' }, 'Packages'),
    says: /sent another file than its signed list promises/,
  },
  {
    ...{ id: 'F4b', title: 'a package does not have its hash', code: 'APT_UNTRUSTED' },
    how: ({ server }) => server.behave({ kind: 'garbled' }, '.deb'),
    says: /sent another file than its signed list promises/,
  },
  {
    ...{ id: 'F4b', title: 'a package is truncated', code: 'APT_UNTRUSTED' },
    how: ({ server }) => server.behave({ kind: 'short', bytes: 300 }, '.deb'),
    says: /sent another file than its signed list promises/,
  },
  {
    ...{ id: 'F4b', title: 'the list of the mirror has expired', code: 'APT_RELEASE_DATE' },
    how: ({ offer }) => offer({}, [], { date: ago(9), validUntil: ago(2) }),
    says: /too old, or from the future[^]*The clock of the host says/,
  },
  {
    ...{ id: 'F80', title: 'the list of the mirror is from the future', code: 'APT_RELEASE_DATE' },
    how: ({ offer }) => offer({}, [], { date: ago(-1) }),
    says: /too old, or from the future[^]*The clock of the host says/,
  },
  {
    ...{ id: 'F4b', title: 'the list is signed with an unknown key', code: 'APT_UNTRUSTED' },
    how: ({ offer, other }) => offer({}, [], {}, other),
    says: /does not trust the signature/,
  },
]

for (const { id, title, how, code, says } of broken) {
  packageFault(id, title, async (rig, sources) => {
    await how(sources)
    const applied = await rig.apply(sources.flags(rig))
    rig.failed(applied, code)
    expect(applied.stderr).toMatch(says)
    expect(applied.stderr).toMatch(new RegExp(`^error ${code}: .*${sources.server.url}`, 'm'))
    expect(applied.stderr).not.toContain('--allow-unauthenticated')
    expect(await statusOf(rig)).toBe('')
  })
}

packageFault('F4c', 'the connection is cut in the middle of a package, each time', async (rig, { server, flags }) => {
  server.behave({ kind: 'cut', bytes: 300 }, '.deb')
  const applied = await rig.apply(flags(rig))
  rig.failed(applied, 'APT_MIRROR_BROKEN')
  expect(applied.stderr).toMatch(/closes the connection in the middle of a file, 3 times/)
  expect(server.asked('.deb')).toBeLessThanOrEqual(4)
})

packageFault('F4c', 'the line carries 1200 bytes a second', async (rig, { server, flags, offer }) => {
  await offer({ files: { '/usr/share/doc/python3-wheel/noise': randomBytes(12_000) } })
  server.behave({ kind: 'slow', bytesPerSecond: 1200 }, '')
  const applied = await rig.apply(flags(rig))
  expect(applied.exitCode, applied.stderr).toBe(0)
  expect(await statusOf(rig)).toBe('ii')
})

packageFault('F4a', 'the way to the mirror rejects everything', async (rig, { flags }) => {
  await rig.host(`echo 'deb http://127.0.0.1:9 bionic main' >/etc/apt/sources.list`)
  rig.finally(() => rig.host(mirrorOf(sources)))
  const applied = await rig.apply(flags(rig))
  rig.failed(applied, 'APT_MIRROR_UNREACHABLE')
  expect(applied.stderr).toMatch(/^error APT_MIRROR_UNREACHABLE: .* http:\/\/127\.0\.0\.1:9 /m)
  expect(applied.stderr).toMatch(/Connection refused/)
})

/** Nobody takes the connections of whom the kernel has taken as many as it may: those that follow are dropped. */
const full = `import socket, time
taken = socket.socket()
taken.bind(("127.0.0.1", 9999))
taken.listen(0)
waiting = [socket.socket() for _ in range(4)]
for one in waiting:
    one.setblocking(False)
    one.connect_ex(("127.0.0.1", 9999))
time.sleep(0.5)
open("/run/full", "w").close()
time.sleep(600)`

packageFault('F4a', 'the way to the mirror drops everything', async (rig, { flags }) => {
  await rig.inject(
    `echo 'deb http://127.0.0.1:9999 bionic main' >/etc/apt/sources.list; rm -f /run/full
systemd-run -q --unit=full python3 -c '${full}'; until [ -e /run/full ]; do sleep 0.1; done`,
    `systemctl stop full; systemctl reset-failed full 2>/dev/null; ${mirrorOf(sources)}`,
  )
  const applied = await rig.apply(flags(rig))
  rig.failed(applied, 'APT_MIRROR_UNREACHABLE')
  expect(applied.stderr).toMatch(/^error APT_MIRROR_UNREACHABLE: .* http:\/\/127\.0\.0\.1:9999 /m)
  expect(applied.stderr).toMatch(/timed out/)
})
