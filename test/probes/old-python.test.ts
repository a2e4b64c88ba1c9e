import { spawnSync } from 'node:child_process'
import { expect, it } from 'vitest'
import type { Command } from '../../src/core/command.js'
import { certificateScript } from '../../src/probes/certificate.js'
import { doctorScript } from '../../src/probes/doctor-script.js'
import { logsScript } from '../../src/probes/logs-script.js'
import { runScript } from '../../src/probes/run-script.js'
import { verifyScript } from '../../src/probes/verify-script.js'
import { aptScript } from '../../src/steps/apt/apt-script.js'
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
  apt: aptScript,
  logs: logsScript,
  run: runScript,
  verify: verifyScript,
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

/** Calls of open() for text that do not say in which encoding it is. */
const NO_ENCODING = `
import ast, sys
for node in ast.walk(ast.parse(sys.stdin.read())):
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "open":
        modes = [one.value for one in node.args[1:2] if isinstance(one, ast.Constant)]
        if not any("b" in mode for mode in modes) and not any(one.arg == "encoding" for one in node.keywords):
            print(ast.unparse(node))
`

it.each(Object.entries(scripts))('the %s script reads what is not ASCII, in whatever locale it runs', (_name, text) => {
  expect(spawnSync('python3', ['-c', NO_ENCODING], { input: text, encoding: 'utf8' })).toMatchObject({
    status: 0,
    stdout: '',
  })
})
