import { spawnSync } from 'node:child_process'
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { describe, expect, it } from 'vitest'
import { readFolder } from '../../../src/config/source.js'
import type { Command } from '../../../src/core/command.js'
import type { FolderCode } from '../../../src/core/site.js'
import type { Change, Step } from '../../../src/core/step.js'
import { folderWith, temporaryFolder } from '../../config/folders.js'
import { asRoot, askHere } from '../../probes/local.js'
import { stepOf } from '../harness.js'

const stdinOf = async ({ stdin }: Command): Promise<Buffer | undefined> =>
  typeof stdin === 'object' && 'open' in stdin ? buffer(stdin.open()) : undefined

const run = async (commands: readonly Command[] = []): Promise<void> => {
  for (const command of commands) {
    const [program, ...args] = command.argv
    const { status, stderr } = spawnSync(program, args, { input: await stdinOf(command), encoding: 'utf8' })
    if (status !== 0) throw new Error(stderr)
  }
}

/** What the step plans on this computer. */
const planHere = (step: Step): readonly Change[] => {
  const is = Object.fromEntries(Object.entries(step.probes).map(([name, probe]) => [name, askHere(probe)]))
  const planned = step.plan(is)
  if ('unknownUntil' in planned) throw new Error('must be known')
  return planned
}

const steps = (root: string, code: FolderCode) =>
  [stepOf('site.release', { root, code }), stepOf('site.current', { root, code })] as const

const deploy = async (root: string, code: FolderCode): Promise<readonly Change[]> => {
  const done: Change[] = []
  for (const step of steps(root, code)) {
    const planned = planHere(step)
    for (const change of planned) await run(change.run)
    done.push(...planned)
  }
  return done
}

const left = (root: string, code: FolderCode) => steps(root, code).flatMap((step) => planHere(step))

const site = (): string => {
  const root = temporaryFolder()
  mkdirSync(join(root, 'releases'))
  return root
}

const app = () =>
  folderWith({
    'app.py': 'print("hello")\n',
    'static/grüße 日本.css': 'body {}\n',
    'run.sh': { run: '#!/bin/sh\n' },
    link: { link: 'app.py' },
  })

/** Root alone can give files to root, as the steps do. */
describe.runIf(asRoot)('the steps site.release and site.current, run here (as root)', () => {
  it('bring the code and then have nothing left to do', async () => {
    const [root, code] = [site(), await readFolder(app())]
    expect(await deploy(root, code)).toHaveLength(2)
    expect(left(root, code)).toEqual([])
    expect(readFileSync(join(root, 'current/static/grüße 日本.css'), 'utf8')).toBe('body {}\n')
    expect(readlinkSync(join(root, 'current'))).toBe(`releases/${code.stamp}-${code.hash.slice(0, 12)}`)
  })

  it("make everything root's, writable for nobody else, whatever it was at home", async () => {
    const folder = app()
    spawnSync('chmod', ['-R', 'a+w', folder])
    spawnSync('chown', ['-R', '1234:1234', folder])
    const [root, code] = [site(), await readFolder(folder)]
    await deploy(root, code)
    const { uid, mode } = statSync(join(root, 'current/app.py'))
    expect([uid, mode & 0o777]).toEqual([0, 0o644])
    expect(statSync(join(root, 'current/run.sh')).mode & 0o777).toBe(0o755)
    expect(left(root, code)).toEqual([])
  })

  it('give files the time of their release: Apache makes its ETags of time and size', async () => {
    const folder = app()
    utimesSync(join(folder, 'app.py'), 1_600_000_000, 1_600_000_000)
    const [root, code] = [site(), await readFolder(folder)]
    const before = Date.now()
    await deploy(root, code)
    expect(statSync(join(root, 'current/app.py')).mtimeMs).toBeGreaterThan(before - 2000)
  })

  it('are taken back to what was served before', async () => {
    const [root, folder] = [site(), app()]
    const first = await readFolder(folder, { now: new Date('2026-01-01') })
    await deploy(root, first)
    writeFileSync(join(folder, 'app.py'), 'print("second")\n')
    const done = await deploy(root, await readFolder(folder, { now: new Date('2026-01-02') }))
    expect(readFileSync(join(root, 'current/app.py'), 'utf8')).toBe('print("second")\n')
    for (const { undo } of done.toReversed()) await run(undo)
    expect(readFileSync(join(root, 'current/app.py'), 'utf8')).toBe('print("hello")\n')
    expect(readdirSync(join(root, 'releases'))).toHaveLength(1)
    expect(left(root, first)).toEqual([])
  })

  it('send only what no release has, also when it has another name now', async () => {
    const [root, folder] = [site(), app()]
    await deploy(root, await readFolder(folder, { now: new Date('2026-01-01') }))
    const large = 'x'.repeat(100_000)
    writeFileSync(join(folder, 'large.txt'), large)
    const second = await readFolder(folder, { now: new Date('2026-01-02') })
    const [sent] = planHere(stepOf('site.release', { root, code: second }))
    expect((await stdinOf(sent?.run[0] ?? { argv: ['true'], as: 'root' }))?.length).toBeGreaterThan(100_000)
    await deploy(root, second)
    expect(left(root, second)).toEqual([])

    renameSync(join(folder, 'large.txt'), join(folder, 'static/grown.txt'))
    writeFileSync(join(folder, 'app.py'), 'print("third")\n')
    const third = await readFolder(folder, { now: new Date('2026-01-03') })
    const [change] = planHere(stepOf('site.release', { root, code: third }))
    expect(change?.run[0]?.label).toContain('unpack 5 files into')
    expect(change?.run[0]?.label).toMatch(/, 3 of them from releases\/20260102T000000Z-[0-9a-f]{12}$/)
    expect((await stdinOf(change?.run[0] ?? { argv: ['true'], as: 'root' }))?.length).toBeLessThan(10_000)
    await deploy(root, third)
    expect(left(root, third)).toEqual([])
    expect(readFileSync(join(root, 'current/static/grown.txt'), 'utf8')).toBe(large)
    expect(statSync(join(root, 'current/run.sh')).mode & 0o777).toBe(0o755)
    expect(existsSync(join(root, 'current/large.txt'))).toBe(false)
  })

  it('send no file of a release that is still there, and that another one has followed', async () => {
    const [root, folder] = [site(), app()]
    const first = await readFolder(folder, { now: new Date('2026-01-01') })
    await deploy(root, first)
    writeFileSync(join(folder, 'app.py'), 'print("second")\n')
    await deploy(root, await readFolder(folder, { now: new Date('2026-01-02') }))
    writeFileSync(join(folder, 'app.py'), 'print("hello")\n')
    const back = await readFolder(folder, { now: new Date('2026-01-03') })
    const [change] = planHere(stepOf('site.release', { root, code: back }))
    expect(change?.run[0]?.label).toContain(`, 3 of them from releases/20260101T000000Z-${first.hash.slice(0, 12)}`)
    await deploy(root, back)
    expect(left(root, back)).toEqual([])
  })

  it('leave nothing behind when what was not to be sent has changed meanwhile', async () => {
    const [root, folder] = [site(), app()]
    await deploy(root, await readFolder(folder, { now: new Date('2026-01-01') }))
    writeFileSync(join(folder, 'new.py'), '')
    const [change] = planHere(
      stepOf('site.release', { root, code: await readFolder(folder, { now: new Date('2026-01-02') }) }),
    )
    writeFileSync(join(root, 'current/app.py'), 'print("by hand")\n')
    await expect(run(change?.run)).rejects.toThrow('app.py, which was not sent, is not in ')
    expect(readdirSync(join(root, 'releases'))).toHaveLength(1)
  })

  it('say beside the release which commit it is, where it is one, and take that back with it', async () => {
    const origin = { git: "git@git.test:it's $(here).git", ref: 'main', commit: 'c'.repeat(40) }
    const [root, code] = [site(), { ...(await readFolder(app())), origin }]
    const done = await deploy(root, code)
    const name = `${code.stamp}-${code.hash.slice(0, 12)}`
    expect(JSON.parse(readFileSync(join(root, `releases/.${name}.origin`), 'utf8'))).toEqual(origin)
    expect(left(root, code)).toEqual([])
    for (const { undo } of done.toReversed()) await run(undo)
    expect(readdirSync(join(root, 'releases'))).toEqual([])
  })

  it('repair what was changed on the host', async () => {
    const [root, folder] = [site(), app()]
    const first = await readFolder(folder, { now: new Date('2026-01-01') })
    await deploy(root, first)
    const again = await readFolder(folder, { now: new Date('2026-01-02') })
    expect(left(root, again)).toEqual([])
    rmSync(join(root, 'current/app.py'))
    expect(await deploy(root, again)).toHaveLength(2)
    expect(readFileSync(join(root, 'current/app.py'), 'utf8')).toBe('print("hello")\n')
    expect(left(root, again)).toEqual([])
  })

  it('leave nothing behind when the archive is cut off', async () => {
    const [root, code] = [site(), await readFolder(app())]
    const [change] = planHere(stepOf('site.release', { root, code }))
    const [command] = change?.run ?? []
    if (command === undefined) throw new Error('must be unpacked')
    const whole = (await stdinOf(command)) ?? Buffer.alloc(0)
    const [program, ...args] = command.argv
    expect(spawnSync(program, args, { input: whole.subarray(0, 700) }).status).not.toBe(0)
    expect(readdirSync(join(root, 'releases'))).toEqual([])
  })
})
