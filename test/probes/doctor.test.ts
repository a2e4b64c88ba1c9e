import { describe, expect, it } from 'vitest'
import type { SiteManifest } from '../../src/probes/manifest.js'
import { examined } from '../../src/probes/doctor.js'
import { asRoot, askHere } from './local.js'

const nowhere = '/nowhere/of-the-tests'

const manifest: SiteManifest = {
  ...{ version: 1, site: 'none', serverName: 'none.test', address: '127.0.0.1', port: 9, mounts: ['/a/'] },
  check: { path: '/health', statuses: [200] },
  ...{ root: nowhere, code: `${nowhere}/current`, releases: true, venv: `${nowhere}/venv`, data: `${nowhere}/data` },
  ...{ user: 'nobody-of-the-tests', group: 'nobody-of-the-tests', flaskApp: 'none:app' },
  secrets: [],
  settings: `${nowhere}/settings.json`,
  processGroups: [{ name: 'none', title: '(wsgi:none)', user: 'nobody', group: 'nogroup', venv: `${nowhere}/venv` }],
  ...{ scripts: [`${nowhere}/none.wsgi`], hasOwnScripts: false, usesCgi: false, sqlite: [`${nowhere}/data/none.db`] },
  ...{ vhost: `${nowhere}/none.conf`, enabled: `${nowhere}/enabled.conf`, include: `${nowhere}/include.conf` },
  listening: [],
  logs: { error: `${nowhere}/error.log`, access: `${nowhere}/access.log`, own: true },
  modules: [],
  before: { paths: {}, accounts: {} },
}

const probe = examined(manifest, undefined, 'deploy-flask/test')

describe('the examination of a host', () => {
  it.skipIf(!asRoot)('answers where nothing of the site is there', () => {
    const found = askHere(probe)
    expect(found.site).toEqual({ vhost: manifest.vhost, enabled: manifest.enabled })
    expect(found.code.there).toBe(false)
    expect(found.groups).toMatchObject([{ account: true, code: { path: '/nowhere', why: 'missing' } }])
    expect(found.answer).toMatchObject({ status: 0, good: false, url: 'http://none.test:9/health' })
    expect(found.logs.map(({ source }) => source)).toEqual([
      'apache2ctl configtest',
      manifest.logs.error,
      '/var/log/apache2/error.log',
    ])
  })

  it.each(['', 'Traceback', '{}', 'null', '{"now": 1}'])('that answers %j is an error with a name', (stdout) => {
    expect(() => probe.parse({ stdout, stderr: '', exitCode: 0 })).toThrow(
      expect.objectContaining({ code: 'ANSWER_UNREADABLE' }),
    )
  })
})
