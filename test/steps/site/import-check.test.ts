import { spawnSync } from 'node:child_process'
import { expect, it } from 'vitest'
import { commandText } from '../../../src/core/command-text.js'
import type { Guard } from '../../../src/core/handler.js'
import { Secret } from '../../../src/core/secret.js'
import { releaseName } from '../../fixtures/site.js'
import { folderWith } from '../../config/folders.js'
import { handlerOf } from '../harness.js'

const handler = handlerOf('site.import')
const [guard] = handler.guards as readonly [Guard]
const judge = (stderr: string, exitCode: number) => guard.judge({ stdout: '', stderr, exitCode }, undefined)

it('the application is imported only when something of it changes', () => {
  expect(handler.needed({}, false)).toBeUndefined()
  expect(handler.needed({}, true)).toBe('the application changes')
})

it('it is imported as the daemon, from the new release, with its settings on stdin', () => {
  const command = guard.command(undefined)
  expect(commandText(command)).toBe('import notes as flask-notes')
  expect(command.argv.slice(0, 5)).toEqual(['runuser', '-u', 'flask-notes', '-g', 'flask-notes'])
  expect(command.argv.slice(-5)).toEqual([
    ...['notes', 'create_app', 'factory'],
    `/srv/notes/releases/${releaseName}`,
    '/srv/notes/current',
  ])
  expect(command.stdin).toBeInstanceOf(Secret)
})

it('code that is on the host is imported where it lies', () => {
  const there = handlerOf('site.import', { code: { kind: 'path', path: '/home/me/notes' } })
  expect(there.guards[0]?.command(undefined).argv.at(-1)).toBe('/home/me/notes')
})

it('what it raised is the headline, with the traceback below', () => {
  const traceback = `Traceback (most recent call last):
  File "/srv/notes/current/notes/__init__.py", line 3, in <module>
    import flask_login
ModuleNotFoundError: No module named 'flask_login'
`
  const error = judge(traceback, 1)
  expect(error).toMatchObject({ code: 'APP_IMPORT_FAILED', fault: { where: 'notes:create_app' } })
  expect(error?.fault.what).toBe(
    "the application cannot be imported: ModuleNotFoundError: No module named 'flask_login'",
  )
  expect(error?.fault.evidence).toContain('line 3, in <module>')
})

it('an application that imports passes, whatever it writes on stderr', () => {
  expect(judge('DeprecationWarning: old\n', 0)).toBeUndefined()
})

/** The script of the guard, run here instead of as the daemon in its venv. */
const importHere = (code: Readonly<Record<string, string>>, object = 'create_app', kind = 'factory') => {
  const argv = guard.command(undefined).argv
  const script = argv[argv.indexOf('-c') + 1] ?? ''
  const folder = folderWith(code)
  return spawnSync('python3', ['-B', '-c', script, 'notes', object, kind, '/nowhere', folder], {
    input: '{"GREETING": "grüße"}',
    encoding: 'utf8',
    env: { PATH: process.env['PATH'], LC_ALL: 'C.UTF-8' },
  })
}

it('a real python imports it from the first folder that is there, with the settings in its environment', () => {
  const code = 'import os\nassert os.environ["GREETING"] == "grüße"\ncreate_app = lambda: (lambda environ: 1)\n'
  expect(importHere({ 'notes.py': code })).toMatchObject({ status: 0, stderr: '' })
  expect(importHere({ 'notes/__init__.py': 'def app(): pass' }, 'app', 'object').status).toBe(0)
})

it('a real python refuses what cannot be imported, called, or served', () => {
  expect(importHere({ 'notes.py': 'import nonsense_of_ours' }).stderr).toMatch(/No module named 'nonsense_of_ours'\n$/)
  expect(importHere({ 'notes.py': 'app = 1' }).stderr).toMatch(/has no attribute 'create_app'\n$/)
  expect(importHere({ 'notes.py': 'create_app = lambda: 1' }).stderr).toBe(
    'create_app in notes is a int, not a WSGI application\n',
  )
  expect(importHere({ 'other.py': '' }).stderr).toMatch(/No module named 'notes'\n$/)
})

it('nothing is acted and nothing is proven', () => {
  expect(handler.run).toEqual([])
  expect(handler.proofs).toEqual([])
})
