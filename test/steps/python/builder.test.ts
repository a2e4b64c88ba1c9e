import { execFileSync, spawnSync } from 'node:child_process'
import { chmodSync, lstatSync, mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Command } from '../../../src/core/command.js'
import { builderOf, inHandsOf, seal } from '../../../src/steps/python/builder.js'
import { asRoot } from '../../probes/local.js'

const nobody = { user: 'nobody', group: 'nogroup' }

const run = ({ argv: [program, ...args] }: Command) => {
  const { status, stderr } = spawnSync(program, args, { encoding: 'utf8' })
  return { status, stderr }
}

const handsOf = (path: string) => {
  const { run: commands, undo = [] } = inHandsOf(path, builderOf(null, nobody), [])
  const [open] = commands
  const [close] = undo
  if (open === undefined || close === undefined) throw new Error('it changes hands twice')
  return { open, close }
}

/** A venv of nobody's, as far as it matters here. */
const opened = (): string => {
  const folder = mkdtempSync(join(tmpdir(), 'hands-'))
  chmodSync(folder, 0o755)
  const path = join(folder, 'venv')
  mkdirSync(join(path, 'lib/inside'), { recursive: true })
  writeFileSync(join(path, 'lib/inside/module.py'), '')
  symlinkSync('/etc/passwd', join(path, 'link'))
  expect(run(handsOf(path).open)).toEqual({ status: 0, stderr: '' })
  return path
}

const owners = (path: string): readonly string[] =>
  execFileSync('find', [path, '-printf', './%P %u %m %y\n'], { encoding: 'utf8' }).trim().split('\n').sort()

const ownedBy = (user: string): readonly string[] => [
  `./ ${user} 755 d`,
  `./lib ${user} 755 d`,
  `./lib/inside ${user} 755 d`,
  `./lib/inside/module.py ${user} 644 f`,
  `./link ${user} 777 l`,
]

describe.runIf(asRoot)('an environment that changes hands (needs root)', () => {
  it('is whole of one account, then whole of root', () => {
    const path = opened()
    expect(owners(path)).toEqual(ownedBy('nobody'))
    expect(run(seal(path))).toEqual({ status: 0, stderr: '' })
    expect(owners(path)).toEqual(ownedBy('root'))
    expect(lstatSync('/etc/passwd').uid).toBe(0)
  })

  it('loses what lets others write, and what gives rights', () => {
    const path = opened()
    chmodSync(join(path, 'lib'), 0o777)
    chmodSync(join(path, 'lib/inside/module.py'), 0o6775)
    expect(run(seal(path)).status).toBe(0)
    expect(owners(path).filter((line) => line.startsWith('./lib'))).toEqual([
      './lib root 755 d',
      './lib/inside root 755 d',
      './lib/inside/module.py root 755 f',
    ])
  })

  it.each([
    ['a FIFO', (path: string) => spawnSync('mkfifo', [join(path, 'lib/strange')])],
    [
      'a second name',
      (path: string) => spawnSync('ln', [join(path, 'lib/inside/module.py'), join(path, 'lib/strange')]),
    ],
  ])('is refused with %s in it, and taken from the account all the same when the change is taken back', (_, make) => {
    const path = opened()
    make(path)
    expect(run(seal(path))).toMatchObject({ status: 1 })
    expect(run(handsOf(path).close)).toEqual({ status: 0, stderr: '' })
    expect(owners(path).filter((line) => line.includes(' nobody ') && !/strange|module\.py/.test(line))).toEqual([])
  })

  it('that is gone needs nothing to be taken back', () => {
    expect(run(handsOf(join(tmpdir(), 'nothing-of-that-name')).close)).toEqual({ status: 0, stderr: '' })
  })
})
