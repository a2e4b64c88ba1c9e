import { spawnSync } from 'node:child_process'
import { chmodSync, chownSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { commandText } from '../../../src/core/command-text.js'
import { pathsGuard, type NeededPath } from '../../../src/steps/apache/paths.js'
import { asRoot } from '../../probes/local.js'

const script: NeededPath = { path: '/srv/shop/wsgi/shop.wsgi', kind: 'file', user: 'www-data', from: 'wsgi' }

describe('the answer of the check', () => {
  const judge = (stdout: string, exitCode = 0, stderr = '') =>
    pathsGuard([script]).judge({ stdout, stderr, exitCode }, undefined)

  it('that names nothing lets the run go on', () => expect(judge('[]\n')).toBeUndefined())

  it('that names paths is told in full: which path, for whom, and the setting that it comes from', () => {
    const found = [
      { ...script, fault: 'does not exist' },
      { path: '/srv/env', user: 'joe', from: 'daemon.python-home', fault: 'is not a file that can be read' },
    ]
    expect(judge(JSON.stringify(found))).toMatchObject({
      code: 'PATH_UNUSABLE',
      exitCode: 1,
      fault: {
        evidence:
          '/srv/shop/wsgi/shop.wsgi does not exist (as www-data; wsgi)\n' +
          '/srv/env is not a file that can be read (as joe; daemon.python-home)',
      },
    })
  })

  it.each([
    ['nothing', '', 0],
    ['no JSON', 'Killed', 0],
    ['other JSON', '{"path": 1}', 0],
    ['an error', '[]', 1],
  ])('that is %s is none', (_what, stdout, exitCode) => {
    expect(judge(stdout, exitCode, 'Traceback')).toMatchObject({
      code: 'ANSWER_UNREADABLE',
      fault: { evidence: `${stdout}\nTraceback`.trim() },
    })
  })

  it('comes from one command, which is shown by what it does', () => {
    const command = pathsGuard([script, script]).command(undefined)
    expect(command.as).toBe('root')
    expect(commandText(command)).toBe('look whether 2 paths can be used by the accounts that need them')
  })
})

/** Rights are asked of the kernel: only root can become somebody else. */
describe.runIf(asRoot)('the check, run here (as root)', () => {
  const base = mkdtempSync(join(tmpdir(), 'paths-'))
  const at = (name: string): string => join(base, name)

  beforeAll(() => {
    chmodSync(base, 0o755)
    mkdirSync(at('open'), { mode: 0o755 })
    mkdirSync(at('closed/inside/deeper'), { recursive: true })
    chmodSync(at('closed'), 0o700)
    mkdirSync(at('of-group'))
    chmodSync(at('of-group'), 0o750)
    writeFileSync(at('open/file'), '')
    writeFileSync(at('open/secret'), '')
    chmodSync(at('open/secret'), 0o640)
    writeFileSync(at('of-group/file'), '')
    // groups that any Debian has, of which nobody and www-data are not members
    const gid = Number(spawnSync('getent', ['group', 'games'], { encoding: 'utf8' }).stdout.split(':')[2])
    for (const name of ['of-group', 'of-group/file', 'open/secret']) chownSync(at(name), 0, gid)
    writeFileSync(at('closed/inside/deeper/file'), '')
    symlinkSync('nowhere', at('open/dangling'))
    symlinkSync(at('closed/inside'), at('open/into-closed'))
    symlinkSync(at('open/file'), at('open/link'))
    mkdirSync(at('venv/bin'), { recursive: true })
    symlinkSync('/bin/sh', at('venv/bin/python'))
    mkdirSync(at('broken-venv/bin'), { recursive: true })
    symlinkSync('/usr/bin/python2.0', at('broken-venv/bin/python'))
  })
  afterAll(() => rmSync(base, { recursive: true }))

  const check = (...asked: readonly (Partial<NeededPath> & { readonly path: string })[]) => {
    const paths = asked.map((one) => ({ ...script, ...one, path: at(one.path) }))
    const guard = pathsGuard(paths)
    const [program, ...args] = guard.command(undefined).argv
    const { stdout, stderr, status } = spawnSync(program, args, { encoding: 'utf8' })
    return guard
      .judge({ stdout, stderr, exitCode: status ?? -1 }, undefined)
      ?.fault.evidence?.replaceAll(`${base}/`, '')
  }
  const folder = 'folder' as const
  const venv = 'venv' as const

  it('is content with what is there and open', () => {
    expect(
      check({ path: 'open/file' }, { path: 'open/link' }, { path: 'open', kind: folder }, { path: 'venv', kind: venv }),
    ).toBeUndefined()
  })

  it('is content with nothing', () => expect(check()).toBeUndefined())

  it.each([
    ['open/nothing', 'file', 'does not exist'],
    ['nothing/at/all', 'file', 'does not exist'],
    ['open/file/below', 'file', 'does not exist'],
    ['open/dangling', 'file', 'is a link that leads nowhere, or to a closed folder'],
    ['open/into-closed', 'folder', 'is a link that leads nowhere, or to a closed folder'],
    ['open/secret', 'file', 'is not a file that can be read'],
    ['open', 'file', 'is not a file that can be read'],
    ['open/file', 'folder', 'is not a folder that can be entered'],
    ['closed', 'folder', 'is not a folder that can be entered'],
    ['closed/inside', 'folder', `cannot be reached: closed is closed`],
    ['closed/inside/deeper/file', 'file', `cannot be reached: closed is closed`],
    ['closed/inside/deeper/nothing', 'file', `cannot be reached: closed is closed`],
  ] as const)('says of %s, wanted as a %s, that it %s', (path, kind, fault) => {
    expect(check({ path, kind })).toBe(`${path} ${fault} (as www-data; wsgi)`)
  })

  it('looks into a venv for its python', () => {
    expect(check({ path: 'broken-venv', kind: venv })).toBe(
      'broken-venv is a link that leads nowhere, or to a closed folder (as www-data; wsgi)',
    )
    expect(check({ path: 'open', kind: venv })).toBe('open does not exist (as www-data; wsgi)')
  })

  it('asks for each account by itself', () => {
    const secret = { path: 'open/secret' }
    expect(check({ ...secret, user: 'root' }, { ...secret, user: 'nobody' }, { ...secret, user: 'games' })).toBe(
      'open/secret is not a file that can be read (as nobody; wsgi)',
    )
  })

  it('asks as the group that a process group is given, which its account need not be in', () => {
    const closed = { path: 'of-group/file', user: 'nobody' }
    expect(check(closed)).toBe('of-group/file cannot be reached: of-group is closed (as nobody; wsgi)')
    expect(check({ ...closed, group: 'games' })).toBeUndefined()
    expect(check({ ...closed, group: 'nogroup' })).toContain('of-group is closed')
  })

  it('says so when an account does not exist', () => {
    expect(check({ path: 'open/file', user: 'nobody-has-this-name' })).toBe(
      'open/file is needed by the account nobody-has-this-name, which does not exist' +
        ' (as nobody-has-this-name; wsgi)',
    )
  })

  it('finds all faults of all accounts at once', () => {
    expect(
      check({ path: 'open/nothing' }, { path: 'open/file' }, { path: 'closed', kind: folder, user: 'nobody' }),
    ).toBe(
      'closed is not a folder that can be entered (as nobody; wsgi)\nopen/nothing does not exist (as www-data; wsgi)',
    )
  })

  it('of hundreds of long paths comes to its end', () => {
    const many = Array.from({ length: 300 }, (_, index) => ({ path: `${'long/'.repeat(40)}${index}` }))
    expect(check(...many)?.split('\n')).toHaveLength(300)
  })
})
