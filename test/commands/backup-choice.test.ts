import { expect, it } from 'vitest'
import { chooseBackup, mustHaveDatabases } from '../../src/commands/backup-choice.js'
import { DeployError } from '../../src/errors.js'
import type { SiteManifest } from '../../src/probes/manifest.js'

const backup = (name: string) => ({ name, at: '2026-11-24T20:13:00Z', reason: 'asked for', databases: [] })
const backups = ['20261124T201300Z-by-hand', '20261124T201300Z-by-hand.2', '20261125T080000Z-before-1a2b3c'].map(backup)

const refusal = (work: () => unknown): DeployError => {
  try {
    work()
  } catch (error) {
    if (error instanceof DeployError) return error
  }
  throw new Error('it was not refused')
}

it.each([
  ['20261125', '20261125T080000Z-before-1a2b3c'],
  ['20261124T201300Z-by-hand', '20261124T201300Z-by-hand'],
  ['20261124T201300Z-by-hand.', '20261124T201300Z-by-hand.2'],
])('%s is the backup %s', (wanted, name) => {
  expect(chooseBackup('notes', backups, wanted).name).toBe(name)
})

it.each([
  ['2026', 'more than one backup of notes is called 2026'],
  ['\u001b[2J', 'no backup of notes is called \\u001b[2J'],
])('%j is refused, with those that there are', (wanted, what) => {
  const { code, fault } = refusal(() => chooseBackup('notes', backups, wanted))
  expect([code, fault.what]).toEqual(['BACKUP_UNKNOWN', what])
  expect(fault.evidence?.split('\n')).toEqual(backups.map(({ name }) => name))
  expect(refusal(() => chooseBackup('notes', [], wanted)).fault.evidence).toBe('there is none')
})

it('a site without SQLite files has nothing to back up', () => {
  // the rest of a manifest is not looked at
  const of = (sqlite: readonly string[]) => ({ site: 'notes', sqlite }) as SiteManifest
  expect(refusal(() => mustHaveDatabases(of([]))).code).toBe('DATABASE_MISSING')
  expect(() => mustHaveDatabases(of(['/srv/notes/data/notes.db']))).not.toThrow()
})
