import { describe, expect, it } from 'vitest'
import { Secret } from '../../../src/core/secret.js'
import { settingsJson } from '../../../src/steps/site/settings.js'
import { absent, aFolder, edited } from '../edits.js'
import { stepCases, type Shown } from '../harness.js'

const path = '/etc/deploy-flask/notes/settings.json'
const written = (file: string, group: string) => ({
  run: [`write ${file} (root:${group} 0640)`],
  undo: [`restore ${file}`],
})
const write = written(path, 'flask-notes')
const reason = 'settings NOTES_DATABASE, NOTES_TITLE, SECRET_KEY (values not shown)'

const ofShop = (path: string, group: string): Shown => ({
  kind: 'create',
  subject: `file ${path}`,
  reason: 'settings SHOP_KEY (values not shown)',
  ...written(path, group),
})
const own = ofShop('/etc/deploy-flask/shop/settings.json', 'flask-shop')
const admins = ofShop('/etc/deploy-flask/shop.shop-admin.settings.json', 'shop-admin')

stepCases('site.settings', {
  pristine: { changes: [{ kind: 'create', subject: `file ${path}`, reason, ...write }] },
  converged: {},
  'have a copy for each group that runs a script of ours': { of: 'shop', on: 'pristine', changes: [own, admins] },
  'are there for each group': { of: 'shop' },
  'are written anew for one group when its copy is gone': {
    of: 'shop',
    answers: { '/etc/deploy-flask/shop.shop-admin.settings.json': absent },
    changes: [admins],
  },
  'are written anew when they are gone': {
    answers: { [path]: absent },
    changes: [{ kind: 'create', subject: `file ${path}`, reason, ...write }],
  },
  'are written anew when they were edited, without a diff': {
    answers: { [path]: edited({ sha256: '0'.repeat(64) }) },
    changes: [{ kind: 'update', subject: `file ${path}`, reason, ...write }],
  },
  'are written anew when a secret changes': {
    site: { settings: { SECRET_KEY: new Secret('another one') } },
    changes: [{ kind: 'update', subject: `file ${path}`, reason: 'settings SECRET_KEY (values not shown)', ...write }],
  },
  'are a file also when there are none': {
    site: { settings: {} },
    changes: [{ kind: 'update', subject: `file ${path}`, reason: 'no settings', ...write }],
  },
  'are not left readable for everybody': {
    answers: { [path]: edited({ mode: '0644' }) },
    changes: [
      {
        kind: 'update',
        subject: `file ${path}`,
        reason: 'root:flask-notes 0644 becomes root:flask-notes 0640',
        run: [`chown -h root:flask-notes ${path}`, `chmod 0640 ${path}`],
        undo: [`chown -h root:flask-notes ${path}`, `chmod 0644 ${path}`],
      },
    ],
  },
  'replace a folder that lies in their place': {
    answers: { [path]: aFolder() },
    changes: [{ kind: 'update', subject: `file ${path}`, reason, ...write }],
  },
})

describe('the settings as JSON', () => {
  const text = (settings: Parameters<typeof settingsJson>[0]) => settingsJson(settings).reveal()

  it('do not depend on the order of the flags file', () => {
    expect(text({ B: '1', A: new Secret('2') })).toBe(text({ A: '2', B: '1' }))
    expect(text({ B: '1', A: '2' })).toBe('{\n  "A": "2",\n  "B": "1"\n}\n')
  })

  it('hold whatever a value holds', () => {
    const value = 'a "quote", a \\, a $HOME, 100 %, grüße\nand a second line\u2028'
    expect(JSON.parse(text({ VALUE: new Secret(value) }))).toEqual({ VALUE: value })
  })

  it('are a secret as a whole', () => {
    expect(String(settingsJson({ A: 'plain' }))).toBe('[secret]')
    expect(JSON.stringify({ stdin: settingsJson({ A: 'plain' }) })).toBe('{"stdin":"[secret]"}')
  })
})
