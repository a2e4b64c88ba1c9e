import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { wsgiScript, type WsgiScript } from '../../src/templates/wsgi-script.js'
import { folderWith } from '../config/folders.js'
import { hostPath, siteNames, wsgiObjects } from './arbitraries.js'

const shop: WsgiScript = {
  site: 'shop',
  settings: '/etc/deploy-flask/shop/settings.json',
  code: '/srv/shop/current',
  wsgi: { module: 'shop.web', object: 'app', factory: false },
}

describe('the file that mod_wsgi runs', () => {
  it('for an object is this text', () => {
    expect(wsgiScript(shop)).toBe(`\
# Managed by deploy-flask for the site shop: changes made here are replaced.
import json
import os
import sys

with open("/etc/deploy-flask/shop/settings.json", encoding="utf-8") as opened:
    os.environ.update(json.load(opened))

sys.path.insert(0, "/srv/shop/current")

from shop.web import app as application

from mod_wsgi import process_group
print("deploy-flask: process group %s, Python %s" % (process_group, sys.prefix), file=sys.stderr)
`)
  })

  it('for a factory calls it once', () => {
    const text = wsgiScript({ ...shop, wsgi: { module: 'notes', object: 'create_app', factory: true } })
    expect(text).toContain(`
from notes import create_app

application = create_app()

from mod_wsgi import process_group
`)
  })
})

/** Runs a script as mod_wsgi would, with a module of its name that stands in for it. */
const run = (script: string, code: Readonly<Record<string, string>>) => {
  const folder = folderWith({ ...code, 'mod_wsgi.py': 'process_group = "shop"\n' })
  writeFileSync(join(folder, 'settings.json'), '{"GREETING": "grüße"}')
  const text = script.replaceAll('/srv/shop/current', folder).replace('/etc/deploy-flask/shop', folder)
  writeFileSync(join(folder, 'shop.wsgi'), `${text}\nprint(application("environ"))\n`)
  return spawnSync('python3', ['-B', join(folder, 'shop.wsgi')], {
    encoding: 'utf8',
    env: { PATH: process.env['PATH'], LC_ALL: 'C.UTF-8' },
  })
}

describe('run by a real python', () => {
  it('it loads the settings before the import, and says whose process it is', () => {
    const { stdout, stderr, status } = run(wsgiScript(shop), {
      'shop/__init__.py': '',
      'shop/web.py': 'import os\ngreeting = os.environ["GREETING"]\ndef app(environ):\n    return greeting\n',
    })
    expect([status, stdout]).toEqual([0, 'grüße\n'])
    expect(stderr).toMatch(/^deploy-flask: process group shop, Python \S+\n$/)
  })

  it('it calls a factory', () => {
    const { stdout } = run(wsgiScript({ ...shop, wsgi: { module: 'shop', object: 'make', factory: true } }), {
      'shop.py': 'def make():\n    return lambda environ: "made"\n',
    })
    expect(stdout).toBe('made\n')
  })
})

it('whatever the fields allow, it compiles to the same imports and the same strings', () => {
  const scripts = fc.sample(fc.record({ site: siteNames, settings: hostPath, code: hostPath, wsgi: wsgiObjects }), {
    numRuns: 200,
    seed: 7,
  })
  const keyword = /(^|[.:])(as|if|in|is|or|and|def|del|for|not|try|elif|else|from|pass|with|None|True)([.:(]|$)/
  const rendered = scripts
    .filter(({ wsgi }) => !keyword.test(wsgi))
    .map(({ wsgi, ...rest }) => {
      const [module = '', object = ''] = wsgi.split(':')
      const factory = object.endsWith('()')
      return {
        ...rest,
        module,
        text: wsgiScript({ ...rest, wsgi: { module, object: object.replace('()', ''), factory } }),
      }
    })
  const { stdout, stderr } = spawnSync('python3', ['-c', READ], { input: JSON.stringify(rendered), encoding: 'utf8' })
  expect(stderr).toBe('')
  expect(JSON.parse(stdout)).toEqual(rendered.map(({ settings, code, module }) => [[settings, code], module, 8]))
})

/** Of each text: the strings of its two calls, the module that it imports from, and how many statements it holds but `application = ...`. */
const READ = `
import ast, json, sys
found = []
for one in json.load(sys.stdin):
    parsed = ast.parse(one["text"])
    compile(one["text"], "shop.wsgi", "exec")
    opened, inserted = parsed.body[3].items[0].context_expr.args[0], parsed.body[4].value.args[1]
    froms = [node for node in parsed.body if isinstance(node, ast.ImportFrom)]
    others = [node for node in parsed.body if not isinstance(node, ast.Assign)]
    found.append([[opened.value, inserted.value], froms[0].module, len(others)])
print(json.dumps(found))
`
