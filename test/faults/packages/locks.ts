import { expect } from 'vitest'
import type { Rig } from '../rig.js'
import { pointing, statusOf, type useSources } from './sources.js'

/** As apt and dpkg lock: flock(1) would not be in their way. */
const hold = (path: string, seconds: number): string => `import fcntl, time
lock = open("${path}", "w")
fcntl.lockf(lock, fcntl.LOCK_EX)
open("/run/held", "w").close()
time.sleep(${seconds})`

/** Somebody else's program holds it from now on. */
const holdLock = async (rig: Rig, path: string, seconds: number): Promise<void> => {
  await rig.inject(
    `rm -f /run/held; systemd-run -q --unit=held python3 -c '${hold(path, seconds)}'; until [ -e /run/held ]; do sleep 0.1; done`,
    'systemctl stop held 2>/dev/null; systemctl reset-failed held 2>/dev/null; rm -f /run/held',
  )
}

/** The cases of locks and of interrupted installations, which both versions of apt have to pass. */
export const lockCases = (packageFault: ReturnType<typeof useSources>['packageFault'], apt: string): void => {
  const waitedFor = (path: string): RegExp =>
    new RegExp(`apt\\.packages: waiting for the lock ${path}, held by python3[\\d.]* \\(process \\d+\\), \\d+ s\\n`)

  for (const [id, path] of [
    ['F40', '/var/lib/dpkg/lock-frontend'],
    ['F41', '/var/lib/dpkg/lock'],
    ['F42', '/var/lib/apt/lists/lock'],
    ['F42', '/var/cache/apt/archives/lock'],
  ] as const) {
    // apt 1.6.1 does not know the first
    if (apt === '1.6.1' && id === 'F40') continue
    packageFault(id, `the lock ${path} is held for three seconds (apt ${apt})`, async (rig, { flags }) => {
      await holdLock(rig, path, 3)
      const applied = await rig.apply({ ...flags(rig), apt: { 'lock-seconds': 60 } })
      expect(applied.exitCode, applied.stderr).toBe(0)
      expect(applied.stderr).toMatch(waitedFor(path))
      expect(await statusOf(rig)).toBe('ii')
    })
  }

  packageFault('F43', `the lock of dpkg is never released (apt ${apt})`, async (rig, { flags }) => {
    const path = '/var/lib/dpkg/lock'
    await holdLock(rig, path, 600)
    const before = await rig.host(`stat -c '%i %s %y' ${path}`)
    const applied = await rig.apply(flags(rig))
    rig.failed(applied, 'APT_LOCKED')
    const process = (await rig.host('systemctl show -p MainPID --value held')).trim()
    expect(applied.stderr).toMatch(
      new RegExp(`^error APT_LOCKED: python3[\\d.]* \\(process ${process}\\) has been using apt or dpkg`, 'm'),
    )
    expect(await rig.host(`stat -c '%i %s %y' ${path}`)).toBe(before)
    expect(await statusOf(rig)).toBe('')
    expect((await rig.left()).filter((line) => !pointing.test(line))).toEqual([])
  })

  /** Installs by hand, and is killed in the middle of a slow script. */
  const interrupt = async (rig: Rig, victim: 'dpkg' | 'apt-get'): Promise<void> => {
    await rig.host(`rm -f /run/slow /run/was-slow; apt-get -qq update
DEBIAN_FRONTEND=noninteractive setsid apt-get -y install python3-wheel </dev/null >/dev/null 2>&1 &
until [ -e /run/slow ]; do sleep 0.1; done; pkill -9 -x ${victim}; sleep 0.5`)
  }
  const slow = (seconds: number): { readonly postinst: string } => ({
    postinst: `#!/bin/sh\n[ -e /run/was-slow ] && exit 0; touch /run/slow /run/was-slow; sleep ${seconds}\n`,
  })

  const expectRepaired = async (rig: Rig, stderr: string): Promise<void> => {
    expect(stderr).toMatch(/apt\.packages: dpkg was interrupted here some time ago/)
    expect(stderr).toMatch(/apt\.packages: dpkg has finished what was interrupted/)
    expect(await statusOf(rig)).toBe('ii')
  }

  packageFault('F44', `dpkg is killed in the script of a package (apt ${apt})`, async (rig, { flags, offer }) => {
    await offer({ control: slow(600) })
    await interrupt(rig, 'dpkg')
    await rig.host("pkill -f '[s]leep 600' || true")
    expect(await statusOf(rig)).toBe('iF')
    const applied = await rig.apply(flags(rig))
    expect(applied.exitCode, applied.stderr).toBe(0)
    await expectRepaired(rig, applied.stderr)
  })

  packageFault('F45', `apt is killed, and its dpkg goes on alone (apt ${apt})`, async (rig, { flags, offer }) => {
    await offer({ control: slow(5) })
    await interrupt(rig, 'apt-get')
    const applied = await rig.apply({ ...flags(rig), apt: { 'lock-seconds': 60 } })
    expect(applied.exitCode, applied.stderr).toBe(0)
    expect(applied.stderr).toMatch(/apt\.packages: waiting for the lock \S+, held by dpkg \(process \d+\)/)
    expect(await statusOf(rig)).toBe('ii')
  })
}
