import { spawn, type ChildProcess } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { useRedis } from '../../helpers/redis.js'
import { changed, FakeRunner, names, recordOf, Scene } from './crew.js'

const redis = useRedis()
const jiti = join(createRequire(import.meta.url).resolve('jiti/package.json'), '../lib/jiti-cli.mjs')
const program = fileURLToPath(new URL('worker-process.ts', import.meta.url))

let scene: Scene
let folder: string
let file: string
const processes: ChildProcess[] = []

beforeEach(() => {
  scene = new Scene(redis)
  folder = mkdtempSync(join(tmpdir(), 'death-'))
  file = join(folder, 'did')
  writeFileSync(file, '')
})

afterEach(async () => {
  for (const one of processes.splice(0)) one.kill('SIGKILL')
  await scene.end()
  rmSync(folder, { recursive: true })
})

const start = (hosts: readonly string[]): ChildProcess => {
  const child = spawn(process.execPath, [jiti, program, redis.url, file, ...hosts], { stdio: 'inherit' })
  processes.push(child)
  return child
}

const ended = async (child: ChildProcess): Promise<number | null> =>
  new Promise((resolve) => {
    if (child.exitCode === null) child.once('exit', resolve)
    else resolve(child.exitCode)
  })

/** What all workers have done so far: `begins web01`. */
const done = (): readonly string[] =>
  readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '')

const until = async (isSo: () => boolean): Promise<void> => {
  while (!isSo()) await sleep(20)
}

const count = (what: string): number => done().filter((line) => line.endsWith(` ${what}`)).length

describe('a worker', () => {
  it('that is killed in the middle of hosts is taken over by another; the others are brought there once', async () => {
    const hosts = names(12)
    const record = recordOf(hosts)
    await scene.give(record)
    const doomed = start(hosts)
    await until(() => done().some((line) => line.includes('begins')))
    doomed.kill('SIGKILL')
    await ended(doomed)
    const cut = hosts.filter((host) => count(`begins ${host}`) === 1 && count(`ends ${host}`) === 0)
    expect(cut.length).toBeGreaterThan(0)
    start(hosts)
    const { end, outcomes } = await scene.follow(record)
    expect(end).toBe('done')
    expect([...outcomes.values()].map(({ state }) => state)).toEqual(hosts.map(() => 'changed'))
    for (const host of hosts) {
      expect(count(`ends ${host}`), host).toBe(1)
      expect(count(`begins ${host}`), host).toBe(cut.includes(host) ? 2 : 1)
    }
  })

  it('that is asked to stop ends its hosts first, and takes no other', async () => {
    const hosts = names(12)
    const record = recordOf(hosts)
    await scene.give(record)
    const asked = start(hosts)
    await until(() => done().some((line) => line.includes('begins')))
    asked.kill('SIGTERM')
    expect(await ended(asked)).toBe(0)
    const begun = hosts.filter((host) => count(`begins ${host}`) > 0)
    expect(begun.length).toBeLessThan(hosts.length)
    expect(begun.map((host) => count(`ends ${host}`))).toEqual(begun.map(() => 1))
    expect(done().at(-1)).toMatch(/ left$/)
    // what it has left goes on with the next
    const runner = new FakeRunner()
    await scene.worker(runner, hosts)
    expect((await scene.follow(record)).end).toBe('done')
    expect([...runner.ran, ...begun].sort()).toEqual(hosts)
  })

  it('kills all its successors with one host: that one is given up, and said to need a person', async () => {
    const hosts = names(1)
    const record = recordOf(hosts)
    await scene.give(record)
    for (const life of [1, 2, 3]) {
      const doomed = start(hosts)
      await until(() => count('begins web01') === life)
      doomed.kill('SIGKILL')
      await ended(doomed)
    }
    await scene.worker(new FakeRunner(changed), hosts)
    const { outcomes } = await scene.follow(record)
    expect(outcomes.get('web01')?.errors).toMatchObject([{ code: 'WORKERS_LOST', exitCode: 5 }])
  })
})

describe('Redis', () => {
  it('may be killed and started again in the middle: workers wait, and nothing is lost', async () => {
    const hosts = names(24)
    const record = recordOf(hosts)
    await scene.give(record)
    const worker = start(hosts)
    const followed = scene.follow(record)
    await until(() => count('begins web01') === 1)
    await redis.halt('SIGKILL')
    await sleep(500)
    await redis.start()
    const { end, outcomes } = await followed
    expect(end).toBe('done')
    expect(outcomes.size).toBe(24)
    expect(
      done()
        .filter((line) => / (lost|back)$/.test(line))
        .map((line) => line.split(' ')[1]),
    ).toEqual(['lost', 'back'])
    worker.kill('SIGTERM')
    expect(await ended(worker)).toBe(0)
  })
})
