import { describe, expect, it } from 'vitest'
import { removedAccounts } from '../../../src/steps/removal/accounts.js'
import { forgotten, notedAsBefore } from '../../../src/steps/removal/notes.js'
import { board, commands, entry, kept, notes, planned, refusals, removalOf } from './scene.js'

const account = { uid: 998, gid: 997, group: 'flask-notes', home: '/nonexistent', shell: '/usr/sbin/nologin' }
const there = { 'user flask-notes': account, 'group flask-notes': { gid: 997 } }
const withData = {
  ...there,
  'path /srv/notes/data': entry('directory'),
  'path /srv/notes/data/notes.db': entry('file'),
}

describe('the accounts of a site that goes', () => {
  it('go, and would come back as they were', () => {
    const group = 'groupadd --gid 997 flask-notes, where userdel has removed it'
    expect(commands(removedAccounts(removalOf()), there)).toEqual([
      [
        ['userdel flask-notes'],
        [
          group,
          'useradd --system --no-create-home --uid 998 --gid flask-notes --home-dir /nonexistent --shell /usr/sbin/nologin flask-notes',
        ],
      ],
      [['groupdel flask-notes'], [group]],
    ])
  })

  it('stay with the data that is theirs, and go with it', () => {
    const given = { ...withData, 'in /srv/notes/data': [entry('file', { name: 'notes.db' } as object)] }
    expect(planned(removedAccounts(removalOf()), given)).toEqual([])
    expect(kept(removedAccounts(removalOf()), given)).toEqual([
      'the user flask-notes (the data is theirs)',
      'the group flask-notes (the data is theirs)',
    ])
    expect(planned(removedAccounts(removalOf({ data: true })), withData)).toHaveLength(2)
  })

  it('stay where another site runs as them', () => {
    const others = [{ ...board, before: notes.before }]
    expect(planned(removedAccounts(removalOf({ others })), there)).toEqual([])
    expect(kept(removedAccounts(removalOf({ others })), there)).toEqual([
      'the user flask-notes (needed by board)',
      'the group flask-notes (needed by board)',
    ])
  })

  it('that were there before stay; a group of before survives the user of the same name', () => {
    const accounts = { 'user flask-notes': false, 'group flask-notes': true }
    const manifest = { ...notes, before: { ...notes.before, accounts } }
    const [[run] = []] = commands(removedAccounts(removalOf({ manifest })), { 'user flask-notes': account })
    expect(run).toEqual(['userdel flask-notes', 'groupadd --gid 997 flask-notes, where userdel has removed it'])
  })

  it('are never root, whatever the manifest says', () => {
    const given = { 'user flask-notes': { ...account, uid: 0 }, 'group flask-notes': { gid: 0 } }
    expect(planned(removedAccounts(removalOf()), given)).toEqual([])
  })
})

describe('what is noted', () => {
  const folderOf = (name: string) => entry('directory', { name } as object)
  const found = (says: object) => ({ entry: entry('file'), says, fault: undefined })

  it('of the site goes last, and what all sites share with the last of them', () => {
    const given = { manifest: entry('file'), host: { entry: entry('file') } }
    expect(planned(forgotten(removalOf()), given)).toEqual([
      'remove what the sites of the host shared',
      'remove folder /var/lib/deploy-flask/notes',
    ])
    for (const other of [{ others: [board] }, { unnoted: ['old'] }]) {
      expect(planned(forgotten(removalOf(other)), given)).toEqual(['remove folder /var/lib/deploy-flask/notes'])
    }
  })

  it('must be as it was read, of all sites of the host', () => {
    const step = notedAsBefore(removalOf({ others: [board] }), ['apache2'])
    const all = ['notes', 'board', 'empty', 'undo', '.hidden'].map(folderOf)
    const given = { all, 'site notes': found(notes), 'site board': found(board) }
    expect(refusals(step, given)).toEqual([])
    expect(refusals(step, { ...given, all: [...all, folderOf('shop')] })).toEqual(['APPLY_PLAN_STALE'])
    expect(refusals(step, { ...given, 'site board': found({ ...board, modules: ['wsgi'] }) })).toEqual([
      'APPLY_PLAN_STALE',
    ])
    expect(kept(step)).toEqual([
      'packages of Ubuntu: apache2',
      '/var/lib/deploy-flask/audit.log (who did what on this host)',
    ])
  })
})
