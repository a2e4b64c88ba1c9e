import { expect } from 'vitest'
import { ownList, statusOf, useSources } from './packages/sources.js'

const { packageFault } = useSources()

const settings = '/etc/python3-wheel.conf'
/** It comes and goes with the package that the cases play with. */
const ownSettings = /: \/etc\/(apt\/|python3-wheel)/

packageFault(
  'F47',
  'a configuration file was changed by hand, and the package brings another one',
  async (rig, { flags, offer }) => {
    await offer({ files: { [settings]: 'first\n' } })
    await rig.host(`apt-get -qq update; apt-get -qq -y install python3-wheel >/dev/null
echo by hand >${settings}; dpkg --remove --force-depends python3-wheel >/dev/null 2>&1`)
    await offer({ files: { [settings]: 'second\n' } })
    // whatever comes after it must not ask either
    rig.finally(() => offer({ files: { [settings]: 'third\n' } }))
    const applied = await rig.apply(flags(rig))
    expect(applied.exitCode, applied.stderr).toBe(0)
    expect(await statusOf(rig)).toBe('ii')
    expect(await rig.host(`cat ${settings}`)).toBe('by hand\n')
  },
  { touches: ownSettings },
)

const somebodys = (script: string) => ({
  name: 'somebodys',
  version: '1',
  control: { postinst: `#!/bin/sh\n${script}\n` },
})

packageFault(
  'F48',
  "somebody's package is half installed",
  async (rig, { flags, offer }) => {
    await offer({}, [somebodys('[ ! -e /run/refuse ]')])
    await rig.inject('touch /run/refuse', 'rm -f /run/refuse; dpkg --configure -a')
    await rig.host('apt-get -qq update; apt-get -qq -y install somebodys >/dev/null 2>&1 || true')
    expect(await statusOf(rig, 'somebodys')).toBe('iF')
    const applied = await rig.apply(flags(rig))
    rig.failed(applied, 'APT_FAILED')
    expect(applied.stderr).toMatch(/apt finishes first what was left half installed: somebodys \(half-configured\)/)
    expect(applied.stderr).toMatch(/^error APT_FAILED: the package somebodys of the host cannot be .*exit status 1$/m)
    expect(await statusOf(rig, 'somebodys')).toBe('iF')
  },
  { touches: ownSettings },
)

packageFault('F48', "somebody's package is on hold", async (rig, { flags, offer }) => {
  await offer({}, [{ name: 'kept', version: '1' }])
  await rig.host('apt-get -qq update; apt-get -qq -y install kept >/dev/null')
  await offer({ fields: { Depends: 'kept (>= 2)' } }, [{ name: 'kept', version: '2' }])
  await rig.inject('apt-mark -q hold kept', 'apt-mark -q unhold kept')
  const applied = await rig.apply(flags(rig))
  rig.failed(applied, 'APT_HELD')
  expect(applied.stderr).toMatch(/^error APT_HELD: .*kept/m)
  expect(await rig.host('apt-mark showhold')).toBe('kept\n')
})

packageFault('F48', 'what is needed is pinned', async (rig, { flags }) => {
  const pin = '/etc/apt/preferences.d/pin'
  await rig.inject(`printf 'Package: python3-wheel\\nPin: version *\\nPin-Priority: -1\\n' >${pin}`, `rm ${pin}`)
  const applied = await rig.apply(flags(rig))
  rig.failed(applied, 'APT_HELD')
  expect(applied.stderr).toMatch(/^error APT_HELD: the package python3-wheel is pinned/m)
})

packageFault('F49', 'the script of a package fails', async (rig, { flags, offer }) => {
  await offer({ control: { postinst: '#!/bin/sh\nexit 7\n' } })
  const applied = await rig.apply(flags(rig))
  rig.failed(applied, 'APT_FAILED')
  expect(applied.stderr).toMatch(/^error APT_FAILED: the package python3-wheel of the host cannot be .*exit status 7$/m)
})

packageFault('F49', 'the script of a package hangs', async (rig, { flags, offer }) => {
  await offer({ control: { postinst: '#!/bin/sh\nsleep 600\n' } })
  const applied = await rig.apply(flags(rig))
  rig.failed(applied, 'APT_STALLED')
  expect(applied.stderr).toMatch(/^error APT_STALLED: the installation of the package python3-wheel hangs/m)
  // its script was ended, and dpkg wrote that down
  expect(await statusOf(rig)).toBe('iF')
  expect(await rig.host('pgrep -f "[s]leep 600" || true')).toBe('')
})

packageFault('F49', 'the script of a package asks a question', async (rig, { flags, offer }) => {
  await offer({
    control: {
      postinst:
        '#!/bin/sh -e\n. /usr/share/debconf/confmodule\ndb_input critical python3-wheel/really || true\ndb_go\n',
      templates: 'Template: python3-wheel/really\nType: string\nDescription: Really?\n',
    },
  })
  const applied = await rig.apply(flags(rig))
  expect(applied.exitCode, applied.stderr).toBe(0)
  expect(await statusOf(rig)).toBe('ii')
})

packageFault('F49', 'no service may be started (policy-rc.d answers 101)', async (rig, { flags, offer }) => {
  const policy = '/usr/sbin/policy-rc.d'
  await rig.inject(`printf '#!/bin/sh\\nexit 101\\n' >${policy}; chmod 755 ${policy}`, `rm ${policy}`)
  const before = await rig.host(`stat -c '%i %a %y' ${policy}`)
  await offer({ control: { postinst: '#!/bin/sh -e\ninvoke-rc.d apache2 restart\n' } })
  const applied = await rig.apply(flags(rig))
  expect(applied.exitCode, applied.stderr).toBe(0)
  expect(await statusOf(rig)).toBe('ii')
  expect(await rig.host(`stat -c '%i %a %y' ${policy}`)).toBe(before)
})

/** The real one, which is told that it is still at work by the files that it goes by itself. */
packageFault(
  'F40',
  'cloud-init is still setting up the host',
  async (rig, { flags, server }) => {
    await rig.host(`cp ${ownList} /etc/apt/sources.list
export DEBIAN_FRONTEND=noninteractive; apt-get -qq update; apt-get -qq -y --no-install-recommends install cloud-init >/dev/null 2>&1
echo 'deb ${server.url} bionic main' >/etc/apt/sources.list; dpkg --purge --force-depends python3-wheel 2>/dev/null
mkdir -p /run/cloud-init; rm -f /run/cloud-init/result.json; echo '{"v1": {"stage": "modules-final"}}' >/run/cloud-init/status.json
systemd-run -q sh -c 'sleep 6; echo "{}" >/run/cloud-init/result.json'`)
    const applied = await rig.apply({ ...flags(rig), apt: { 'lock-seconds': 60 } })
    expect(applied.exitCode, applied.stderr).toBe(0)
    expect(applied.stderr).toMatch(/apt\.packages: waiting for cloud-init, which is setting up the host, \d+ s\n/)
    expect(await statusOf(rig)).toBe('ii')
  },
  { ownGuest: true, touches: /: \/etc\// },
)
