import { describe, expect, it } from 'vitest'
import { restore } from '../../../playbooks/restore.js'
import { commandText } from '../../../src/core/command-text.js'
import type { SiteManifest } from '../../../src/probes/manifest.js'
import { restored } from '../../../src/steps/site/restored.js'
import { manifestOf } from '../../../playbooks/flask-site-manifest.js'
import { layoutOf } from '../../../src/steps/site/layout.js'
import { sampleSite } from '../../fixtures/site.js'
import { absent, withContent } from '../edits.js'
import { stateOf } from '../harness.js'

const database = '/srv/notes/data/notes.db'
const backup = '20261124T201300Z-by-hand'
const wanted = { backup, stamp: '20261130T080000Z', keepBackups: 5 }
const databases = { site: 'notes', files: [database], user: 'flask-notes', group: 'flask-notes' }

const planned = (mark: string) => {
  const step = restored(databases, wanted)
  const plan = step.plan(stateOf(step.probes, { answers: { restored: mark } }))
  if ('unknownUntil' in plan) throw new Error('must be known')
  return plan
}

describe('a restore', () => {
  it.each([
    ['nothing was restored yet', absent],
    ['another one was', withContent('20261129T080000Z 20261124T201300Z-before-1a2b3c\n')],
    ['the same one was before', withContent(`20261129T080000Z ${backup}\n`)],
  ])('keeps what is there now, then brings the copy back, and forgets what was migrated: %s', (_, mark) => {
    expect(planned(mark).map(({ subject, run }) => [subject, ...run.map(commandText)])).toEqual([
      [`backup of ${database}`, `back up ${database} as 20261130T080000Z-before-restore`],
      [`databases of ${backup}`, `bring back the databases of ${backup}`, `note that ${backup} is restored`],
    ])
    expect(planned(mark)[1]?.run[1]?.argv).toContain('/var/lib/deploy-flask/notes/migrated')
  })

  it('does not let go of the copy that it brings back, however old that is', () => {
    const [asked = ''] = planned(absent)[0]?.run[0]?.argv.slice(-1) ?? []
    expect(JSON.parse(asked)).toMatchObject({ spare: [backup], tolerant: true, keep: 5 })
  })

  it('is done when this run has done it', () => {
    expect(planned(withContent(`20261130T080000Z ${backup}\n`))).toEqual([])
  })

  it('is not taken back, and not judged by what worked before: older data may need older code', () => {
    const { description } = manifestOf(sampleSite(), layoutOf(sampleSite()))
    const manifest: SiteManifest = { version: 1, ...description, modules: [], before: { paths: {}, accounts: {} } }
    const [phase] = restore.phases({ manifest, ...wanted })
    expect(phase?.handlers).toMatchObject([{ id: 'apache.touch', restored: [] }])
    for (const change of planned(absent)) expect(change.undo).toBeUndefined()
    expect(planned(absent)[1]?.stays).toContain('20261130T080000Z-before-restore')
  })
})
