import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { createGuest, type Guest } from '../../vagrant/guest.js'
import { deployFlask } from '../helpers/cli.js'
import { attempt, expectFailure } from '../helpers/failure.js'
import { writeFlags } from '../helpers/flags.js'
import { ask } from '../helpers/http.js'
import { folderWith, smallApp, smallFlags } from '../helpers/small-site.js'
import { pathsOf } from '../helpers/snapshot.js'

describe("the host's package sources", () => {
  let guest: Guest
  const sources = '/etc/apt/sources.list'

  beforeAll(async () => {
    guest = await createGuest('php', 'b-apt')
  })
  afterAll(() => guest.destroy())

  it('that cannot be reached are named, and nothing is installed or left behind', async () => {
    // Nobody has this address on the bridge.
    const dead = guest.host.replace(/\d+$/, '254')
    await guest.run(`cp -p ${sources} /root; sed -i -E 's#(https?)://[^/ ]+#http://${dead}#' ${sources}`)
    const { result, left } = await attempt(guest, smallFlags(guest, await smallApp()))
    expectFailure(result, 'APT_MIRROR_UNREACHABLE')
    expect(result.stderr).toContain(dead)
    // where it is noted what was there before
    expect(pathsOf(left)).toEqual(['/var/lib/deploy-flask'])
    await guest.run(`cp -p /root/sources.list ${sources}`)
  })

  it('that lack a package are told from those that cannot be reached, and it is said which component is missing', async () => {
    await guest.run(`sed -i 's/ universe//' ${sources}`)
    const { result, left } = await attempt(guest, smallFlags(guest, await smallApp()))
    expectFailure(result, 'APT_PACKAGE_MISSING')
    expect(result.stderr).toMatch(/error APT_PACKAGE_MISSING: .*python3-pip/)
    expect(result.stderr).toMatch(/what to do: .*universe/)
    expect(left).toEqual([])
    expect(await ask(guest, '/', { name: 'php.test' })).toMatchObject({ status: 200 })
  })
})

describe('on a host that serves a Flask site already', () => {
  let guest: Guest

  beforeAll(async () => {
    guest = await createGuest({ container: inject('deployed') }, 'b-packages')
  })
  afterAll(() => guest.destroy())

  it('a requirement that does not exist in this version is named', async () => {
    const files = { 'small.py': 'application = print\n', 'requirements.txt': 'Flask==99.0\n' }
    const flags = { ...smallFlags(guest, await folderWith(files)), requirements: 'requirements.txt' }
    const { result, left } = await attempt(guest, flags)
    expectFailure(result, 'PIP_NO_VERSION')
    expect(result.stderr).toContain('Flask==99.0')
    expect(left).toEqual([])
    expect(await ask(guest, '/health')).toMatchObject({ status: 200 })
  })

  it('a lock that another apt holds for a while is waited for, and it is said who that is', async () => {
    // apt takes its locks with fcntl: flock(1) would not hold it up. They are held until somebody wants to work with apt.
    const hold = `import fcntl, glob, time
locks = ["/var/lib/dpkg/lock-frontend", "/var/lib/dpkg/lock", "/var/lib/apt/lists/lock"]
opened = [open(path, "w") for path in locks]
for file in opened:
    fcntl.lockf(file, fcntl.LOCK_EX)
open("/run/locked", "w").close()
def waits(path):
    try:
        return b"apt" + b"-get" in open(path, "rb").read()
    except OSError:
        return False
for _ in range(1200):
    if any(map(waits, glob.glob("/proc/[0-9]*/cmdline"))):
        break
    time.sleep(0.1)
time.sleep(8)`
    await guest.run('dpkg --remove --force-depends python3-wheel')
    const start = 'systemd-run -q python3 -c "$(cat)"; until [ -e /run/locked ]; do sleep 0.1; done'
    await guest.run(start, { stdin: hold })
    const flags = await writeFlags(smallFlags(guest, await smallApp()))
    const applied = await deployFlask(['apply', '-f', flags, '--yes'])
    expect(applied.exitCode, applied.stderr).toBe(0)
    expect(applied.stderr).toMatch(
      /apt\.packages: waiting for the lock \/var\/lib\/\S+, held by python3[\d.]* \(process \d+\), \d+ s\n/,
    )
    expect(await ask(guest, '/', { name: 'small.test' })).toMatchObject({ status: 200, body: 'small' })
    expect((await guest.run("dpkg-query -W -f='${db:Status-Status}' python3-wheel")).stdout).toBe('installed')
  })

  it('an index that cannot be reached is not taken for a missing version, and nothing is left of the attempt', async () => {
    // As on a host that has the packages and nothing of ours in its Apache.
    await guest.run(`a2dissite -q notes small; a2dismod -q -f wsgi; systemctl restart apache2
pip3 uninstall -y mod_wsgi; rm /etc/apache2/mods-available/wsgi.load`)
    const flags = { ...smallFlags(guest, await smallApp()), pip: { 'index-url': 'http://127.0.0.1:9/simple/' } }
    const { result, left } = await attempt(guest, flags)
    expectFailure(result, 'PIP_INDEX_UNREACHABLE')
    expect(result.stderr).toMatch(/where: mod_wsgi \/ python\.mod-wsgi/)
    expect(left).toEqual([])
  })
})
