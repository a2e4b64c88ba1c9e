import { Readable } from 'node:stream'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { root, type Command } from '../../src/core/command.js'
import type { HeldHost } from '../../src/engine/held-host.js'
import { holdHost } from '../../src/engine/hold.js'
import type { Holder } from '../../src/engine/holder.js'
import { LocalHost } from '../helpers/local-host.js'

const ann: Holder = { who: 'ann@laptop', from: '', since: '2026-11-30T01:00:00Z', command: 'apply', site: 'notes' }

let line: LocalHost
let host: HeldHost

beforeEach(async () => {
  line = new LocalHost()
  host = await holdHost(line, { holder: ann, seconds: 0, onWaiting: () => undefined }, () => undefined)
})

afterEach(async () => line.close())

/** `$1` is a folder of the host. */
const sh = (script: string): Command => root('sh', '-c', script, 'sh', line.folders.root)

const ran = (): number => (line.folders.read('count') ?? '').split('\n').length - 1

/** Cuts the line when the command has said that it runs. */
const cutWhileRunning = async (): Promise<void> => {
  const before = ran()
  await expect.poll(ran).toBeGreaterThan(before)
  line.cut()
}

const counted = 'echo ran >>"$1/count"; sleep 0.3'

describe('commands that are sent at once', () => {
  const counting = (script: string) => ({ command: sh(script), note: '' })
  const question = { sh: 'echo seen', as: 'root' as const }

  /** Answers up to the first that is not 0. */
  const answersTo = async (scripts: readonly string[]): Promise<readonly number[]> => {
    const { answers, looked } = await host.sequence(scripts.map(counting), [question])
    const codes: number[] = []
    for (const answer of answers) {
      codes.push((await answer).exitCode)
      if (codes.at(-1) !== 0) return codes
    }
    expect((await looked).map(({ stdout }) => stdout)).toEqual(['seen\n'])
    return codes
  }

  test('run one after the other, and what follows them is asked', async () => {
    expect(await answersTo(['echo a >>"$1/did"', 'echo b >>"$1/did"', 'echo c >>"$1/did"'])).toEqual([0, 0, 0])
    expect(line.folders.read('did')).toBe('a\nb\nc\n')
    expect(line.sequences).toBe(1)
  })

  test('end with the first that is not 0', async () => {
    expect(await answersTo(['echo a >>"$1/did"', 'exit 5', 'echo c >>"$1/did"'])).toEqual([0, 5])
    expect(line.folders.read('did')).toBe('a\n')
  })

  test('run once each where the line is cut in the middle of one', async () => {
    const answering = answersTo([counted, counted, counted])
    await cutWhileRunning()
    expect(await answering).toEqual([0, 0, 0])
    expect([ran(), host.losses]).toEqual([3, 1])
  })

  test('end with the first that is not 0 also where the line is cut before that', async () => {
    const answering = answersTo([counted, `${counted}; exit 7`, counted])
    await cutWhileRunning()
    expect(await answering).toEqual([0, 7])
    expect(ran()).toBe(2)
  })

  test('are told of while they run, each when it is its turn', async () => {
    const told: string[] = []
    const run = (word: string) => ({
      ...counting(`echo ${word}`),
      options: { onOutput: (text: string) => void told.push(text.trim()) },
    })
    const { answers } = await host.sequence([run('one'), run('two')], [])
    await answers[1]
    expect(told).toEqual(['one', 'two'])
  })

  test('are given one by one where one of them is sent a stream', async () => {
    const stdin = { name: 'a stream', open: () => Readable.from(['all']) }
    const streamed = { command: { ...sh('cat >"$1/sent"'), stdin }, note: '' }
    const { answers, looked } = await host.sequence([counting(counted), streamed], [question])
    expect((await Promise.all(answers)).map(({ exitCode }) => exitCode)).toEqual([0, 0])
    expect((await looked)[0]?.stdout).toBe('seen\n')
    expect([line.folders.read('sent'), line.sequences]).toEqual(['all', 0])
  })

  test('may be sent a stream of which it is known that it is small', async () => {
    const stdin = { name: 'a stream', bytes: 3, open: () => Readable.from(['a', 'll']) }
    const { answers } = await host.sequence([{ command: { ...sh('cat >"$1/sent"'), stdin }, note: '' }], [question])
    expect((await answers[0])?.exitCode).toBe(0)
    expect([line.folders.read('sent'), line.sequences]).toEqual(['all', 1])
  })

  test('come after what is forgotten with them', async () => {
    await host.change(root('true'), {}, 'a\n')
    host.forgetWithNext()
    expect(line.folders.read('state/undo/journal')).toContain('a\n')
    const { answers } = await host.sequence([{ command: root('true'), note: 'b\n' }], [])
    await answers[0]
    expect(line.folders.read('state/undo/journal')).toBe(`${JSON.stringify({ run: ann })}\nb\n`)
    host.forgetWithNext()
    expect((await host.ask([question]))[0]?.stdout).toBe('seen\n')
    expect([line.folders.read('state/undo/journal'), line.sequences]).toEqual([undefined, 2])
  })
})
