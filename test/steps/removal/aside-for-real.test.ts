import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Command } from '../../../src/core/command.js'
import type { Change } from '../../../src/core/step.js'
import { disposal, removedFiles } from '../../../src/steps/removal/files.js'
import { folderWith } from '../../config/folders.js'
import { changesOf, entry, notes, removalOf } from './scene.js'

/** A site with data alone, in a folder of this test. */
const scene = () => {
  const root = folderWith({ 'data/notes.db': 'notes', 'data/uploads/cat.jpg': 'cat' })
  const data = join(root, 'data')
  const before = { accounts: {}, paths: { [root]: null, [data]: null } }
  const manifest = { ...notes, root, data, sqlite: [], settings: '/etc/deploy-flask/notes/settings.json', before }
  const removal = removalOf({ manifest, data: true })
  const given = { [`path ${root}`]: entry('directory'), [`path ${data}`]: entry('directory') }
  const [aside] = changesOf(removedFiles(removal), given)
  const deletions = changesOf(disposal(removal), {
    ...given,
    [`in ${root}`]: [entry('directory', { name: 'data' } as object)],
  })
  if (aside === undefined) throw new Error('nothing is planned')
  return { root, data, aside, deletions }
}

const statuses = (commands: readonly Command[] = []) =>
  commands.map(({ argv }) => spawnSync(argv[0], argv.slice(1), { encoding: 'utf8' }).status)

const names = (root: string): readonly string[] => readdirSync(root).sort()
const deleteAll = (deletions: readonly Change[]) => deletions.flatMap(({ run }) => statuses(run))

describe('a folder that is put aside, for real', () => {
  it('can be put back whole, however often either is done', () => {
    const { root, data, aside } = scene()
    for (const round of [1, 2]) {
      expect(statuses([...aside.run, ...aside.run])).toEqual([0, 0])
      expect(names(root), `round ${round}`).toEqual(['.deploy-flask.removed.data'])
      expect(statuses([...(aside.undo ?? []), ...(aside.undo ?? [])])).toEqual([0, 0])
      expect(names(root)).toEqual(['data'])
    }
    expect(readFileSync(join(data, 'uploads/cat.jpg'), 'utf8')).toBe('cat')
  })

  it('is deleted from there, with the folder that is empty by then', () => {
    const { root, aside, deletions } = scene()
    statuses(aside.run)
    expect(deleteAll(deletions)).toEqual([0, 0])
    expect(existsSync(root)).toBe(false)
  })

  it('takes the place of what a removal that was cut off has left', () => {
    const { root, data, aside, deletions } = scene()
    statuses(aside.run)
    mkdirSync(data)
    writeFileSync(join(data, 'newer.db'), '')
    expect(statuses(aside.run)).toEqual([0])
    expect(names(join(root, '.deploy-flask.removed.data'))).toEqual(['newer.db'])
    deleteAll(deletions)
    expect(existsSync(root)).toBe(false)
  })

  it('is not put back over what somebody has made in its place meanwhile', () => {
    const { data, aside } = scene()
    statuses(aside.run)
    mkdirSync(data)
    expect(statuses(aside.undo)).toEqual([1])
    expect(names(data)).toEqual([])
  })

  it('that has become a link meanwhile, or holds one, leaves alone what that leads to', () => {
    const outside = folderWith({ passwd: 'root' })
    const exchanged = scene()
    spawnSync('rm', ['-r', exchanged.data])
    symlinkSync(outside, exchanged.data)
    const holding = scene()
    symlinkSync(outside, join(holding.data, 'link'))
    for (const { root, aside, deletions } of [exchanged, holding]) {
      statuses(aside.run)
      deleteAll(deletions)
      expect(existsSync(root)).toBe(false)
    }
    expect(names(outside)).toEqual(['passwd'])
  })

  it('leaves a folder that somebody has put something into meanwhile', () => {
    const { root, aside, deletions } = scene()
    statuses(aside.run)
    writeFileSync(join(root, 'mine'), '')
    expect(deleteAll(deletions)).toEqual([0, 0])
    expect(names(root)).toEqual(['mine'])
  })
})
