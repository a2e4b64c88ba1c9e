import { readFileSync } from 'node:fs'
import { mkdtemp, readFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'
import { expect } from 'vitest'
import { exitCodes, type ErrorCode } from '../../src/errors.js'
import { bin } from './cli.js'

/** What a run of the product was that a hostile host was at the other end of. */
export interface Ended {
  readonly exitCode: number
  readonly stdout: string
  readonly stderr: string
  readonly log: string
  /** The most memory that its process has had. */
  readonly megabytes: number
}

const peak = (pid: number | undefined): number => {
  try {
    return Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024
  } catch {
    return 0
  }
}

export const runAgainst = async (
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Ended> => {
  const log = join(await mkdtemp(join(tmpdir(), 'deploy-flask-test-')), 'run.log')
  const run = execa(process.execPath, [bin, ...args, '--log', log], {
    reject: false,
    stdin: 'ignore',
    maxBuffer: 400_000_000,
    env: { NOTES_SECRET_KEY: 'hostile-secret', NO_COLOR: '1', CI: '', ...env },
  })
  let megabytes = 0
  const sampler = setInterval(() => (megabytes = Math.max(megabytes, peak(run.pid))), 20)
  const { exitCode, stdout, stderr } = await run
  clearInterval(sampler)
  return { exitCode: exitCode ?? -1, stdout, stderr, log: await readFile(log, 'utf8').catch(() => ''), megabytes }
}

/** What steers a terminal, hides text or turns its direction. */
const steering = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/

/** Node by itself needs a tenth of this; the rest is what a host may say before it is hung up on. */
const mostMegabytes = 600
const mostShown = 8_000_000

/** Whatever the host does: an error with a code that is no bug of ours, or success; bounded, and nothing that steers. */
export const expectTame = ({ exitCode, stdout, stderr, log, megabytes }: Ended): void => {
  const code = /^error (\w+): /m.exec(stderr)?.[1]
  if (exitCode !== 0) {
    expect(code, stderr.slice(0, 2_000)).toBeDefined()
    expect(exitCode, stderr.slice(0, 2_000)).toBe(exitCodes[code as ErrorCode])
  }
  expect([70, -1], stderr.slice(0, 2_000)).not.toContain(exitCode)
  expect(`${stderr}${log}`).not.toMatch(/^ {4}at .*:\d+:\d+\)?$/m)
  for (const text of [stdout, stderr, log]) {
    expect(steering.exec(text)?.[0]).toBeUndefined()
    expect(text.length).toBeLessThan(mostShown)
  }
  expect(megabytes).toBeGreaterThan(20)
  expect(megabytes).toBeLessThan(mostMegabytes)
}
