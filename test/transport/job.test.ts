import { spawn, type ChildProcess } from 'node:child_process'
import { appendFileSync, existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Command } from '../../src/core/command.js'
import { driver, envelope } from '../../src/transport/frame.js'
import { composeJob } from '../../src/transport/invocation.js'
import { FOLLOW, followJob } from '../../src/transport/job.js'
import { hostFolders, type HostFolders } from '../helpers/host-folders.js'
import { bash, within, type Heard } from './shell.js'

const nonce = 'n0nce'
const token = '0123456789abcdef'

let host: HostFolders
let folder: string
const jobs: ChildProcess[] = []

beforeEach(() => {
  host = hostFolders()
  host.holds(token)
  folder = join(host.run, 'jobs', `${token}-1`)
})

afterEach(() => jobs.splice(0).forEach((job) => job.kill('SIGKILL')))

const recorded = (): string => join(host.run, 'run/1')

const follow = async (): Promise<Heard> =>
  new Promise((resolve) => {
    const follower = spawn('perl', ['-e', FOLLOW, folder, recorded()], { stdio: ['ignore', 'pipe', 'pipe'] })
    const [stdout, stderr]: [Buffer[], Buffer[]] = [[], []]
    follower.stdout.on('data', (piece: Buffer) => stdout.push(piece))
    follower.stderr.on('data', (piece: Buffer) => stderr.push(piece))
    follower.on('close', (exitCode) =>
      resolve({ stdout: Buffer.concat(stdout), stderr: Buffer.concat(stderr), exitCode }),
    )
  })

/** A job as it is started, but for the unit: a bash that runs the script of its folder. */
const job = (script: string): ChildProcess => {
  mkdirSync(folder, { recursive: true })
  for (const name of ['out', 'err']) writeFileSync(join(folder, name), '')
  writeFileSync(join(folder, 'script'), `cd ${folder}; echo $$ >pid\n${script}\n`)
  const started = spawn('bash', [join(folder, 'script')], { stdio: 'ignore' })
  jobs.push(started)
  return started
}

const ends = (code: number): string => `echo ${code} >code.part; mv code.part code`

describe('whoever follows a job', () => {
  test('gets what it has printed on both streams, and its code, and removes its folder', async () => {
    job(`printf 'out\\0put' >>out; printf 'com\\377plaint' >>err; ${ends(7)}`)
    const { stdout, stderr, exitCode } = await follow()
    expect([stdout, stderr, exitCode]).toEqual([Buffer.from('out\0put'), Buffer.from('com\xffplaint', 'latin1'), 7])
    expect(existsSync(folder)).toBe(false)
  })

  test('gets every byte, in whatever pieces it comes', async () => {
    const piece = fc.record({
      to: fc.constantFrom('out', 'err'),
      bytes: fc.uint8Array({ maxLength: 5000 }),
      pause: fc.integer({ min: 0, max: 20 }),
    })
    await fc.assert(
      fc.asyncProperty(fc.array(piece, { maxLength: 8 }), async (pieces) => {
        job('sleep 60')
        const following = follow()
        for (const { to, bytes, pause } of pieces) {
          appendFileSync(join(folder, to), bytes)
          await sleep(pause)
        }
        writeFileSync(join(folder, 'code'), '0\n')
        const { stdout, stderr, exitCode } = await following
        const sent = (stream: string) =>
          Buffer.concat(pieces.flatMap(({ to, bytes }) => (to === stream ? [bytes] : [])))
        expect(stdout.equals(sent('out')) && stderr.equals(sent('err'))).toBe(true)
        expect(exitCode).toBe(0)
      }),
      { numRuns: 15 },
    )
  })

  test('gets output while the job still runs', async () => {
    job(`echo early >>out; until [ -e ${host.root}/go ]; do sleep 0.05; done; ${ends(0)}`)
    const follower = spawn('perl', ['-e', FOLLOW, folder, recorded()])
    const early = await new Promise<string>((resolve) => follower.stdout.once('data', (text) => resolve(String(text))))
    expect([early, existsSync(join(folder, 'code'))]).toEqual(['early\n', false])
    writeFileSync(join(host.root, 'go'), '')
    expect(await new Promise((resolve) => follower.once('close', resolve))).toBe(0)
  })

  test('is told when somebody has killed it: 137, and what it had printed', async () => {
    const running = job('echo started >>out; sleep 60')
    const following = follow()
    await expect.poll(() => existsSync(join(folder, 'pid'))).toBe(true)
    await sleep(200)
    running.kill('SIGKILL')
    const { stdout, stderr, exitCode } = await following
    expect([stdout.toString(), exitCode]).toEqual(['started\n', 137])
    expect(stderr.toString()).toBe('it ended without a word: somebody has killed it\n')
  })

  test('does not wait for another process that has its number by now', async () => {
    mkdirSync(folder, { recursive: true })
    writeFileSync(join(folder, 'pid'), `${process.pid}\n`)
    expect((await follow()).exitCode).toBe(137)
  })

  test('that has ended, and was followed before, is told the recorded code', async () => {
    writeFileSync(recorded(), 'start\nend 6\n')
    const { stdout, stderr, exitCode } = await follow()
    expect([stdout.toString(), exitCode]).toEqual(['', 6])
    expect(stderr.toString()).toBe('what it has printed was lost with the connection\n')
  })

  test('that was never started is told so', async () => {
    expect(await follow()).toMatchObject({ exitCode: 125, stderr: Buffer.from('it was never started\n') })
  })

  test('beside another one, at the end of a line that is cut, gets all of it too', async () => {
    job('sleep 60')
    const both = [follow(), follow()]
    await sleep(300)
    appendFileSync(join(folder, 'out'), 'all of it')
    writeFileSync(recorded(), 'start\nend 6\n')
    writeFileSync(join(folder, 'code'), '6\n')
    const answers = await Promise.all(both)
    expect(answers.map(({ stdout, exitCode }) => [stdout.toString(), exitCode])).toEqual([
      ['all of it', 6],
      ['all of it', 6],
    ])
  })

  test('of a run that is gone comes to its end as well, and then there is nothing to follow', async () => {
    job(`echo done >>out; ${ends(0)}`)
    const [program, ...args] = followJob(`${token}-1`).argv
    const line = [program, ...args.slice(0, 1), '"$_script"'].join(' ')
    const script = host.moved(args.at(-1) ?? '')
    const input = `_script=$(cat <<'END'\n${script}\nEND\n)\n${line}\n`
    expect(await bash(input)).toMatchObject({ stdout: Buffer.from('done\n'), exitCode: 0 })
    expect(await bash(input)).toMatchObject({ exitCode: 125 })
  })
})

describe('a command that outlives its connection', () => {
  /** systemd-run, as far as it matters here: the script runs, and a name is given once. */
  const unit = `systemd-run() { mkdir "${'$'}UNITS/$3" && { setsid bash "$6" >/dev/null 2>&1 </dev/null & }; }`

  const start = async (argv: Command['argv'], stdin?: Uint8Array) => {
    const command: Command = { argv, as: 'root', lasting: true, label: "Ann's job" }
    const script = composeJob(command, nonce, stdin, { lock: token, number: 1, note: '{"begun":1}\n' })
    const units = join(host.root, 'units')
    mkdirSync(units, { recursive: true })
    const before = `UNITS=${units}\n${unit}`
    const { stdout, stderr } = await bash(driver() + envelope(before) + envelope(host.moved(script)))
    return { ...within(stdout, nonce), error: within(stderr, nonce).text }
  }

  const sh = (script: string): Command['argv'] => ['sh', '-c', script, 'sh', host.root]

  test('gives back what it said and its code, with its stdin, and is noted before it begins', async () => {
    const argv = sh(`cat; cat "${host.journal}"; printf "it's %s\\n" "$HOME" >&2; exit 7`)
    expect(await start(argv, Buffer.from('in\n'))).toEqual({
      text: 'in\n{"begun":1}\n',
      error: "it's /root\n",
      status: 7,
    })
    expect(existsSync(folder)).toBe(false)
  })

  test('runs once, however often it is asked for', async () => {
    const argv = sh('echo ran >>"$1/count"; sleep 0.3; exit 5')
    const answers = await Promise.all([start(argv), start(argv), start(argv)])
    expect(answers.map(({ status }) => status)).toEqual([5, 5, 5])
    expect(await start(argv)).toMatchObject({ status: 5 })
    expect(host.read('count')).toBe('ran\n')
  })

  test('does not begin when its run does not hold the lock any more', async () => {
    host.holds('another')
    expect(await start(sh('echo ran >>"$1/count"'))).toMatchObject({ status: 75 })
    expect(host.read('count')).toBeUndefined()
  })

  test('is not started where its folder cannot be made', async () => {
    rmSync(join(host.run, 'run'), { recursive: true })
    writeFileSync(join(host.run, 'jobs'), 'in the way')
    const { status, error } = await start(sh('echo ran >>"$1/count"'))
    expect([status, host.read('count')]).toEqual([1, undefined])
    expect(error).toContain('mkdir')
  })
})
