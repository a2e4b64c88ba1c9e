import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readdirSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'

/** All that have come of a process. */
const descendants = (pid: number): readonly number[] => {
  const file = `/proc/${pid}/task/${pid}/children`
  const children = existsSync(file) ? readFileSync(file, 'utf8').trim().split(' ').filter(Boolean).map(Number) : []
  return children.flatMap((child) => [child, ...descendants(child)])
}

/** Nothing of one that has ended, also while nobody has asked how. */
const commandOf = (pid: number): string => {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8')
  } catch {
    return ''
  }
}

const runs = (pid: number): boolean => commandOf(pid) !== ''

const started = (words: readonly string[], folder: string) => {
  const child = spawn(words[0] ?? '', words.slice(1), { env: { ...process.env, TMPDIR: folder } })
  let said = ''
  const isSaid = async (text: string): Promise<void> => {
    while (!said.includes(text)) await once(child.stderr, 'data')
  }
  child.stderr.on('data', (piece: Buffer) => (said += String(piece)))
  return { child, isSaid, said: () => said }
}

const emptyFolder = (): string => mkdtempSync(join(tmpdir(), 'deploy-flask-test-'))

test.each([
  ['SIGTERM', 143],
  ['SIGINT', 130],
] as const)(
  'a bench that is asked to end by %s ends all that it has started, and leaves no file',
  async (signal, code) => {
    const folder = emptyFolder()
    const bench = ['--import', 'jiti/register', 'vagrant/bench.ts', '--only', 'fleet']
    const { child, said } = started([process.execPath, ...bench], folder)
    const begun = () => descendants(child.pid ?? 0)
    await expect
      .poll(() => begun().map(commandOf), { timeout: 60_000 })
      .toContainEqual(expect.stringContaining('apply'))
    const all = begun()
    const ended = once(child, 'close')
    child.kill(signal)
    expect(await ended, said()).toEqual([code, null])
    expect(all.filter(runs)).toEqual([])
    expect(readdirSync(folder).filter((name) => !name.startsWith('jiti'))).toEqual([])
  },
)

test('a program that is measured does not go on alone when its meter is ended', async () => {
  const script = 'echo begun >&2; exec sleep 1000'
  const { child, isSaid } = started(
    ['python3', '-I', 'vagrant/bench/meter.py', '/dev/null', 'sh', '-c', script],
    emptyFolder(),
  )
  await isSaid('begun')
  const begun = descendants(child.pid ?? 0)
  expect(begun).toHaveLength(1)
  child.kill('SIGTERM')
  await once(child, 'close')
  expect(begun.filter(runs)).toEqual([])
})
