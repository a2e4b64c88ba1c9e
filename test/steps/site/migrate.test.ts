import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Change } from '../../../src/core/step.js'
import { releaseName, shortHash } from '../../fixtures/site.js'
import { absent, withContent } from '../edits.js'
import { phasesFor, stateOf, stepCases, stepFor, type Given, type Shown } from '../harness.js'

const flags = { migrate: 'flask db upgrade' }
const database = '/srv/notes/data/notes.db'
const backup = `${releaseName.replace('-', '-before-')}`

const planned = async (given: Given): Promise<readonly Change[]> => {
  const all = { answers: { mark: absent }, ...given, flags: { ...flags, ...given.flags } }
  const step = await stepFor('site.migrate', all)
  const plan = step.plan(stateOf(step.probes, all))
  if ('unknownUntil' in plan) throw new Error('must be known')
  return plan
}

const markOf = async (given: Given = {}): Promise<string> => {
  const stdin = (await planned(given)).at(-1)?.run[1]?.stdin
  if (typeof stdin !== 'string') throw new Error('no mark is written')
  return stdin
}

const earlier = `000000000000 ${'0'.repeat(64)}\n`
const done = withContent(earlier + (await markOf()))

const migrated: Shown = {
  kind: 'run',
  subject: 'flask db upgrade',
  reason: `as flask-notes, once for ${shortHash}, before it goes online`,
  run: ['flask db upgrade (as flask-notes)', `note that flask db upgrade was run for ${shortHash}`],
}
const backedUp: Shown = {
  kind: 'run',
  subject: `backup of ${database}`,
  reason: 'before the migration',
  run: [`back up ${database} as ${backup}`],
}

stepCases('site.migrate', {
  pristine: { flags, answers: { mark: absent }, changes: [backedUp, migrated] },
  converged: { flags, answers: { mark: done } },
  'runs for a release that it was not run for': {
    flags,
    answers: { mark: withContent(earlier) },
    changes: [backedUp, migrated],
  },
  'runs again when settings have changed: they may name another database': {
    flags: { ...flags, settings: { DATABASE: '/srv/notes/data/other.db' } },
    answers: { mark: done },
    changes: [backedUp, migrated],
  },
  'runs again when the command is another one': {
    flags: { migrate: ['flask', 'db', 'migrate'] },
    answers: { mark: done },
    changes: [
      backedUp,
      {
        ...migrated,
        subject: 'flask db migrate',
        run: ['flask db migrate (as flask-notes)', `note that flask db migrate was run for ${shortHash}`],
      },
    ],
  },
  'backs up nothing where there is no SQLite file': {
    flags: { ...flags, sqlite: [] },
    answers: { mark: absent },
    changes: [migrated],
  },
})

describe('a migration', () => {
  it('runs in the new release where it is not served yet, and by the account of the site', async () => {
    const [command] = (await planned({})).at(-1)?.run ?? []
    expect(command?.argv.slice(0, 5)).toEqual(['runuser', '-u', 'flask-notes', '-g', 'flask-notes'])
    expect(command?.argv.slice(-5)).toEqual([
      `/srv/notes/releases/${releaseName}:/srv/notes/current`,
      'notes:create_app()',
      ...['flask', 'db', 'upgrade'],
    ])
  })

  it('comes after what initialises the data, and before the code is switched', async () => {
    const ids = (await phasesFor({ flags })).flatMap(({ steps }) => steps.map(({ id }) => id))
    const order = ['site.release', 'site.settings', 'site.sqlite', 'site.init', 'site.migrate', 'site.current']
    expect(ids.filter((id) => order.includes(id))).toEqual(order)
  })

  it('tells where the databases are as they were before, when it fails and when what follows fails', async () => {
    const change = (await planned({})).at(-1)
    const stderr = 'Traceback\nsqlalchemy.exc.OperationalError: no such table: note'
    const error = change?.explain?.({ stdout: 'upgrading', stderr, exitCode: 1 })
    expect(error?.code).toBe('MIGRATE_FAILED')
    expect(error?.fault.what).toBe(
      'flask db upgrade ended with exit code 1: sqlalchemy.exc.OperationalError: no such table: note',
    )
    expect(error?.fault.evidence).toBe(`upgrading\n${stderr}`)
    for (const text of [error?.fault.remedy, change?.stays]) {
      expect(text).toContain(`/var/lib/deploy-flask/notes/backups/${backup}: "deploy-flask restore ${backup}"`)
    }
    const none = (await planned({ on: 'pristine' })).at(-1)
    expect(none?.stays).toContain('There was no SQLite database')
  })

  it('is noted in a file that root alone reads, the last of them at the end', async () => {
    const [, command] = (await planned({})).at(-1)?.run ?? []
    const file = join(mkdtempSync(join(tmpdir(), 'deploy-flask-migrated-')), 'migrated')
    const note = (line: string): void => {
      const [program = '', ...args] = command?.argv ?? []
      const { status } = spawnSync(program, [...args.slice(0, -1), file], { input: line })
      expect(status).toBe(0)
    }
    for (let count = 1; count <= 120; count++) note(`code ${count}\n`)
    const lines = readFileSync(file, 'utf8').trim().split('\n')
    expect([lines.length, lines[0], lines.at(-1)]).toEqual([100, 'code 21', 'code 120'])
  })

  it('is known by the values of secrets, too, which nobody can read from it', async () => {
    const one = await markOf({ flags: { settings: { TOKEN: { env: 'SHOP_KEY' } } } })
    const other = await markOf({ flags: { settings: { TOKEN: { env: 'NOTES_SECRET_KEY' } } } })
    expect(one).not.toBe(other)
    expect(one).toMatch(/^[0-9a-f]{12} [0-9a-f]{64}\n$/)
  })
})
