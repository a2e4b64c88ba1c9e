import { spawnSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import { commandText } from '../../../src/core/command-text.js'
import type { Guard, Handler } from '../../../src/core/handler.js'
import { Secret } from '../../../src/core/secret.js'
import { importCheck, type Tried } from '../../../src/steps/site/import-check.js'
import { releaseName } from '../../fixtures/site.js'
import { folderWith } from '../../config/folders.js'
import { handlerFor, handlerOf } from '../harness.js'

const handler = handlerOf('site.import')
const [guard] = handler.guards as readonly [Guard]
const judge = (stderr: string, exitCode: number) => guard.judge({ stdout: '', stderr, exitCode }, undefined)

/** What is asked of the script, its last argument. */
const askedBy = ({ guards }: Handler): unknown => JSON.parse(guards[0]?.command(undefined).argv.at(-1) ?? '') as unknown

it('the application is imported only when something of it changes', () => {
  expect(handler.needed({}, false)).toBeUndefined()
  expect(handler.needed({}, true)).toBe('the application changes')
})

it('it is imported as the daemon, from the new release, with its settings on stdin', () => {
  const command = guard.command(undefined)
  expect(commandText(command)).toBe('import notes:create_app as flask-notes')
  expect(command.argv.slice(0, 5)).toEqual(['runuser', '-u', 'flask-notes', '-g', 'flask-notes'])
  expect(askedBy(handler)).toMatchObject({
    folders: [`/srv/notes/releases/${releaseName}`, '/srv/notes/current'],
    code: '/srv/notes/current',
    tried: [{ name: 'notes:create_app', wsgi: { module: 'notes', object: 'create_app', factory: true } }],
  })
  expect(command.stdin).toBeInstanceOf(Secret)
})

it('code that is on the host is imported where it lies', async () => {
  const there = await handlerFor('site.import', { flags: { code: { path: '/home/me/notes' } } })
  expect(askedBy(there)).toMatchObject({ folders: ['/home/me/notes'], code: '/home/me/notes' })
})

it('all applications are imported but those that are found by a URL', async () => {
  const { title, ...shop } = await handlerFor('site.import', { of: 'shop' })
  expect(title).toBe('Import shop:create_app, admin:app, /srv/shop/current/wiki.wsgi as flask-shop')
  expect(askedBy({ title, ...shop })).toMatchObject({
    tried: [
      { wsgi: { module: 'shop', object: 'create_app', factory: true } },
      { wsgi: { module: 'admin', object: 'app', factory: false } },
      {
        wsgi: { script: '/srv/shop/current/wiki.wsgi', callable: 'application' },
        wrapper: { module: 'shop', object: 'stamped', factory: false },
      },
    ],
  })
})

const scriptsOnly = {
  ...{ wsgi: undefined, applications: [{ mount: '/', scripts: 'scripts' }], 'process-groups': {}, directories: [] },
  ...{ authentication: undefined, access: [] },
}

it('a site in which scripts are found by a URL only has nothing to import', async () => {
  await expect(handlerFor('site.import', { of: 'shop', flags: scriptsOnly })).rejects.toThrow('no handler site.import')
})

it('what it raised is the headline, with the traceback below', () => {
  const traceback = `Traceback (most recent call last):
  File "/srv/notes/current/notes/__init__.py", line 3, in <module>
    import flask_login
ModuleNotFoundError: No module named 'flask_login'
`
  const error = judge(traceback, 1)
  expect(error).toMatchObject({ code: 'APP_MODULE_MISSING', fault: { where: 'notes:create_app' } })
  expect(error?.fault.what).toBe(
    "the application cannot be imported: ModuleNotFoundError: No module named 'flask_login'",
  )
  expect(error?.fault.evidence).toContain('line 3, in <module>')
})

it.each([
  ['    match x:\n          ^\nSyntaxError: invalid syntax', 'APP_SYNTAX_ERROR'],
  ["AttributeError: module 'notes' has no attribute 'create_app'", 'APP_OBJECT_MISSING'],
  ["AttributeError: module 'time' has no attribute 'clock'", 'APP_IMPORT_FAILED'],
  ['notes:create_app is a str, not a WSGI application', 'APP_OBJECT_MISSING'],
  ["KeyError: 'SECRET_KEY'", 'APP_IMPORT_FAILED'],
])('the last line of the traceback decides what it is: %s', (last, code) => {
  expect(judge(`Traceback (most recent call last):\n${last}\n`, 1)?.code).toBe(code)
})

it('an application that imports passes, whatever it writes on stderr', () => {
  expect(judge('DeprecationWarning: old\n', 0)).toBeUndefined()
})

const notes: Tried = { wsgi: { module: 'notes', object: 'create_app', factory: true } }
const served = '/srv/notes/current'
const daemon = { user: 'a', group: 'b', venv: '/v', code: served, settings: {} }

/** The script of the guard, run here instead of as the daemon in its venv. */
const importHere = (code: Readonly<Record<string, string>>, ...tried: readonly Tried[]) => {
  const folder = folderWith(code)
  const { guards } = importCheck(tried.length === 0 ? [notes] : tried, daemon, ['/nowhere', folder])
  const argv: readonly string[] = guards[0]?.command(undefined).argv ?? []
  const { status, stdout, stderr } = spawnSync('python3', ['-B', ...argv.slice(argv.indexOf('-c'))], {
    input: '{"GREETING": "grüße"}',
    encoding: 'utf8',
    env: { PATH: process.env['PATH'], LC_ALL: 'C.UTF-8' },
  })
  return { status, stdout, stderr: stderr.replaceAll(folder, 'CODE') }
}

const object = (name: string): Tried => ({ wsgi: { module: 'notes', object: name, factory: false } })
const script = (path: string, callable = 'application'): Tried => ({ wsgi: { script: path, callable } })
const app = 'def application(environ, start_response): return []\n'

describe('a real python', () => {
  it('imports it from the first folder that is there, with the settings in its environment', () => {
    const code = 'import os\nassert os.environ["GREETING"] == "grüße"\ncreate_app = lambda: (lambda environ: 1)\n'
    expect(importHere({ 'notes.py': code })).toMatchObject({ status: 0, stderr: '' })
    expect(importHere({ 'notes/__init__.py': 'def app(): pass' }, object('app')).status).toBe(0)
  })

  it('refuses what cannot be imported, called, or served', () => {
    expect(importHere({ 'notes.py': 'import nonsense_of_ours' }).stderr).toMatch(
      /No module named 'nonsense_of_ours'\n$/,
    )
    expect(importHere({ 'notes.py': 'app = 1' }).stderr).toMatch(/has no attribute 'create_app'\n$/)
    expect(importHere({ 'notes.py': 'create_app = lambda: 1' }).stderr).toBe(
      'notes:create_app is a int, not a WSGI application\n',
    )
    expect(importHere({ 'other.py': '' }).stderr).toMatch(/No module named 'notes'\n$/)
  })

  it('refuses one that ends the process, though that looks like success', () => {
    expect(importHere({ 'notes.py': 'import sys\nsys.exit()\n' })).toMatchObject({
      status: 1,
      stderr: 'SystemExit: notes:create_app ends the process that imports it\n',
    })
    expect(importHere({ 'notes.py': 'raise SystemExit("no database")\n' }).stderr).toBe('no database\n')
    expect(importHere({ 'notes.py': 'raise SystemExit(3)\n' }).status).toBe(3)
  })

  it('says so when the code is not there', () => {
    const { guards } = importCheck([notes], daemon, ['/nowhere', '/neither'])
    const argv: readonly string[] = guards[0]?.command(undefined).argv ?? []
    const { status, stderr } = spawnSync('python3', argv.slice(argv.indexOf('-c')), { input: '{}', encoding: 'utf8' })
    expect([status, stderr]).toEqual([1, 'the code is not there: /nowhere, /neither\n'])
  })

  it('looks at every one of several, and names the one that is wrong', () => {
    const code = { 'notes.py': 'def app(): pass\nbroken = 1\n' }
    expect(importHere(code, object('app'), object('app')).status).toBe(0)
    expect(importHere(code, object('app'), object('broken'))).toMatchObject({
      status: 1,
      stderr: 'notes:broken is a int, not a WSGI application\n',
    })
  })

  it('runs a script of the code in the folder where the code is now, under its own name', () => {
    const code = { 'wiki.wsgi': `import sys\nsys.stderr.write(__file__)\n${app}` }
    expect(importHere(code, script(`${served}/wiki.wsgi`))).toMatchObject({ status: 0, stderr: 'CODE/wiki.wsgi' })
  })

  it('runs a script that lies elsewhere on the host where it is', () => {
    const elsewhere = folderWith({ 'wiki.wsgi': app })
    expect(importHere({}, script(`${elsewhere}/wiki.wsgi`)).status).toBe(0)
  })

  it('lets a script import modules of the code', () => {
    const code = { 'wiki.wsgi': 'from notes import application\n', 'notes.py': app }
    expect(importHere(code, script(`${served}/wiki.wsgi`))).toMatchObject({ status: 0, stderr: '' })
  })

  it('names the line of a script that is wrong', () => {
    const code = { 'wiki.wsgi': 'import sys\n\nraise ValueError("no")\n' }
    const { stderr } = importHere(code, script(`${served}/wiki.wsgi`))
    expect(stderr).toContain('File "CODE/wiki.wsgi", line 3, in <module>')
    expect(stderr).toMatch(/ValueError: no\n$/)
  })

  it('takes no notice of what a script does under __main__ only, as app.run()', () => {
    const code = { 'wiki.wsgi': `${app}if __name__ == "__main__":\n    raise SystemExit("must not be run")\n` }
    expect(importHere(code, script(`${served}/wiki.wsgi`)).status).toBe(0)
  })

  it('reads a script in the encoding that it declares', () => {
    const code = { 'wiki.wsgi': `# -*- coding: utf-8 -*-\ngreeting = "grüße"\nassert len(greeting) == 5\n${app}` }
    expect(importHere(code, script(`${served}/wiki.wsgi`)).status).toBe(0)
  })

  it('wants the application under the name that mod_wsgi will look for', () => {
    const code = { 'wiki.wsgi': 'app = print\n' }
    expect(importHere(code, script(`${served}/wiki.wsgi`, 'app')).status).toBe(0)
    expect(importHere(code, script(`${served}/wiki.wsgi`)).stderr).toBe(
      'CODE/wiki.wsgi does not hold a WSGI application named application\n',
    )
  })

  it('knows mod_wsgi as it is there at run time', () => {
    const uses = 'import mod_wsgi\nassert (mod_wsgi.process_group, mod_wsgi.application_group) == ("", "")\n'
    expect(importHere({ 'wiki.wsgi': uses + app }, script(`${served}/wiki.wsgi`))).toMatchObject({ stderr: '' })
  })

  it('puts what is to be around an application around it', () => {
    const wrapper = { module: 'around', object: 'wrapper', factory: false }
    const factory = { module: 'around', object: 'make', factory: true }
    const code = {
      'notes.py': app,
      'around.py': 'def wrapper(inner):\n    return inner\ndef make():\n    return lambda inner: 1\n',
    }
    expect(importHere(code, { ...object('application'), wrapper }).status).toBe(0)
    expect(importHere(code, { ...object('application'), wrapper: factory }).stderr).toBe(
      'notes:application is a int, not a WSGI application\n',
    )
    expect(importHere(code, { ...object('application'), wrapper: { ...wrapper, object: 'gone' } }).stderr).toMatch(
      /has no attribute 'gone'\n$/,
    )
  })
})

it('nothing is acted and nothing is proven', () => {
  expect(handler.run).toEqual([])
  expect(handler.proofs).toEqual([])
})
