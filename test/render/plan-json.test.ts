import { expect, test } from 'vitest'
import { planDocument } from '../../src/render/plan-json.js'
import { samplePlan } from './samples.js'

const document: unknown = JSON.parse(
  JSON.stringify(planDocument('vagrant@10.0.3.7', 'notes', { plan: samplePlan, machineId: 'm', stateHash: 's' })),
)

test('the plan as JSON holds the same as its text, for programs', () => {
  expect(document).toMatchObject({
    version: 1,
    host: 'vagrant@10.0.3.7',
    site: 'notes',
    machineId: 'm',
    stateHash: 's',
    phases: [{ title: 'Packages', handlers: [] }, { title: 'Apache' }],
  })
  expect(document).toHaveProperty('phases.0.steps.0', { id: 'apt.index', title: 'Package index', state: 'ok' })
  expect(document).toHaveProperty('phases.1.steps.0', {
    id: 'python.wsgi-load',
    title: 'wsgi.load',
    state: 'unknown',
    until: 'python.mod-wsgi',
    reason: 'mod_wsgi names its own file',
  })
  expect(document).toHaveProperty('phases.1.steps.1.changes', [
    {
      kind: 'update',
      subject: 'file /etc/apache2/sites-available/notes.conf',
      diff: { before: 'Listen 80\nServerName a\n', after: 'Listen 80\nServerName b\n' },
      commands: [{ run: "mv -T '/tmp/a b' /etc/apache2/sites-available/notes.conf", as: 'root' }],
    },
  ])
  expect(document).toHaveProperty('phases.1.handlers', [
    { id: 'apache.reload', title: 'reload Apache', reason: 'its configuration changes' },
  ])
})

test('what is secret is not in it, and a script of ours is shown by its name', () => {
  expect(JSON.stringify(document)).not.toContain('hunter2')
  expect(document).toHaveProperty('phases.1.steps.2.changes.0.commands', [
    { run: 'write /etc/deploy-flask/notes/settings.json', as: 'root' },
  ])
})
