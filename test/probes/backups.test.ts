import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { backupsFolder } from '../../src/core/host-paths.js'
import { quote } from '../../src/core/quote.js'
import { backupsOf } from '../../src/probes/backups.js'
import { answerHere } from './local.js'

const probe = backupsOf('notes')

/** The question, about another folder. */
const askedOf = (folder: string) => {
  if (!('sh' in probe.ask)) throw new Error('it has a script of its own')
  return probe.parse(answerHere(probe.ask.sh.replace(quote(backupsFolder('notes')), quote(folder))))
}

const place = (): string => mkdtempSync(join(tmpdir(), 'deploy-flask-backups-'))

const made = { version: 1, at: '2026-11-24T20:13:00Z', reason: 'asked for' }
const databases = [{ path: '/srv/notes/data/notes.db', file: '0.db', bytes: 4096, sha256: 'a'.repeat(64) }]

it('backups are found by their folders, the oldest first; what is none of them is left out', () => {
  const folder = place()
  for (const name of ['b', 'a', '.new', 'empty']) mkdirSync(join(folder, name))
  for (const name of ['b', 'a'])
    writeFileSync(join(folder, name, 'backup.json'), JSON.stringify({ ...made, databases }))
  writeFileSync(join(folder, '.new/backup.json'), '{"version": 1, "at"')
  writeFileSync(join(folder, 'file'), '')
  const shown = { at: made.at, reason: made.reason, databases }
  expect(askedOf(folder)).toEqual([
    { name: 'a', ...shown },
    { name: 'b', ...shown },
  ])
})

it('where there is no folder there is no backup', () => {
  expect(askedOf(join(place(), 'nothing'))).toEqual([])
})
