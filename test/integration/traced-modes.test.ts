import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ensurePrograms } from '../helpers/programs.js'
import { statesOf, tracedCalls } from '../helpers/traced-modes.js'

let folder: string
beforeAll(() => {
  ensurePrograms({ strace: '/usr/bin/strace', python3: '/usr/bin/python3' })
  folder = mkdtempSync(join(tmpdir(), 'modes-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

/** Of a file "secret" there, what it was while a script wrote it. */
const statesWhile = (script: string): readonly string[] => {
  const trace = join(folder, 'trace')
  const strace = ['-f', '-y', '-x', '-o', trace, '-e', `trace=${tracedCalls}`, 'sh', '-ec', script]
  const { status, stderr } = spawnSync('strace', strace, { cwd: folder, encoding: 'utf8' })
  expect(status, stderr).toBe(0)
  const states = statesOf(readFileSync(trace, 'utf8'), /\/secret/)
  spawnSync('sh', ['-c', 'rm -f secret*'], { cwd: folder })
  return states.map((state) => state.replace(`${folder}/`, ''))
}

describe('a trace of what writes a file tells', () => {
  it('that it was wide before it was made narrow, for however short a time', () => {
    expect(statesWhile('umask 022; echo x >$PWD/secret; chmod 600 $PWD/secret')).toEqual([
      'secret 644 0:0',
      'secret 600 0:0',
    ])
  })

  it('that it was narrow, where the umask is that of a shell further up', () => {
    expect(
      statesWhile('umask 077; (sh -c "echo x >$PWD/secret"); chown 0:33 $PWD/secret; chmod 640 $PWD/secret'),
    ).toEqual(['secret 600 0:0', 'secret 600 0:33', 'secret 640 0:33'])
  })

  it('that it was given a group that could read it already', () => {
    const script = `python3 -c 'import os; f = os.open("'$PWD'/secret", os.O_CREAT | os.O_WRONLY, 0o640); os.fchown(f, -1, 33); os.fchmod(f, 0o600)'`
    expect(statesWhile(`umask 027; ${script}`)).toEqual(['secret 640 0:0', 'secret 640 0:33', 'secret 600 0:33'])
  })

  it('what a copy with all rights was on the way, and under its new name', () => {
    const script = `umask 022; echo x >$PWD/other; chmod 640 $PWD/other; chgrp 33 $PWD/other; cp -a $PWD/other $PWD/secret.part; mv -fT $PWD/secret.part $PWD/secret`
    expect(statesWhile(script)).toEqual([
      'secret.part 600 0:0',
      'secret.part 600 0:33',
      'secret.part 640 0:33',
      'secret 640 0:33',
    ])
  })

  it('nothing of files that are not meant, or that could not be made', () => {
    expect(statesWhile('echo x >$PWD/other; ! echo x >$PWD/none/secret')).toEqual([])
  })
})
