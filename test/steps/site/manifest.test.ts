import { describe, expect, it } from 'vitest'
import { absent, aFile, aFolder, edited, rewritten, withContent } from '../edits.js'
import { stateOf, stepCases, stepFor, type Given, type Shown } from '../harness.js'

const file = '/var/lib/deploy-flask/notes/manifest.json'
const noted = '/var/lib/deploy-flask/notes/before.json'
const shared = '/var/lib/deploy-flask/host.json'
const write = (path: string): string => `write ${path} (root:root 0600)`
const restore = (path: string): string => `restore ${path}`

const folder = (path: string, mode: string): Shown => ({
  kind: 'create',
  subject: `folder ${path}`,
  run: [`install -d -o root -g root -m ${mode} ${path}`],
  undo: [`rmdir --ignore-fail-on-non-empty ${path}`],
})

const created = (path: string, reason: string): Shown => ({
  kind: 'create',
  subject: `file ${path}`,
  reason,
  run: [write(path)],
  undo: [restore(path)],
})

const first = [
  folder('/var/lib/deploy-flask', '0755'),
  folder('/var/lib/deploy-flask/notes', '0700'),
  created(shared, 'what the sites share'),
  created(noted, 'what is there now'),
]

const changedFile = (path: string, ...diff: readonly string[]): Shown => ({
  kind: 'update',
  subject: `file ${path}`,
  diff,
  run: [write(path)],
  undo: [restore(path)],
})

stepCases('site.before', {
  pristine: { changes: first },
  converged: {},
  'comes beside a PHP site': { on: 'php', changes: first },
  'is refused when it was edited by hand': {
    answers: { before: rewritten((text) => text.replace('"accounts"', '"acounts"')) },
    refusals: ['MANIFEST_UNREADABLE'],
  },
  'is refused when the manifest was edited by hand': {
    answers: { site: rewritten((text) => text.replace('"port": 80', '"port": "eighty"')) },
    refusals: ['MANIFEST_UNREADABLE'],
  },
  'is refused when a newer version has written it': {
    answers: { host: rewritten((text) => text.replace('"version": 1', '"version": 2')) },
    refusals: ['MANIFEST_NEWER'],
  },
})

const manifestCreated = [created(file, 'what the site consists of')]

stepCases('site.manifest', {
  pristine: { changes: manifestCreated },
  converged: {},
  'comes beside a PHP site': { on: 'php', changes: manifestCreated },
  'follows the name of the site': {
    site: { serverName: 'other.test' },
    changes: [changedFile(file, '-  "serverName": "notes.test",', '+  "serverName": "other.test",')],
  },
})

/** What would be written, by file. */
const wanted = async (given: Given): Promise<Record<string, Record<string, never>>> => {
  const steps = [await stepFor('site.before', given), await stepFor('site.manifest', given)]
  const planned = steps.map((step) => step.plan(stateOf(step.probes, given)))
  return Object.fromEntries(
    planned
      .flatMap((changes) => ('unknownUntil' in changes ? [] : changes))
      .flatMap(({ subject, run: [command] }) =>
        typeof command?.stdin === 'string' ? [[subject.replace('file ', ''), JSON.parse(command.stdin) as never]] : [],
      ),
  )
}

describe('a manifest', () => {
  it('knows what was there before the first run, and whose it was', async () => {
    const answers = {
      'path /srv/notes': aFolder({ owner: 'ann', mode: '0775' }),
      'user flask-notes': '{"uid":999,"gid":999,"group":"g","home":"/","shell":"/"}',
    }
    const found = await wanted({ on: 'php', answers })
    expect(found[file]).toMatchObject({
      before: {
        paths: {
          '/srv/notes': { kind: 'directory', owner: 'ann', group: 'root', mode: '0775' },
          '/srv/notes/data': null,
          '/etc/apache2/sites-available/notes.conf': null,
        },
        accounts: { 'user flask-notes': true, 'group flask-notes': false },
      },
    })
    expect(found[shared]).toMatchObject({
      before: { modules: { wsgi: false, alias: true }, paths: { '/etc/deploy-flask': null } },
    })
  })

  it('keeps what was before when it is written again, whatever is there today', async () => {
    const found = await wanted({ site: { serverName: 'other.test' } })
    expect(found[file]).toMatchObject({
      before: { paths: { '/srv/notes': null }, accounts: { 'user flask-notes': false } },
    })
  })

  it('adds what a later run needs, as it is then', async () => {
    const besides = Object.fromEntries(
      ['-journal', '-wal', '-shm'].map((beside) => [`path /srv/notes/data/more.db${beside}`, absent]),
    )
    const sqlite = ['/srv/notes/data/notes.db', '/srv/notes/data/more.db']
    const found = await wanted({
      site: { sqlite },
      answers: { ...besides, 'path /srv/notes/data/more.db': aFile({ owner: 'ann' }) },
    })
    expect(found[file]).toMatchObject({
      before: { paths: { '/srv/notes/data/notes.db': null, '/srv/notes/data/more.db': { owner: 'ann' } } },
    })
  })

  it('takes what the package brings for there before, where Apache comes with this run', async () => {
    const found = await wanted({ on: 'pristine' })
    expect(found[shared]).toMatchObject({ before: { modules: { alias: true, authz_core: true, wsgi: false } } })
  })

  it('holds no secret, only the names of those that there are', async () => {
    const text = JSON.stringify(await wanted({ on: 'pristine', of: 'shop' }))
    expect(text).toContain('"secrets":[')
    expect(text).not.toContain('only-for-the-fixtures')
  })

  it('that is not JSON is refused', async () => {
    const step = await stepFor('site.before', {})
    const refusals = step.refuse?.(
      stateOf(step.probes, { answers: { site: withContent('{'), host: edited({ kind: 'file' }) } }),
    )
    expect(refusals?.map(({ code }) => code)).toEqual(['MANIFEST_UNREADABLE'])
  })
})
