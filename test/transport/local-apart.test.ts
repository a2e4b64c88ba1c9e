import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { describe, expect, it } from 'vitest'
import { runApart } from '../../src/transport/local-apart.js'
import { temporaryFolder } from '../config/folders.js'

const { PATH = '' } = process.env
const sh = (script: string, more: Partial<Parameters<typeof runApart>[2]> = {}) =>
  runApart('sh', ['-c', script], { milliseconds: 20_000, env: { PATH }, ...more })

const isRunning = (pid: string): boolean =>
  execFileSync('ps', ['-eo', 'pid,stat'])
    .toString()
    .split('\n')
    .some((line) => new RegExp(`^ *${pid} +[^Z]`).test(line))

describe('a program that is run apart', () => {
  it('answers byte by byte, with its input, and sees only the environment that it is given', async () => {
    const answer = await sh('cat; printf "\\377\\0"; env | grep -c SECRET >&2; exit 3', {
      input: 'told',
      env: { PATH, A: 'b' },
    })
    expect(answer).toEqual({
      stdout: 'told\u00ff\0',
      stderr: '0\n',
      exitCode: 3,
      missing: false,
      timedOut: false,
      tooLong: false,
      tooMuch: false,
    })
  })

  it('may not be there', async () => {
    expect(await runApart('no-such-program', [], { milliseconds: 1000, env: { PATH } })).toMatchObject({
      missing: true,
    })
  })

  it('has no terminal to ask on', async () => {
    const { stderr, exitCode } = await sh('exec 3</dev/tty')
    expect(stderr).toMatch(/\/dev\/tty/)
    expect(exitCode).not.toBe(0)
  })

  it('ends when it takes too long, with all that it has started', async () => {
    const file = join(temporaryFolder(), 'pid')
    const { timedOut, exitCode } = await sh(`sleep 300 & echo $! >${file}; wait`, { milliseconds: 500 })
    expect({ timedOut, exitCode }).toEqual({ timedOut: true, exitCode: undefined })
    expect(isRunning(readFileSync(file, 'utf8').trim())).toBe(false)
  })

  it('is not waited for by what it has left behind that holds stderr, as ssh does for the next one', async () => {
    const file = join(temporaryFolder(), 'pid')
    const answer = await sh(`setsid sleep 300 >/dev/null </dev/null & echo $! >${file}; echo done`)
    expect(answer).toMatchObject({ stdout: 'done\n', exitCode: 0 })
    execFileSync('kill', [readFileSync(file, 'utf8').trim()])
  })

  it('must not say more than there is room for, unless it is read as it comes', async () => {
    const much = 'head -c 100000000 /dev/zero'
    const answer = await sh(`${much}; sleep 300`)
    expect(answer).toMatchObject({ tooLong: true, exitCode: undefined })
    expect(answer.stdout.length).toBeLessThan(70_000_000)
    let bytes = 0
    const take = async (stdout: AsyncIterable<Buffer>) => {
      for await (const piece of stdout) bytes += piece.length
    }
    expect(await sh(much, { take })).toMatchObject({ tooLong: false, exitCode: 0 })
    expect(bytes).toBe(100_000_000)
  })

  it('is ended when what it does is too much', async () => {
    const file = join(temporaryFolder(), 'written')
    const isTooMuch = () => Promise.resolve(existsSync(file))
    expect(await sh(`echo begun; : >${file}; sleep 300`, { isTooMuch })).toMatchObject({
      tooMuch: true,
      exitCode: undefined,
      stdout: 'begun\n',
    })
    expect(await sh(':', { isTooMuch: () => Promise.resolve(false) })).toMatchObject({ tooMuch: false, exitCode: 0 })
  })

  it('has the last word where it said too little because it has failed', async () => {
    const take = async (stdout: AsyncIterable<Buffer>) => {
      const text = (await buffer(stdout)).toString()
      if (text !== 'whole') throw new Error('it is not whole')
    }
    const answer = await sh('printf who; echo "no more" >&2; exit 4', { take })
    expect(answer).toMatchObject({ exitCode: 4, stderr: 'no more\n' })
    await expect(sh('printf who', { take })).rejects.toThrow('it is not whole')
  })

  it('ends when nobody wants the rest', async () => {
    const file = join(temporaryFolder(), 'pid')
    const refuse = () => Promise.reject(new Error('no more'))
    await expect(
      sh(`echo $$ >${file}; echo x; exec sleep 300`, {
        take: async (stdout) => {
          for await (const piece of stdout) if (piece.length > 0) await refuse()
        },
      }),
    ).rejects.toThrow('no more')
    expect(isRunning(readFileSync(file, 'utf8').trim())).toBe(false)
  })
})
