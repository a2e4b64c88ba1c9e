import { spawn } from 'node:child_process'
import { chmodSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, describe, expect, it } from 'vitest'
import { aptGet } from '../../../src/steps/apt/apt-get.js'
import { explainApt } from '../../../src/steps/apt/failure.js'

/** A lock as dpkg takes it, for as long as the file `held` is there. */
const HOLD = `import fcntl, os, sys, time
lock = open(sys.argv[1], "w")
fcntl.lockf(lock, fcntl.LOCK_EX)
open(sys.argv[2], "w").close()
while os.path.exists(sys.argv[2]):
    time.sleep(0.02)
`

/** As apt-get 1.6 does it: fails at once where the lock is taken, and says where on stderr. */
const FAKE = `#!/usr/bin/env python3
import fcntl, os, sys
fd = next(int(word.split("=")[1]) for word in sys.argv if word.startswith("APT::Status-Fd="))
path = os.environ["LOCK"]
with open(os.environ["CALLS"], "a") as calls:
    calls.write(" ".join(sys.argv[-2:]) + "\\n")
try:
    lock = open(path, "w")
    fcntl.lockf(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
except OSError:
    sys.stderr.write("E: Could not get lock %s - open (11: Resource temporarily unavailable)\\n" % path)
    sys.stderr.write("E: Unable to acquire the dpkg frontend lock (%s), is another process using it?\\n" % path)
    sys.exit(100)
os.write(fd, b"pmstatus:apache2:50.0000:Unpacking apache2\\n")
for said in [os.environ.get("SAYS", "Unpacking apache2 ...")] * int(os.environ.get("TIMES", "1")):
    os.write(1, os.fsencode(said + "\\n"))
sys.stderr.write("W: only a warning\\n")
sys.exit(int(os.environ.get("CODE", "0")))
`

const folders: string[] = []
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true })
})

const place = () => {
  const folder = mkdtempSync(join(tmpdir(), 'deploy-flask-apt-'))
  folders.push(folder)
  const program = (name: string, text: string): void => {
    writeFileSync(join(folder, name), text)
    chmodSync(join(folder, name), 0o755)
  }
  program('apt-get', FAKE)
  return { folder, program, lock: join(folder, 'lock'), held: join(folder, 'held'), calls: join(folder, 'calls') }
}

type Place = ReturnType<typeof place>

const holding = async ({ lock, held }: Place) => {
  const holder = spawn('python3', ['-c', HOLD, lock, held], { stdio: 'ignore' })
  while (!existsSync(held)) await sleep(10)
  return holder
}

/** Runs the very command; `heard` gets stderr while it is written. */
const install = async (
  { folder, lock, calls }: Place,
  heard: (text: string) => void = () => undefined,
  env: Readonly<Record<string, string>> = {},
  lockSeconds = 60,
) => {
  const [program, ...args] = aptGet({ lock: lockSeconds, stall: 60 }, 'install', 'apache2').argv
  // Python 3.6 of 18.04 knows no UTF-8 mode, which newer ones turn on by themselves in the C locale
  const running = spawn(program, ['-X', 'utf8=0', ...args], {
    env: { ...process.env, PATH: `${folder}:${process.env['PATH'] ?? ''}`, LOCK: lock, CALLS: calls, ...env },
  })
  let [stdout, stderr] = ['', '']
  running.stdout.on('data', (piece: Buffer) => (stdout += piece.toString()))
  running.stderr.on('data', (piece: Buffer) => {
    stderr += piece.toString()
    heard(stderr)
  })
  const exitCode = await new Promise<number>((resolve) => running.on('close', (code) => resolve(code ?? -1)))
  return { stdout, stderr, exitCode }
}

describe.runIf(process.platform === 'linux')('apt-get', () => {
  it('tells how far it is on stderr while it runs, and its own stderr stays away when all went well', async () => {
    expect(await install(place())).toEqual({
      stdout: 'Unpacking apache2 ...\n',
      stderr: 'pmstatus:apache2:50.0000:Unpacking apache2\n',
      exitCode: 0,
    })
  })

  it('may say what is not ASCII in the C locale, and more than a pipe holds after that', async () => {
    const said = { SAYS: 'Created symlink apache2.service → /lib/systemd/system/apache2.service.', TIMES: '3000' }
    const { stdout, stderr, exitCode } = await install(place(), undefined, { ...said, LC_ALL: 'C' })
    expect(exitCode).toBe(0)
    expect(stdout).toBe(`${said.SAYS}\n`.repeat(3000))
    expect(stderr).not.toContain('Traceback')
  })

  it('that fails says why, after all else', async () => {
    const { stderr, exitCode } = await install(place(), undefined, { CODE: '100' })
    expect(exitCode).toBe(100)
    expect(stderr).toBe('pmstatus:apache2:50.0000:Unpacking apache2\nW: only a warning\n')
  })

  it('waits for whoever holds the lock, tells who that is, and goes on when it is free', async () => {
    const here = place()
    const holder = await holding(here)
    const { stderr, exitCode } = await install(here, (text) => {
      if (text.split('waiting:').length > 2) rmSync(here.held, { force: true })
    })
    expect(exitCode).toBe(0)
    const lines = stderr.trim().split('\n')
    expect(lines.at(-1)).toBe('pmstatus:apache2:50.0000:Unpacking apache2')
    const waiting = lines.slice(0, -1)
    expect(waiting.length).toBeGreaterThanOrEqual(2)
    const told = new RegExp(`^waiting:\\d+:${holder.pid}:${here.lock}:python3[\\d.]*$`)
    for (const line of waiting) expect(line).toMatch(told)
  })

  it('gives up after as long as it was told, and names who was in the way', async () => {
    const here = place()
    const holder = await holding(here)
    const { stdout, stderr, exitCode } = await install(here, undefined, {}, 2)
    rmSync(here.held)
    expect(exitCode).toBe(100)
    expect(stderr).toMatch(new RegExp(`^E: ${here.lock} is held by process ${holder.pid} \\(python3`, 'm'))
    const error = explainApt({ stdout, stderr, exitCode })
    expect(error?.code).toBe('APT_LOCKED')
    expect(error?.fault.what).toMatch(
      new RegExp(
        `^python3[\\d.]* \\(process ${holder.pid}\\) has been using apt or dpkg on the host for more than 2 s$`,
      ),
    )
  })
})
