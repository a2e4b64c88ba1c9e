import { afterAll, beforeAll, expect } from 'vitest'
import { ask } from '../helpers/http.js'
import { fault, type CaseOptions } from './fault.js'
import { buildSource, buildWheel, packageIndex } from './packages/python-package.js'
import { startServer, type Server } from './packages/server.js'
import type { Flags, Rig } from './rig.js'

const name = 'deploy_flask_test'
let server: Server
let number = 0

beforeAll(async () => {
  server = await startServer()
})
afterAll(() => server.close())

const version = (): string => `1.${number}`

const offerWheel = async (size = 32_000): Promise<void> => {
  server.files = packageIndex(name.replaceAll('_', '-'), await buildWheel(name, version(), { size }))
}

const offerSource = async (setup: string): Promise<void> => {
  const head = `import os, signal\nfrom setuptools import setup, Extension\n`
  const built = await buildSource(name, version(), head + setup)
  server.files = packageIndex(name.replaceAll('_', '-'), built)
}

/** The notebook with one more requirement, in a version that nobody has asked for yet: it needs another venv. */
const flagsOf = (rig: Rig): Flags => ({ ...rig.notes(), requirements: ['Flask==2.0.3', `${name}==${version()}`] })

const pipFault = (id: string, title: string, work: (rig: Rig) => Promise<void>, options: CaseOptions = {}): void => {
  fault(
    id,
    title,
    async (rig) => {
      number += 1
      server.behaveWell()
      await offerWheel()
      // beside what the host has: the tools of a venv come from its own index
      await rig.host(
        `touch /etc/pip.conf; [ -e /root/pip.conf ] || cp -a /etc/pip.conf /root/pip.conf
{ echo '[global]'; grep -v '^\\[global\\]' /root/pip.conf
echo 'extra-index-url = ${server.url}/simple/'; echo 'trusted-host = ${new URL(server.url).hostname}'; } >/etc/pip.conf`,
      )
      rig.finally(async () => {
        server.behaveWell()
        await offerWheel()
      })
      await work(rig)
    },
    { touches: /changed: \/etc\/pip\.conf: /, ...options },
  )
}

/** The venv that serves is another one, and nothing is left of the one that was begun. */
const expectUntouched = async (rig: Rig): Promise<void> => {
  const left = await rig.left()
  expect(left.filter((line) => !line.startsWith('/etc/pip.conf: '))).toEqual([])
  expect(await ask(rig.guest, '/health')).toMatchObject({ status: 200 })
}

pipFault('F4d', 'a wheel is truncated', async (rig) => {
  server.behave({ kind: 'short', bytes: 9000 }, '.whl')
  rig.failed(await rig.apply(flagsOf(rig)), 'PIP_DOWNLOAD_DAMAGED')
  await expectUntouched(rig)
})

pipFault('F4d', 'a wheel does not have its hash', async (rig) => {
  server.behave({ kind: 'garbled' }, '.whl')
  rig.failed(await rig.apply(flagsOf(rig)), 'PIP_DOWNLOAD_DAMAGED')
  await expectUntouched(rig)
})

pipFault('F4d', 'a package has to be built, and there is no compiler', async (rig) => {
  await offerSource(`setup(name='${name}', version='${version()}', ext_modules=[Extension('native', ['native.c'])])\n`)
  const compiler = '$(readlink -f /usr/bin/x86_64-linux-gnu-gcc)'
  await rig.inject(`chmod a-x ${compiler}`, 'chmod a+x $(ls /usr/bin/x86_64-linux-gnu-gcc-[0-9])')
  const applied = await rig.apply(flagsOf(rig))
  rig.failed(applied, 'PIP_BUILD_FAILED')
  await expectUntouched(rig)
})

pipFault('F10', '/tmp is full while pip works', async (rig) => {
  const running = await rig.start(flagsOf(rig))
  // it has been looked at before
  await running.said(/phase Application/)
  await rig.inject('mount -t tmpfs -o size=512k none /tmp', 'umount -l /tmp')
  rig.failed(await running.done, 'DISK_FULL')
  await expectUntouched(rig)
})

pipFault('F82', 'the build of a package is killed, as when there is no memory left', async (rig) => {
  await offerSource('os.kill(os.getpid(), signal.SIGKILL)\n')
  rig.failed(await rig.apply(flagsOf(rig)), 'PIP_KILLED')
  await expectUntouched(rig)
})

pipFault('F4d', 'pip is killed while it fetches a package', async (rig) => {
  await offerWheel(64_000)
  server.behave({ kind: 'slow', bytesPerSecond: 4000 }, '.whl')
  const running = await rig.start(flagsOf(rig))
  await running.said(/Downloading \S*deploy_flask_test/)
  await rig.host("pkill -9 -f '[v]envs/.*-m pip'")
  rig.failed(await running.done, 'PIP_KILLED')
  await expectUntouched(rig)
})

/** The folder of the packages of the venv that serves. */
const packagesOf =
  'echo $(grep -o "python-home=\\S*" /etc/apache2/sites-available/notes.conf | cut -d= -f2)/lib/python3.6'

pipFault('F4d', 'pip was killed in the middle of an installation into the venv that serves', async (rig) => {
  const folder = `$(${packagesOf})/site-packages`
  await rig.host(`rm ${folder}/click-*.dist-info/RECORD ${folder}/click/core.py`)
  const applied = await rig.apply(rig.notes())
  expect(applied.exitCode, applied.stderr).toBe(0)
  expect(await ask(rig.guest, '/health')).toMatchObject({ status: 200 })
})

pipFault('F4d', "the host's Python is another one than the venv was made for", async (rig) => {
  const lib = (await rig.host(packagesOf)).trim()
  const old = lib.replace('3.6', '3.5')
  const venv = lib.replace(/\/lib\/.*/, '')
  await rig.host(`mv ${lib} ${old}; sed -i 's/3\\.6/3.5/g' ${venv}/.deploy-flask-checked ${venv}/pyvenv.cfg`)
  const applied = await rig.apply(rig.notes())
  expect(applied.exitCode, applied.stderr).toBe(0)
  expect(applied.stderr).toMatch(
    /python\.venv: update venv \S+ \(its python does not run, or pip is missing: it is repaired\)/,
  )
  expect(await ask(rig.guest, '/health')).toMatchObject({ status: 200 })
})

/** What the setup.py of a package could do that is not its business, and reports to a file in /tmp. */
const INTRUDER = `
import pwd, subprocess, sys
def tried(what, mode):
    try:
        open(what, mode).close()
        return ["%s %s" % (mode, what)]
    except OSError:
        return []
written = ["/etc/cron.d/intruder", "/srv/notes/current/intruder.py", "/srv/notes/wsgi/intruder.wsgi", "SERVING/intruder.pth"]
read = ["/etc/shadow", "/etc/deploy-flask/board/settings.json", "/root/.bashrc"]
done = [pwd.getpwuid(os.getuid()).pw_name]
done += sum([tried(one, "a") for one in written] + [tried(one, "r") for one in read], [])
open("/tmp/intruder", "w").write(" ".join(done))
subprocess.Popen(["sleep", "4321"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
link = os.path.join(sys.prefix, "shadow")
if not os.path.lexists(link):
    os.symlink("/etc/shadow", link)
os.chmod(os.path.join(sys.prefix, "lib"), 0o777)
`

const offerIntruder = async (rig: Rig, more = ''): Promise<void> => {
  const serving = (await rig.host(`${packagesOf}`)).trim()
  const setup = `setup(name='${name}', version='${version()}')\n`
  await offerSource(INTRUDER.replace('SERVING', `${serving}/site-packages`) + more + setup)
}

pipFault('F74', 'the setup.py of a package tries what only root may', async (rig) => {
  await offerIntruder(rig)
  const applied = await rig.apply(flagsOf(rig))
  expect(applied.exitCode, applied.stderr).toBe(0)
  expect(await rig.host('cat /tmp/intruder; rm /tmp/intruder; pgrep -f "[s]leep 4321" || :')).toBe('flask-notes')
  const venv = (await rig.host(packagesOf)).trim().replace(/\/lib\/.*/, '')
  expect(await rig.host(`find ${venv} ! -user root -o ! -type l -perm /7022`)).toBe('')
  expect(await rig.host(`rm ${venv}/shadow; stat -c %U:%G:%a /etc/shadow`)).toBe('root:shadow:640\n')
})

pipFault('F74', 'the setup.py of a package leaves a FIFO in the virtual environment', async (rig) => {
  await offerIntruder(rig, 'fifo = os.path.join(sys.prefix, "fifo")\nos.path.exists(fifo) or os.mkfifo(fifo)\n')
  rig.failed(await rig.apply(flagsOf(rig)), 'PATH_DANGEROUS')
  await rig.host('rm -f /tmp/intruder')
  await expectUntouched(rig)
})
