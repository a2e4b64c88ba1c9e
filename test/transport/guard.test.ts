import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import fc from 'fast-check'
import { beforeEach, describe, expect, test } from 'vitest'
import type { Command } from '../../src/core/command.js'
import { driver, envelope } from '../../src/transport/frame.js'
import { boundedAlone, fencedOff, fencedOffCode } from '../../src/transport/guard.js'
import { composeInvocation } from '../../src/transport/invocation.js'
import type { Mark } from '../../src/transport/transport.js'
import { hostFolders, type HostFolders } from '../helpers/host-folders.js'
import { bash, within } from './shell.js'

const nonce = 'n0nce'
const token = '0123456789abcdef'

interface More {
  readonly mark?: Partial<Mark>
  readonly stdin?: Uint8Array
  readonly seconds?: number
  /** What the shell is told before. */
  readonly first?: string
}

let host: HostFolders

beforeEach(() => {
  host = hostFolders()
  host.holds(token)
})

/** A command that changes the host: by default the first one of the run that holds the lock. */
const change = async (argv: Command['argv'], { mark, stdin, seconds, first = '' }: More = {}) => {
  const command: Command = { argv, as: 'root', ...(seconds === undefined ? {} : { seconds }) }
  const script = composeInvocation(command, nonce, stdin, { lock: token, number: 1, ...mark })
  const { stdout, stderr } = await bash(host.moved(driver()) + envelope(first) + envelope(host.moved(script)))
  return { ...within(stdout, nonce), error: within(stderr, nonce).text }
}

const sh = (script: string): Command['argv'] => ['sh', '-c', script, 'sh', host.root]

/** Leaves a line for each time that it has run. */
const counting = (then: string): Command['argv'] => sh(`echo ran >>"$1/count"; ${then}`)

const lostOutput = 'what it has printed was lost with the connection\n'

const freeBusy = (how: '-x' | '-s'): boolean => {
  try {
    execFileSync('flock', ['-n', how, join(host.run, 'busy'), 'true'])
    return true
  } catch {
    return false
  }
}

describe('a command that changes the host', () => {
  test('gives back what it said and its code, as any other', async () => {
    expect(await change(sh('echo out; echo err >&2; exit 7'))).toEqual({ text: 'out\n', error: 'err\n', status: 7 })
    expect(await change(sh('kill -9 $$'), { mark: { number: 2 } })).toMatchObject({ status: 137 })
    expect(await change(['/nonexistent'], { mark: { number: 3 } })).toMatchObject({ status: 127 })
  })

  test('gets its arguments and its stdin byte for byte', async () => {
    let number = 0
    const argument = fc.string({ unit: 'grapheme' }).filter((text) => !text.includes('\0'))
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), argument, async (stdin, text) => {
        const argv = ['sh', '-c', 'printf %s "$1"; echo; base64 -w0', 'sh', text] as const
        const answer = await change(argv, { stdin, mark: { number: ++number } })
        expect(answer.text).toBe(`${text}\n${Buffer.from(stdin).toString('base64')}`)
      }),
      { numRuns: 30 },
    )
  })

  test('is stopped when it takes too long, and remembered so', async () => {
    expect(await change(['sleep', '30'], { seconds: 1 })).toMatchObject({ status: 124 })
    expect(await change(['sleep', '30'])).toMatchObject({ status: 124 })
  })
})

describe('a run that does not hold the lock', () => {
  const refused = { text: '', error: `${fencedOff}\n`, status: fencedOffCode }

  test('changes nothing, and writes nothing into the journal', async () => {
    for (const holder of ['another', '', token.slice(1), `${token}0`]) {
      host.holds(holder)
      expect(await change(counting('true'), { mark: { note: 'a note\n' } })).toEqual(refused)
    }
    expect([host.read('count'), existsSync(host.journal), host.read('run/run/1')]).toEqual([
      undefined,
      false,
      undefined,
    ])
  })

  test('changes nothing either where nobody holds it, or the host was started anew', async () => {
    rmSync(join(host.run, 'holder'))
    expect(await change(counting('true'))).toEqual(refused)
    rmSync(host.run, { recursive: true })
    expect(await change(counting('true'))).toEqual(refused)
    expect(host.read('count')).toBeUndefined()
  })
})

describe('the same number a second time', () => {
  test('does not run again, and gives the code of the first', async () => {
    expect(await change(counting('echo out; exit 7'))).toMatchObject({ text: 'out\n', status: 7 })
    expect(await change(counting('echo out; exit 7'))).toEqual({ text: '', error: lostOutput, status: 7 })
    expect(await change(counting('exit 0'), { mark: { number: 2 } })).toMatchObject({ status: 0 })
    expect(host.read('count')).toBe('ran\nran\n')
  })

  test('waits while the first still runs', async () => {
    const first = change(counting('until [ -e "$1/go" ]; do sleep 0.05; done; exit 3'))
    await expect.poll(() => host.read('count')).toBe('ran\n')
    const second = change(counting('exit 0'))
    setTimeout(() => writeFileSync(join(host.root, 'go'), ''), 500)
    expect([(await first).status, (await second).status]).toEqual([3, 3])
    expect(host.read('count')).toBe('ran\n')
  })

  test('runs once also when all begin at the same moment', async () => {
    const answers = await Promise.all(Array.from({ length: 6 }, async () => change(counting('exit 5'))))
    expect(answers.map(({ status }) => status)).toEqual([5, 5, 5, 5, 5, 5])
    expect(host.read('count')).toBe('ran\n')
  })

  test('of a first that was killed with its guard has the code of that, 137', async () => {
    expect(await change(counting('kill -9 $PPID'))).toMatchObject({ status: 137 })
    expect(await change(counting('exit 0'))).toMatchObject({ status: 137, error: lostOutput })
    expect(host.read('count')).toBe('ran\n')
  })

  test('runs where the first was killed before it began', async () => {
    writeFileSync(join(host.run, 'run/1'), '')
    expect(await change(counting('exit 4'))).toMatchObject({ status: 4 })
  })

  test('of which no record can be made does not run', async () => {
    rmSync(join(host.run, 'run'), { recursive: true })
    const { status, error } = await change(counting('true'))
    expect([status, error]).toEqual([74, `cannot write ${host.run}/run/1: No such file or directory\n`])
    expect(host.read('count')).toBeUndefined()
  })
})

describe('the journal', () => {
  const note = '{"begun":"a file"}\n'

  test('has the note before the command begins, for nobody but root', async () => {
    expect(await change(['cat', host.journal], { mark: { note } })).toMatchObject({ text: note, status: 0 })
    const modes = [host.journal, dirname(host.journal)].map((path) => statSync(path).mode & 0o777)
    expect(modes).toEqual([0o600, 0o700])
  })

  test('does not change what the command makes: its umask is the usual one', async () => {
    expect((await change(['sh', '-c', 'umask'], { mark: { note } })).text).toBe('0022\n')
  })

  test('gets a note once, also when its command is asked for again', async () => {
    await change(['true'], { mark: { note } })
    await change(['true'], { mark: { note } })
    expect(readFileSync(host.journal, 'utf8')).toBe(note)
  })

  test('keeps the notes of commands that run at the same time apart, however long they are', async () => {
    const notes = ['a', 'b', 'c', 'd'].map((letter) => `${letter.repeat(100_000)}\n`)
    await Promise.all(notes.map(async (one, number) => change(['true'], { mark: { number, note: one } })))
    const written = readFileSync(host.journal, 'utf8').split(/(?<=\n)/)
    expect(written).toHaveLength(4)
    expect(notes.filter((one) => !written.includes(one)).map(([letter]) => letter)).toEqual([])
  })

  test('that has no room for the note is left as it was, and the command does not run', async () => {
    mkdirSync(dirname(host.journal), { recursive: true })
    const before = `${'x'.repeat(899)}\n`
    writeFileSync(host.journal, before)
    const full = "trap '' XFSZ; ulimit -f 1"
    const { status, error } = await change(counting('true'), { first: full, mark: { note: `${'y'.repeat(500)}\n` } })
    expect([status, error]).toEqual([74, `cannot write ${host.journal}: File too large\n`])
    expect(readFileSync(host.journal, 'utf8')).toBe(before)
    expect(host.read('count')).toBeUndefined()
    expect(await change(counting('true'), { mark: { note } })).toMatchObject({ status: 0 })
    expect(readFileSync(host.journal, 'utf8')).toBe(before + note)
  })
})

describe('the next holder of the lock', () => {
  test('waits while a command runs: busy is locked, and can be shared', async () => {
    const running = change(counting('until [ -e "$1/go" ]; do sleep 0.05; done'))
    await expect.poll(() => host.read('count')).toBe('ran\n')
    expect([freeBusy('-x'), freeBusy('-s')]).toEqual([false, true])
    writeFileSync(join(host.root, 'go'), '')
    await running
    expect(freeBusy('-x')).toBe(true)
  })

  test('does not wait for what a command has left running', async () => {
    const { text } = await change(sh('sleep 31.4159 >/dev/null 2>&1 & echo $!'))
    expect(freeBusy('-x')).toBe(true)
    process.kill(Number(text))
  })

  test('does not wait for a command that outlives its connection', async () => {
    const command: Command = { argv: counting('until [ -e "$1/go" ]; do sleep 0.05; done; exit 6'), as: 'root' }
    const running = bash(host.moved(`${boundedAlone(command, { lock: token, number: 1 })} </dev/null`))
    await expect.poll(() => host.read('count')).toBe('ran\n')
    expect(freeBusy('-x')).toBe(true)
    writeFileSync(join(host.root, 'go'), '')
    expect((await running).exitCode).toBe(6)
    expect(host.read('run/run/1')).toBe('start\nend 6\n')
  })
})
