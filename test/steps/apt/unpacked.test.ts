import { spawn } from 'node:child_process'
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { availableParallelism, freemem, tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { aptGet } from '../../../src/steps/apt/apt-get.js'

/** Unpacks two packages and configures them; one depends on the other, so that this is configured first. */
const FAKE = `#!/usr/bin/env python3
import os, sys, time
fd = next(int(word.split("=")[1]) for word in sys.argv if word.startswith("APT::Status-Fd="))
def status(text):
    os.write(fd, ("pmstatus:%s\\n" % text).encode())
    time.sleep(0.3)
print("0 upgraded, 2 newly installed, 0 to remove and 0 not upgraded.", flush=True)
status("libc6-dev:amd64:10:Unpacking libc6-dev:amd64 (amd64)")
status("libc6-dev:amd64:20:Configuring libc6-dev:amd64 (amd64)")
status("gcc:30:Unpacking gcc (amd64)")
status("gcc:40:Configuring gcc (amd64)")
status("libc6-dev:amd64:50:Configuring libc6-dev:amd64 (amd64)")
`

const folders: string[] = []
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true })
})

const toldWhile = async (): Promise<readonly string[]> => {
  const folder = mkdtempSync(join(tmpdir(), 'deploy-flask-unpacked-'))
  folders.push(folder)
  writeFileSync(join(folder, 'apt-get'), FAKE)
  chmodSync(join(folder, 'apt-get'), 0o755)
  const [program, ...args] = aptGet({ lock: 60, stall: 60 }, 'install', 'gcc').argv
  const env = { ...process.env, PATH: `${folder}:${process.env['PATH'] ?? ''}` }
  const running = spawn(program, args, { cwd: folder, env, stdio: ['ignore', 'ignore', 'pipe'] })
  let said = ''
  running.stderr.on('data', (piece: Buffer) => (said += piece.toString()))
  await new Promise((resolve) => running.on('close', resolve))
  return said.trim().split('\n')
}

/** As the script decides it on a host. */
const hasRoom = process.platform === 'linux' && availableParallelism() > 1 && freemem() > 1024 ** 3

describe.runIf(hasRoom)('that everything is unpacked', () => {
  it('is told once, when the last package is, before it is configured', async () => {
    const lines = await toldWhile()
    expect(lines.filter((line) => line === 'unpacked:')).toHaveLength(1)
    expect(lines.indexOf('unpacked:')).toBe(3)
    expect(lines[4]).toBe('pmstatus:gcc:40:Configuring gcc (amd64)')
  })
})
