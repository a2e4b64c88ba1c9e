import { spawnSync } from 'node:child_process'
import { expect, it } from 'vitest'
import type { Command } from '../../src/core/command.js'
import { certificateScript } from '../../src/probes/certificate.js'
import { doctorScript } from '../../src/probes/doctor-script.js'
import { factsScript } from '../../src/probes/facts-script.js'
import { statusScript } from '../../src/probes/status-script.js'
import { venvScript } from '../../src/probes/venv-script.js'
import { backupScript } from '../../src/steps/site/backup-script.js'
import { liveScript } from '../../src/steps/site/live-script.js'
import { restoreScript } from '../../src/steps/site/restore-script.js'
import { wsgiScript } from '../../src/templates/wsgi-script.js'
import { wsgiScripts } from '../../playbooks/flask-site-parts.js'
import { layoutOf } from '../../src/steps/site/layout.js'
import { handlerFor, handlerOf, siteFor, stateOf, stepOf } from '../steps/harness.js'

const shop = await siteFor({ of: 'shop' })

const scriptOf = (command: Command | undefined): string => command?.argv[command.argv.indexOf('-c') + 1] ?? ''

const init = (): Command | undefined => {
  const step = stepOf('site.init')
  const planned = step.plan(stateOf(step.probes, { on: 'pristine' }))
  return 'unknownUntil' in planned ? undefined : planned[0]?.run[0]
}

const scripts: Readonly<Record<string, string>> = {
  facts: factsScript,
  venv: venvScript,
  doctor: doctorScript,
  live: liveScript,
  import: scriptOf(handlerOf('site.import').guards[0]?.command(undefined)),
  init: scriptOf(init()),
  backup: backupScript,
  restore: restoreScript,
  certificate: certificateScript,
  status: statusScript,
  paths: scriptOf(handlerOf('apache.reload').guards[1]?.command(undefined)),
  renew: scriptOf((await handlerFor('apache.touch', { of: 'shop' })).run[1]),
  ...Object.fromEntries(
    wsgiScripts(shop, layoutOf(shop)).map((it) => [`${it.script.path.split('/').at(-1)}`, wsgiScript(it)]),
  ),
  'whole WSGI': wsgiScript({
    ...{ site: 's', settings: '/s', code: '/c', embeddedVenv: '/v', reports: true },
    script: {
      path: '/w',
      wsgi: { script: '/w/s.wsgi', callable: 'app' },
      wrapper: { module: 'm', object: 'o', factory: true },
      hidesScriptName: true,
    },
  }),
}

it.each(Object.entries(scripts))('the %s script is Python 3.6, which is what 18.04 has', (name, text) => {
  expect(text.length).toBeGreaterThan(100)
  const code = 'import ast, sys; ast.parse(sys.stdin.read(), sys.argv[1], feature_version=(3, 6))'
  expect(spawnSync('python3', ['-c', code, name], { input: text, encoding: 'utf8' })).toMatchObject({
    status: 0,
    stderr: '',
  })
})
