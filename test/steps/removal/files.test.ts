import { describe, expect, it } from 'vitest'
import { disposal, removedFiles, rightsOfBefore } from '../../../src/steps/removal/files.js'
import { board, changesOf, entry, kept, planned, refusals, removalOf, withPaths } from './scene.js'

const folder = entry('directory')
const named = (name: string, kind: 'file' | 'directory' = 'file') => entry(kind, { name } as object)

/** The same answers without one that the step does not ask for then. */
const without = (name: string, answers: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> =>
  Object.fromEntries(Object.entries(answers).filter(([one]) => one !== name))

/** What a deployment of the example has made. */
const site = {
  'path /srv/notes': folder,
  'path /srv/notes/releases': folder,
  'path /srv/notes/venvs': folder,
  'path /srv/notes/wsgi': folder,
  'path /srv/notes/wsgi/notes.wsgi': entry('file'),
  'path /srv/notes/current': entry('link'),
  'path /srv/notes/data': folder,
  'path /srv/notes/data/notes.db': entry('file'),
  'path /etc/deploy-flask/notes': folder,
  'path /etc/deploy-flask/notes/settings.json': entry('file'),
  'in /srv/notes': ['releases', 'venvs', 'wsgi', 'current', 'data'].map((name) => named(name)),
  'in /srv/notes/wsgi': [named('notes.wsgi')],
  'in /etc/deploy-flask/notes': [named('settings.json')],
}
const withData = { ...site, 'in /srv/notes/data': [named('notes.db')] }

describe('the files of a site that goes', () => {
  it('are put aside, but for its data', () => {
    const step = removedFiles(removalOf())
    expect(planned(step, withData)).toEqual([
      'remove folder /srv/notes/releases',
      'remove folder /srv/notes/venvs',
      'remove file /etc/deploy-flask/notes/settings.json',
      'remove file /srv/notes/wsgi/notes.wsgi',
      'remove link /srv/notes/current',
    ])
    expect(kept(step, withData)).toEqual(['/srv/notes/data (data: only --data removes it)'])
  })

  it('are put aside with the data where that is wanted', () => {
    const step = removedFiles(removalOf({ data: true }))
    expect(planned(step, site)).toContain('remove folder /srv/notes/data')
    expect(planned(step, site)).not.toContain('remove file /srv/notes/data/notes.db')
    expect(kept(step, site)).toEqual([])
  })

  it('lie beside their places until they are deleted, and can be put back until then', () => {
    const [change] = changesOf(removedFiles(removalOf()), { 'path /srv/notes/releases': folder })
    const paths = ['/srv/notes/releases', '/srv/notes/.deploy-flask.removed.releases']
    expect(change?.run.map(({ argv }) => argv.slice(-2))).toEqual([paths])
    expect(change?.undo?.map(({ argv }) => argv.slice(-2))).toEqual([paths])
  })

  it('stay where another site has something, too', () => {
    const before = { ...board.before, paths: { '/srv/notes/venvs/1': null } }
    const step = removedFiles(removalOf({ others: [{ ...board, before }] }))
    const given = without('in /srv/notes', site)
    expect(planned(step, given)).not.toContain('remove folder /srv/notes/venvs')
    expect(planned(step, given)).toContain('remove folder /srv/notes/releases')
    expect(kept(step, given)).toContain('/srv/notes/venvs (needed by board)')
  })

  it('stay where somebody else could have root delete another folder', () => {
    const given = { ...site, 'way /srv/notes/venvs': { ...folder, owner: 'bob', path: '/srv' } }
    expect(planned(removedFiles(removalOf()), given)).not.toContain('remove folder /srv/notes/venvs')
    expect(kept(removedFiles(removalOf()), given)).toContain(
      '/srv/notes/venvs (others than root can change the way to it: it is left to you)',
    )
  })

  it('are refused where something is mounted in them', () => {
    const given = { ...site, 'mounts /srv/notes/data': ['/srv/notes/data/volume'] }
    expect(refusals(removedFiles(removalOf({ data: true })), given)).toEqual(['PATH_MOUNTED'])
    expect(refusals(removedFiles(removalOf()), site)).toEqual([])
  })

  it('that were there before stay, and are named where something of ours may be in them', () => {
    const manifest = withPaths({
      '/srv/notes/data': { kind: 'directory', owner: 'bob', group: 'bob', mode: '0700' },
      '/srv/notes/data/notes.db': { kind: 'file', owner: 'bob', group: 'bob', mode: '0600' },
    })
    const step = removedFiles(removalOf({ manifest, data: true }))
    const given = without('in /srv/notes/data', withData)
    expect(planned(step, given)).not.toContain('remove folder /srv/notes/data')
    expect(kept(step, given)).toEqual(['/srv/notes/data (it was there before, and so may be what lies in it)'])
  })

  it('are logs, too, with what logrotate has made of them; those of a site with a similar name are not', () => {
    const names = ['notes-error.log', 'notes-access.log.1', 'notes-access.log.12.gz', 'notes-error.logger', 'other.log']
    const given = { logs: [...names, 'old-notes-error.log'].map((name) => named(name)) }
    expect(planned(removedFiles(removalOf({ data: true })), given)).toEqual(
      names.slice(0, 3).map((name) => `remove file /var/log/apache2/${name}`),
    )
    expect(planned(removedFiles(removalOf()), given)).toEqual([])
    expect(kept(removedFiles(removalOf()), given)).toEqual([
      '/var/log/apache2/notes-error.log and /var/log/apache2/notes-access.log (only --data removes them)',
    ])
  })
})

describe('what was put aside', () => {
  it('is deleted with the folders that are empty by then, those within others first', () => {
    expect(planned(disposal(removalOf({ data: true })), site)).toEqual([
      'remove /etc/deploy-flask/notes/.deploy-flask.removed.settings.json',
      'remove /srv/notes/.deploy-flask.removed.current',
      'remove /srv/notes/.deploy-flask.removed.data',
      'remove /srv/notes/.deploy-flask.removed.releases',
      'remove /srv/notes/.deploy-flask.removed.venvs',
      'remove /srv/notes/wsgi/.deploy-flask.removed.notes.wsgi',
      'remove empty folder /etc/deploy-flask/notes',
      'remove empty folder /srv/notes/wsgi',
      'remove empty folder /srv/notes',
    ])
  })

  it('is planned the same when it lies aside already', () => {
    const asides = { 'aside /srv/notes/releases': folder, 'aside /srv/notes/venvs': folder }
    const names = ['.deploy-flask.removed.releases', '.deploy-flask.removed.venvs']
    const given = {
      'path /srv/notes': folder,
      'in /srv/notes': names.map((name) => named(name, 'directory')),
      ...asides,
    }
    expect(planned(disposal(removalOf()), given)).toEqual([
      ...names.map((name) => `remove /srv/notes/${name}`),
      'remove empty folder /srv/notes',
    ])
  })

  it('leaves a folder that holds something of somebody else, which is named', () => {
    const given = { ...site, 'in /srv/notes': [...site['in /srv/notes'], named('mine.txt')] }
    expect(planned(disposal(removalOf({ data: true })), given)).not.toContain('remove empty folder /srv/notes')
    expect(kept(removedFiles(removalOf({ data: true })), given)).toEqual([
      '/srv/notes (it holds what deploy-flask has not put there: mine.txt)',
    ])
  })

  it('leaves the folder of the site where data stays, and removes one of data that is empty', () => {
    expect(planned(disposal(removalOf()), withData)).not.toContain('remove empty folder /srv/notes')
    const empty = without('path /srv/notes/data/notes.db', site)
    expect(planned(disposal(removalOf()), empty).slice(-2)).toEqual([
      'remove empty folder /srv/notes/data',
      'remove empty folder /srv/notes',
    ])
  })
})

describe('what was there before', () => {
  const was = { kind: 'directory', owner: 'bob', group: 'www-data', mode: '2775' } as const
  const step = rightsOfBefore(removalOf({ manifest: withPaths({ '/srv/notes': was, '/srv/notes/wsgi': was }) }))

  it('has its owner and mode again, the innermost first: from then on somebody else may rule the way', () => {
    expect(planned(step, { 'path /srv/notes': folder, 'path /srv/notes/wsgi': folder })).toEqual([
      'update owner and mode of /srv/notes/wsgi',
      'update owner and mode of /srv/notes',
    ])
    const [change] = changesOf(step, { 'path /srv/notes': folder })
    expect(change?.reason).toBe('root:root 0755 becomes bob:www-data 2775 again')
    expect(change?.run.map(({ argv }) => argv.slice(-4))).toEqual([['/srv/notes', 'bob', '2775', 'www-data']])
  })

  it('is left alone where it is as it was, is something else by now, or is gone', () => {
    expect(planned(step, { 'path /srv/notes': entry('directory', was) })).toEqual([])
    expect(planned(step, { 'path /srv/notes': entry('link') })).toEqual([])
    expect(planned(step)).toEqual([])
  })
})
