import { spawnSync } from 'node:child_process'
import { chmodSync, mkdirSync, readFileSync, readlinkSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { describe, expect, it } from 'vitest'
import { readFolder } from '../../../src/config/source.js'
import type { Answer, Command } from '../../../src/core/command.js'
import { Secret } from '../../../src/core/secret.js'
import type { FolderCode, InitCommand } from '../../../src/core/site.js'
import type { Change, Step } from '../../../src/core/step.js'
import { folderWith, temporaryFolder } from '../../config/folders.js'
import { asRoot, askHere, python } from '../../probes/local.js'
import { stepOf } from '../harness.js'

const stdinOf = async ({ stdin }: Command): Promise<Buffer | string> => {
  if (stdin instanceof Secret) return stdin.reveal()
  if (typeof stdin === 'string') return stdin
  return typeof stdin === 'object' && 'open' in stdin ? buffer(stdin.open()) : ''
}

/** Runs them here, up to the first that fails; the answer of the last. */
const run = async (commands: readonly Command[]): Promise<Answer> => {
  let answer: Answer = { stdout: '', stderr: '', exitCode: 0 }
  for (const command of commands) {
    const [program, ...args] = command.argv
    const { status, stdout, stderr } = spawnSync(program, args, { input: await stdinOf(command), encoding: 'utf8' })
    answer = { stdout, stderr, exitCode: status ?? -1 }
    if (answer.exitCode !== 0) return answer
  }
  return answer
}

const planHere = (step: Step): readonly Change[] => {
  const is = Object.fromEntries(Object.entries(step.probes).map(([name, probe]) => [name, askHere(probe)]))
  const planned = step.plan(is)
  if ('unknownUntil' in planned) throw new Error('must be known')
  return planned
}

/** A folder for a site, and a venv that is the Python of this computer. */
const scene = async (script: string) => {
  const root = temporaryFolder()
  for (const folder of ['releases', 'venv', 'venv/bin']) mkdirSync(join(root, folder))
  symlinkSync(python, join(root, 'venv/bin/python'))
  writeFileSync(join(root, 'venv/pyvenv.cfg'), 'home = /usr/bin\n')
  chmodSync(root, 0o755)
  const code = await readFolder(folderWith({ 'app.py': '', 'build.py': script }))
  return { root, code, venv: join(root, 'venv') }
}

type Scene = Awaited<ReturnType<typeof scene>>

const command: InitCommand = { argv: ['python', 'build.py', 'one'] }

const stepsOf = ({ root, code, venv }: Scene, build: InitCommand | undefined = command): readonly Step[] => {
  const site = { root, code, venv, user: 'nobody', group: 'nogroup', ...(build === undefined ? {} : { build }) }
  const ids = ['site.release', ...(build === undefined ? [] : ['site.build' as const]), 'site.current'] as const
  return ids.map((id) => stepOf(id, site))
}

/** Up to the first change that fails; its error, or undefined. */
const deploy = async (at: Scene, build?: InitCommand) => {
  for (const step of stepsOf(at, build)) {
    for (const change of planHere(step)) {
      const answer = await run(change.run)
      if (answer.exitCode !== 0) return { change, error: change.explain?.(answer) }
    }
  }
  return undefined
}

const left = (at: Scene, build?: InitCommand): readonly string[] =>
  stepsOf(at, build).flatMap((step) => planHere(step).map(({ subject, reason }) => `${subject}: ${reason ?? ''}`))

const writing = `
import getpass, os, sys
os.umask(0o077)
os.makedirs("static/dist")
with open("static/dist/app.css", "w") as opened:
    opened.write("%s %s %s" % (getpass.getuser(), sys.argv[1], os.getcwd()))
with open("static/dist/run.sh", "w") as opened:
    os.fchmod(opened.fileno(), 0o777)
os.symlink("app.css", "static/dist/link.css")
`

/** Root alone can give files to another account, and take them back. */
describe.runIf(asRoot)('a release that is built, here (as root)', () => {
  const nameOf = ({ stamp, hash }: FolderCode): string => `${stamp}-${hash.slice(0, 12)}`

  it('holds what the command has made as the account of the site, and is root-owned afterwards', async () => {
    const at = await scene(writing)
    expect(await deploy(at)).toBeUndefined()
    const release = join(at.root, 'releases', nameOf(at.code))
    expect(readFileSync(join(at.root, 'current/static/dist/app.css'), 'utf8')).toBe(`nobody one ${release}`)
    expect(readlinkSync(join(at.root, 'current/static/dist/link.css'))).toBe('app.css')
    const modes = ['', 'static/dist', 'static/dist/app.css', 'static/dist/run.sh'].map((name) => {
      const { uid, mode } = statSync(join(release, name))
      return [uid, (mode & 0o7777).toString(8)]
    })
    expect(modes).toEqual([
      [0, '755'],
      [0, '755'],
      [0, '644'],
      [0, '755'],
    ])
    expect(statSync(join(at.root, `releases/.${nameOf(at.code)}.built`)).mode & 0o777).toBe(0o600)
  })

  it('leaves nothing to do, and is made anew by another command, or without one', async () => {
    const at = await scene(writing)
    expect(await deploy(at)).toBeUndefined()
    expect(left(at)).toEqual([])
    const later = { ...at, code: await readFolder(at.code.folder, { now: new Date('2027-01-01') }) }
    expect(left(later)).toEqual([])
    const another = left(later, { argv: ['python', 'build.py', 'two'] })
    expect(another[0]).toContain('was not built by this command with these settings and requirements')
    expect(another).toHaveLength(3)
  })

  it('is seen to be changed by hand, what was sent and what was made', async () => {
    for (const name of ['app.py', 'static/dist/app.css']) {
      const at = await scene(writing)
      expect(await deploy(at)).toBeUndefined()
      writeFileSync(join(at.root, 'current', name), 'changed')
      const later = { ...at, code: await readFolder(at.code.folder, { now: new Date('2027-01-01') }) }
      expect(left(later)[0]).toContain('was changed on the host')
      expect(await deploy(later)).toBeUndefined()
      expect(readFileSync(join(at.root, 'current/static/dist/app.css'), 'utf8')).toContain('nobody one')
    }
  })

  it.each([
    ['a link to another file', 'os.symlink("/etc/passwd", "static.css")', 'leads out of it'],
    ['a link that climbs', 'os.symlink("../../x", "static.css")', 'leads out of it'],
    ['a FIFO', 'os.mkfifo("static.css")', 'is neither a file nor a folder'],
    ['a second name of a file', 'os.link("app.py", "static.css")', 'has a second name (hard link)'],
  ])('with %s is given up', async (_title, line, problem) => {
    const at = await scene(`import os\n${line}\n`)
    const failed = await deploy(at)
    expect(failed?.error?.code).toBe('BUILD_FAILED')
    expect(failed?.error?.fault.what).toContain('has made something that a release cannot hold')
    expect(failed?.error?.fault.what).toContain(problem)
    await run(failed?.change.undo ?? [])
    const [unpacked] = stepsOf(at)
    expect(unpacked === undefined ? undefined : planHere(unpacked)).toEqual([])
  })

  it('that fails says why, and finds settings and programs where they are for the application', async () => {
    const at = await scene('import os, sys\nsys.exit(os.environ["FLASK_APP"] + os.environ["PATH"])\n')
    const failed = await deploy(at)
    expect(failed?.error?.fault.what).toContain(`exit code 1: notes:create_app()${at.venv}/bin:`)
  })
})
