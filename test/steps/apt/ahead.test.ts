import { spawn } from 'node:child_process'
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { availableParallelism, freemem, tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { aptGetWithAhead } from '../../../src/steps/apt/apt-get.js'

/** Unpacks two packages and configures them, and notes on the way whether the other script has begun. */
const FAKE = `#!/usr/bin/env python3
import os, sys, time
fd = next(int(word.split("=")[1]) for word in sys.argv if word.startswith("APT::Status-Fd="))
def status(text):
    os.write(fd, ("pmstatus:%s\\n" % text).encode())
    time.sleep(0.3)
def note(name):
    with open("notes", "a") as notes:
        notes.write("%s: %s\\n" % (name, "begun" if os.path.exists("begun") else "not begun"))
print("0 upgraded, 2 newly installed, 0 to remove and 0 not upgraded.", flush=True)
status("libc6-dev:amd64:10:Unpacking libc6-dev:amd64 (amd64)")
status("libc6-dev:amd64:20:Configuring libc6-dev:amd64 (amd64)")
note("one package is unpacked")
status("gcc:30:Unpacking gcc (amd64)")
note("all are unpacked")
status("gcc:40:Configuring gcc (amd64)")
for _ in range(100):
    if os.path.exists("begun"): break
    time.sleep(0.1)
note("they are being configured")
sys.exit(int(os.environ["CODE"]))
`

const folders: string[] = []
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true })
})

const install = async (ahead: string, code: number) => {
  const folder = mkdtempSync(join(tmpdir(), 'deploy-flask-ahead-'))
  folders.push(folder)
  writeFileSync(join(folder, 'apt-get'), FAKE)
  chmodSync(join(folder, 'apt-get'), 0o755)
  const [program, ...args] = aptGetWithAhead({ lock: 60, stall: 60 }, ahead, 'install', 'gcc').argv
  const env = { ...process.env, PATH: `${folder}:${process.env['PATH'] ?? ''}`, CODE: String(code) }
  const running = spawn(program, args, { cwd: folder, env, stdio: 'ignore' })
  const exitCode = await new Promise<number>((resolve) => running.on('close', (ended) => resolve(ended ?? -1)))
  const read = (name: string): string =>
    existsSync(join(folder, name)) ? readFileSync(join(folder, name), 'utf8') : ''
  return { exitCode, read }
}

/** As the script decides it on a host. */
const hasRoom = process.platform === 'linux' && availableParallelism() > 1 && freemem() > 1024 ** 3

describe.runIf(hasRoom)('what is done ahead', () => {
  it('begins when all packages are unpacked, while they are being configured, and is waited for', async () => {
    const { exitCode, read } = await install('touch begun; sleep 1; echo yes >ended', 0)
    expect(exitCode).toBe(0)
    expect(read('notes').split('\n')).toEqual([
      'one package is unpacked: not begun',
      'all are unpacked: not begun',
      'they are being configured: begun',
      '',
    ])
    expect(read('ended')).toBe('yes\n')
  })

  it('may fail: nothing depends on it', async () => {
    const { exitCode } = await install('touch begun; exit 1', 0)
    expect(exitCode).toBe(0)
  })

  it('is ended when apt-get fails', async () => {
    const { exitCode, read } = await install('touch begun; echo $$ >number; sleep 600', 100)
    expect(exitCode).toBe(100)
    expect(existsSync(`/proc/${read('number').trim()}/cmdline`)).toBe(false)
  })
})
