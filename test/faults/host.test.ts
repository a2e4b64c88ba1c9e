import { expect } from 'vitest'
import { snapshot, type Snapshot } from '../helpers/snapshot.js'
import { fault, unrunnable } from './fault.js'
import type { Rig } from './rig.js'

/** Programs that the run starts believe in another time. */
const atTime = (rig: Rig, time: string): Promise<void> =>
  rig.inject(
    `dpkg -i /var/cache/apt/archives/libfaketime_*.deb >/dev/null
cat >/usr/local/sbin/python3 <<'EOF'
#!/bin/sh
FAKETIME='${time}' LD_PRELOAD=/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1 exec /usr/bin/python3 "$@"
EOF
chmod +x /usr/local/sbin/python3`,
    'rm /usr/local/sbin/python3; dpkg --purge libfaketime >/dev/null',
  )

fault('F80', 'the clock of the host is ten years behind', async (rig) => {
  await atTime(rig, '-10y')
  const result = await rig.apply(rig.change())
  rig.refused(result, 'HOST_CLOCK_WRONG', /the clock of the host is wrong: it says 20\d\d-/)
})

fault('F80', 'the clock of the host is ten years ahead', async (rig) => {
  await atTime(rig, '+10y')
  const result = await rig.run('plan', '-f', await rig.file(rig.notes()))
  rig.flags = rig.notes()
  expect(result.exitCode, result.stderr).toBe(0)
  expect(result.stderr).toContain('warning: the clock of the host says 20')
})

unrunnable(
  'F83',
  'AppArmor denies mod_wsgi or Python something',
  'containers share the kernel of the machine that runs the tests, and cannot load AppArmor profiles of their own',
)

/** Mode, owner and group of everything of a site, whatever its name and the time of its release. */
const accessOf = (found: Snapshot, site: string): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(found)
      .filter(([path]) => path.includes(site))
      .map(([path, line]) => [
        path.replaceAll(site, 'SITE').replace(/releases\/[^/]+/, 'releases/RELEASE'),
        line.split(' ').slice(0, 3).join(' '),
      ]),
  )

fault(
  'F84',
  'the accounts that are logged in to have a umask of 000, or 077',
  async (rig) => {
    const deployed = async (): Promise<Readonly<Record<string, string>>> => {
      const { name, flags } = await rig.fresh()
      const result = await rig.apply(flags)
      expect(result.exitCode, result.stderr).toBe(0)
      return accessOf(await snapshot(rig.guest), name)
    }
    const usual = await deployed()
    for (const umask of ['000', '077']) {
      await rig.inject(
        `sed -i '1i umask ${umask}' /home/vagrant/.bashrc /root/.bashrc
echo 'Defaults umask=0${umask}, umask_override' >/etc/sudoers.d/zz-umask`,
        `sed -i 1d /home/vagrant/.bashrc /root/.bashrc; rm -f /etc/sudoers.d/zz-umask`,
      )
      expect(await deployed()).toEqual(usual)
      await rig.endFaults()
    }
    expect(Object.keys(usual).length).toBeGreaterThan(20)
  },
  { touches: /\/fresh\d+/ },
)

const keeper = `export DEBIAN_FRONTEND=noninteractive
for round in first second; do dpkg -i /var/cache/apt/archives/*.deb; done >/dev/null 2>&1; apt-get -qq -y purge python3-wheel >/dev/null
echo dirty >/etc/dirty; printf '#!/bin/sh\\nexit 1\\n' >/etc/.git/hooks/pre-commit; chmod +x /etc/.git/hooks/pre-commit`

fault(
  'F86',
  'etckeeper is there, with a dirty tree and a hook that fails, and a package is to be installed',
  async (rig) => {
    await rig.host(keeper)
    const result = await rig.apply(rig.change())
    expect(result.exitCode, result.stderr).toBe(0)
    expect(await rig.host("dpkg-query -W -f '${Status}' python3-wheel")).toBe('install ok installed')
    // etckeeper has tried to, in the hooks of apt
    expect(await rig.host('git -C /etc status --porcelain dirty')).toContain('dirty')
  },
  { ownGuest: true, touches: / \/etc\/(?!apache2|deploy-flask)| \/usr\/local\/lib\/python2/, seconds: 240 },
)
