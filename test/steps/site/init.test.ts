import { spawnSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import { absent, aFile, edited } from '../edits.js'
import { stateOf, stepCases, stepOf, type Shown } from '../harness.js'

const done = '/var/lib/deploy-flask/notes/init-done'
const database = '/srv/notes/data/notes.db'

const once = (...alsoRemoved: readonly string[]): readonly Shown[] => [
  {
    kind: 'run',
    subject: 'flask init-db',
    reason: 'as flask-notes, once',
    run: ['flask init-db (as flask-notes)', `touch ${done}`],
    undo: [`rm -f ${done}`, ...alsoRemoved],
  },
]
const unfinished = `remove the unfinished ${database}`

stepCases('site.init', {
  pristine: { changes: once(unfinished) },
  converged: {},
  'runs on a host that serves PHP': { on: 'php', changes: once(unfinished) },
  'does not run again when its database was deleted': { answers: { database: absent } },
  'does not run when somebody has made a database already': { answers: { done: absent } },
  'runs when the database is empty, and its undo leaves that file': {
    answers: { done: absent, database: edited({ size: 0 }) },
    changes: once(),
  },
  'removes nothing in its undo when no database is named': {
    on: 'pristine',
    site: { sqlite: [] },
    changes: once(),
  },
  'does not run when no database is named and it has run': {
    site: { sqlite: [] },
    answers: { done: aFile({ size: 0 }), database: aFile({ size: 0 }) },
  },
})

describe('the init command', () => {
  const step = stepOf('site.init')
  const planned = step.plan(stateOf(step.probes, { on: 'pristine' }))
  if ('unknownUntil' in planned) throw new Error('must be known')
  const [command] = planned[0]?.run ?? []

  it('runs as the daemon: its user, its venv, UTF-8, and nothing else of our environment', () => {
    const argv = command?.argv ?? []
    expect(argv.slice(0, 8)).toEqual(['runuser', '-u', 'flask-notes', '-g', 'flask-notes', '--', 'env', '-i'])
    expect(argv).toContain('LC_ALL=C.UTF-8')
    expect(argv.slice(-4)).toEqual(['/srv/notes/current', 'notes:create_app()', 'flask', 'init-db'])
  })

  it('gets its settings on stdin', () => {
    expect(JSON.parse((command?.stdin as { reveal(): string }).reveal())).toMatchObject({
      NOTES_TITLE: 'Field notes',
      SECRET_KEY: 'only-for-the-fixtures',
    })
    expect(JSON.stringify(command)).not.toContain('only-for-the-fixtures')
  })

  it('finds the settings, its venv and FLASK_APP in its environment, and nothing on its stdin', () => {
    const script = command?.argv[command.argv.indexOf('-c') + 1] ?? ''
    const shown = 'echo "$PWD $FLASK_APP $SECRET_KEY ${PATH%%:*}"; cat'
    const { stdout, stderr } = spawnSync('python3', ['-c', script, '/tmp', 'notes:app', 'sh', '-c', shown], {
      input: '{"SECRET_KEY": "grüße"}',
      encoding: 'utf8',
      env: { PATH: process.env['PATH'], LC_ALL: 'C.UTF-8' },
    })
    expect(stderr).toBe('')
    expect(stdout).toMatch(/^\/tmp notes:app grüße \S+\/bin\n$/)
  })

  it('is no step of a site without one', () => {
    // A Site has no such member then; here it would come back from the sample.
    expect(() => stepOf('site.init', { init: undefined as never })).toThrow('has no step site.init')
  })
})
