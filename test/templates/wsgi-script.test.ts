import { spawnSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { GeneratedScript } from '../../src/core/applications.js'
import { wsgiScript, type WsgiScript } from '../../src/templates/wsgi-script.js'
import { folderWith } from '../config/folders.js'
import { hostPath, siteNames, wsgiObjects } from './arbitraries.js'

const app = { module: 'shop.web', object: 'app', factory: false }
const script: GeneratedScript = { path: '/srv/shop/wsgi/shop.wsgi', wsgi: app, hidesScriptName: false }
const shop: WsgiScript = {
  site: 'shop',
  settings: '/etc/deploy-flask/shop/settings.json',
  code: '/srv/shop/current',
  reports: true,
  script,
}
const withScript = (changes: Partial<GeneratedScript>, more: Partial<WsgiScript> = {}): string =>
  wsgiScript({ ...shop, ...more, script: { ...script, ...changes } })

/** As the usual instructions have it: no settings, no report. */
const seed = (changes: Partial<GeneratedScript> = {}): string =>
  wsgiScript({ site: 'shop', code: '/srv/shop/current', reports: false, script: { ...script, ...changes } })

const managed = '# Managed by deploy-flask for the site shop: changes made here are replaced.\n'
const settings = `\
import json
import os
import sys

with open("/etc/deploy-flask/shop/settings.json", encoding="utf-8") as opened:
    os.environ.update(json.load(opened))

sys.path.insert(0, "/srv/shop/current")
`
const report = `
from mod_wsgi import process_group
print("deploy-flask: process group %s, Python %s" % (process_group, sys.prefix), file=sys.stderr)
`

describe('the file that mod_wsgi runs', () => {
  it('for an object is this text', () => {
    expect(wsgiScript(shop)).toBe(`${managed}${settings}\nfrom shop.web import app as application\n${report}`)
  })

  it('finds modules below src/, where some are, before those at the top of the code', () => {
    const twice = `${settings}sys.path.insert(0, "/srv/shop/current/src")\n`
    expect(wsgiScript({ ...shop, moduleFolder: 'src' })).toBe(
      `${managed}${twice}\nfrom shop.web import app as application\n${report}`,
    )
  })

  it('for a factory calls it once', () => {
    expect(withScript({ wsgi: { module: 'notes', object: 'create_app', factory: true } })).toBe(
      `${managed}${settings}\nfrom notes import create_app\n\napplication = create_app()\n${report}`,
    )
  })

  it('for an application that is called so names it once', () => {
    expect(withScript({ wsgi: { module: 'notes', object: 'application', factory: false } })).toBe(
      `${managed}${settings}\nfrom notes import application\n${report}`,
    )
  })

  it('by the usual instructions holds their three lines and nothing else', () => {
    expect(seed()).toBe(
      `${managed}import sys\n\nsys.path.insert(0, "/srv/shop/current")\n\nfrom shop.web import app as application\n`,
    )
  })

  it('puts a function around the application', () => {
    expect(seed({ wrapper: { module: 'shop.around', object: 'stamped', factory: false } })).toContain(`\
from shop.web import app as application

from shop.around import stamped as wrapper

application = wrapper(application)
`)
  })

  it('calls what makes that function', () => {
    expect(seed({ wrapper: { module: 'shop.around', object: 'make', factory: true } })).toContain(`\
from shop.around import make as wrapper

application = wrapper()(application)
`)
  })

  it('runs a script of somebody else inside, under its own name', () => {
    expect(seed({ wsgi: { script: '/srv/shop/current/wiki.wsgi', callable: 'wiki' } })).toContain(`
names = {"__name__": "deploy_flask_script", "__file__": "/srv/shop/current/wiki.wsgi"}
with open("/srv/shop/current/wiki.wsgi", "rb") as opened:
    exec(compile(opened.read(), "/srv/shop/current/wiki.wsgi", "exec"), names)
application = names["wiki"]
`)
  })

  it('imports only what it uses', () => {
    const imports = (text: string) => [...text.matchAll(/^import (\w+)$/gm)].map(([, name]) => name)
    expect(imports(seed())).toEqual(['sys'])
    expect(imports(wsgiScript(shop))).toEqual(['json', 'os', 'sys'])
    expect(imports(seed({ hidesScriptName: true }))).toEqual(['posixpath', 'sys'])
    expect(imports(withScript({ hidesScriptName: true }, { embeddedVenv: '/srv/shop/env' }))).toEqual([
      ...['json', 'os', 'posixpath', 'site', 'sys'],
    ])
  })
})

type Files = Readonly<Record<string, string>>

/** Says in JSON what one request comes to. */
const SHOW = `
import json as _json
def _start(status, headers):
    pass
def _shown():
    environ = {"SCRIPT_NAME": "/site.wsgi", "PATH_INFO": "/a"}
    return _json.dumps({"answer": application(environ, _start), "environ": environ})
print(_shown())
`

/** Runs a script as mod_wsgi would, with a module of its name that stands in for it. */
const run = (text: string, code: Files, after = SHOW) => {
  const folder = folderWith({ ...code, 'mod_wsgi.py': 'process_group = "shop"\n' })
  writeFileSync(join(folder, 'settings.json'), '{"GREETING": "grüße"}')
  const here = text.replaceAll('/srv/shop/current', folder).replaceAll('/etc/deploy-flask/shop', folder)
  writeFileSync(join(folder, 'shop.wsgi'), `${here}\n${after}`)
  const { stdout, stderr, status } = spawnSync('python3', ['-B', join(folder, 'shop.wsgi')], {
    encoding: 'utf8',
    env: { PATH: process.env['PATH'], LC_ALL: 'C.UTF-8' },
  })
  return { stdout, status, stderr: stderr.replaceAll(folder, 'CODE') }
}

const answered = (text: string, code: Files): unknown => {
  const { stdout, stderr, status } = run(text, code)
  expect({ status, stderr: stderr.replace(/^deploy-flask: .*\n/, '') }).toEqual({ status: 0, stderr: '' })
  return (JSON.parse(stdout) as { readonly answer: unknown }).answer
}

const module = (name: string, factory = false) => ({ module: 'shop', object: name, factory })
const saying = (word: string) => `lambda environ, start_response: ${JSON.stringify(word)}`

describe('run by a real python', () => {
  it('it loads the settings before the import, and says whose process it is', () => {
    const code = {
      'shop/__init__.py': '',
      'shop/web.py': 'import os\ngreeting = os.environ["GREETING"]\ndef app(environ, start):\n    return greeting\n',
    }
    expect(answered(wsgiScript(shop), code)).toBe('grüße')
    expect(run(wsgiScript(shop), code).stderr).toMatch(/^deploy-flask: process group shop, Python \S+\n$/)
  })

  it('it calls a factory', () => {
    const code = { 'shop.py': `def make():\n    return ${saying('made')}\n` }
    expect(answered(withScript({ wsgi: module('make', true) }), code)).toBe('made')
  })

  it('by the usual instructions it says nothing and loads nothing', () => {
    const { stderr, status } = run(seed({ wsgi: module('app') }), { 'shop.py': `app = ${saying('seed')}\n` })
    expect([status, stderr]).toEqual([0, ''])
  })

  it.each([
    'application',
    'wrapper',
    'names',
    'opened',
    'visible',
    'known',
    'sys',
    'os',
    'json',
    'print',
    'process_group',
  ])('it serves an object that is called %s, whatever is around it', (name) => {
    const code = {
      'shop.py': `${name} = ${saying('served')}\n`,
      'around.py': 'def outer(inner):\n    return lambda environ, start: "[%s]" % inner(environ, start)\n',
    }
    const wrapper = { module: 'around', object: 'outer', factory: false }
    expect(answered(withScript({ wsgi: module(name), wrapper, hidesScriptName: true }), code)).toBe('[served]')
  })

  it.each(['application', 'wrapper', 'visible', 'sys', 'print', 'posixpath', 'process_group', 'factory'])(
    'it calls a factory that is called %s, whatever is around it',
    (name) => {
      const code = {
        'shop.py': `def ${name}():\n    return ${saying('made')}\n`,
        'around.py': `def ${name}():\n    return lambda inner: lambda environ, start: "[%s]" % inner(environ, start)\n`,
      }
      const wrapper = { module: 'around', object: name, factory: true }
      expect(answered(withScript({ wsgi: module(name, true), wrapper, hidesScriptName: true }), code)).toBe('[made]')
    },
  )

  it('it takes its own name out of the URLs that the application makes', () => {
    const code = { 'shop.py': 'app = lambda environ, start: [environ["SCRIPT_NAME"], environ["PATH_INFO"]]\n' }
    const text = seed({ wsgi: module('app'), hidesScriptName: true })
    expect(answered(text, code)).toEqual(['', '/a'])
    const { stdout } = run(
      text,
      code,
      'print([application({"SCRIPT_NAME": name, "PATH_INFO": ""}, None)[0] for name in ("/x/site.wsgi", "/a/b/c.wsgi")])',
    )
    expect(stdout).toBe("['/x', '/a/b']\n")
  })

  it('what is around the application sees the URLs as the application does', () => {
    const code = {
      'shop.py': `app = ${saying('inner')}\ndef outer(inner):\n    return lambda environ, start: environ["SCRIPT_NAME"]\n`,
    }
    expect(answered(seed({ wsgi: module('app'), wrapper: module('outer'), hidesScriptName: true }), code)).toBe('')
  })

  describe('with a script of somebody else', () => {
    const own = (callable = 'application') => ({ wsgi: { script: '/srv/shop/current/wiki.wsgi', callable } })

    it('it serves the application of that script, which finds its own file and the code', () => {
      const code = {
        'wiki.wsgi':
          'import os\nfrom words import word\ndef application(environ, start):\n    return [word, os.path.basename(__file__), __name__]\n',
        'words.py': 'word = "wiki"\n',
      }
      expect(answered(seed(own()), code)).toEqual(['wiki', 'wiki.wsgi', 'deploy_flask_script'])
    })

    it('it takes another name than application', () => {
      expect(answered(seed(own('wiki')), { 'wiki.wsgi': `wiki = ${saying('other')}\n` })).toBe('other')
    })

    it('it does not run what is meant for __main__', () => {
      const code = {
        'wiki.wsgi': `application = ${saying('x')}\nif __name__ == "__main__":\n    raise SystemExit(1)\n`,
      }
      expect(answered(seed(own()), code)).toBe('x')
    })

    it('a traceback names the file of that script and its line', () => {
      const { stderr } = run(seed(own()), { 'wiki.wsgi': 'import sys\n\nraise ValueError("no")\n' })
      expect(stderr).toContain('  File "CODE/wiki.wsgi", line 3, in <module>\n    raise ValueError("no")\n')
      expect(stderr).toMatch(/ValueError: no\n$/)
    })

    it('a traceback of a request does, too', () => {
      const code = { 'wiki.wsgi': '\n\ndef application(environ, start):\n    return environ["NOTHING"]\n' }
      expect(run(seed(own()), code).stderr).toContain('  File "CODE/wiki.wsgi", line 4, in application\n')
    })

    it('a syntax error does, too', () => {
      expect(run(seed(own()), { 'wiki.wsgi': '     from x import y\n' }).stderr).toMatch(
        /File "CODE\/wiki\.wsgi", line 1\n[^]*IndentationError: unexpected indent\n$/,
      )
    })

    it('it has the names of that script for itself', () => {
      const code = { 'wiki.wsgi': `sys = os = names = print = None\napplication = ${saying('own')}\n` }
      expect(answered(withScript(own()), code)).toBe('own')
    })
  })

  describe('in embedded mode', () => {
    const version = spawnSync('python3', ['-c', 'import sys; print("%d.%d" % sys.version_info[:2])'], {
      encoding: 'utf8',
    }).stdout.trim()
    /** A venv's packages, and those of the system beside which they are added. */
    const embedded = (packages: Files, code: Files) => {
      const venv = folderWith({})
      const folder = join(venv, `lib/python${version}/site-packages`)
      mkdirSync(folder, { recursive: true })
      for (const [name, content] of Object.entries(packages)) writeFileSync(join(folder, name), content)
      return answered(withScript({ wsgi: module('app') }, { embeddedVenv: venv }), code)
    }

    it('it finds the packages of the venv', () => {
      const code = { 'shop.py': 'import colours\napp = lambda environ, start: colours.red\n' }
      expect(embedded({ 'colours.py': 'red = "#f00"\n' }, code)).toBe('#f00')
    })

    it('it prefers them to those of the system', () => {
      // a module of the standard library stands in for a package that the system has in another version
      const code = { 'shop.py': 'import calendar\napp = lambda environ, start: calendar.__doc__\n' }
      expect(embedded({ 'calendar.py': '"""of the venv"""\n' }, code)).toBe('of the venv')
    })

    it('it prefers the code to them', () => {
      const code = {
        'shop.py': 'import colours\napp = lambda environ, start: colours.red\n',
        'colours.py': 'red = "of the code"\n',
      }
      expect(embedded({ 'colours.py': 'red = "of the venv"\n' }, code)).toBe('of the code')
    })

    it('it reads .pth files, as the python of the venv would', () => {
      const elsewhere = folderWith({ 'colours.py': 'red = "linked"\n' })
      const code = { 'shop.py': 'import colours\napp = lambda environ, start: colours.red\n' }
      expect(embedded({ 'linked.pth': `${elsewhere}\n` }, code)).toBe('linked')
    })
  })
})

/** Words of the language since Python 3.7 only: on 18.04 something may still be called so. */
const later = /(^|[.:])(async|await)([.:(]|$)/

it('whatever the fields allow, it compiles to the same imports and the same strings', () => {
  const scripts = fc.sample(
    fc.record({
      site: siteNames,
      settings: hostPath,
      code: hostPath,
      wsgi: wsgiObjects,
      wrapper: wsgiObjects,
      hidesScriptName: fc.boolean(),
      reports: fc.boolean(),
    }),
    { numRuns: 200, seed: 7 },
  )
  const objectOf = (written: string) => {
    const [name = '', object = ''] = written.split(':')
    return { module: name, object: object.replace('()', ''), factory: object.endsWith('()') }
  }
  const rendered = scripts
    .filter(({ wsgi, wrapper }) => !later.test(wsgi) && !later.test(wrapper))
    .map(({ wsgi, wrapper, hidesScriptName, ...rest }) => ({
      ...rest,
      wanted: [objectOf(wsgi).module, objectOf(wrapper).module, ...(rest.reports ? ['mod_wsgi'] : [])],
      text: wsgiScript({
        ...rest,
        script: { path: '/srv/x.wsgi', wsgi: objectOf(wsgi), wrapper: objectOf(wrapper), hidesScriptName },
      }),
    }))
  expect(rendered.length).toBeGreaterThan(150)
  const { stdout, stderr } = spawnSync('python3', ['-c', READ], { input: JSON.stringify(rendered), encoding: 'utf8' })
  expect(stderr).toBe('')
  expect(JSON.parse(stdout)).toEqual(rendered.map((one) => [one.settings, one.code, one.wanted]))
})

it('whatever path a script has, it is run as that', () => {
  const paths = fc.sample(hostPath, { numRuns: 100, seed: 7 })
  const texts = paths.map((path) => ({ text: seed({ wsgi: { script: path, callable: 'application' } }) }))
  const { stdout, stderr } = spawnSync('python3', ['-c', NAMED], { input: JSON.stringify(texts), encoding: 'utf8' })
  expect(stderr).toBe('')
  expect(JSON.parse(stdout)).toEqual(paths.map((path) => [path, path, path]))
})

/** Of each text: the strings of its two calls, and the modules that it imports from. */
const READ = `
import ast, json, sys
found = []
for one in json.load(sys.stdin):
    parsed = ast.parse(one["text"])
    compile(one["text"], "shop.wsgi", "exec")
    opened = next(node for node in parsed.body if isinstance(node, ast.With)).items[0].context_expr.args[0]
    inserted = next(node.value for node in parsed.body if isinstance(node, ast.Expr)).args[1]
    froms = [node.module for node in parsed.body if isinstance(node, ast.ImportFrom)]
    found.append([opened.value, inserted.value, froms])
print(json.dumps(found))
`

/** Of each text: what __file__ is, what is opened, and what is compiled. */
const NAMED = `
import ast, json, sys
found = []
for one in json.load(sys.stdin):
    parsed = ast.parse(one["text"])
    names = next(node for node in parsed.body if isinstance(node, ast.Assign)).value.values[1]
    block = next(node for node in parsed.body if isinstance(node, ast.With))
    found.append([names.value, block.items[0].context_expr.args[0].value, block.body[0].value.args[0].args[1].value])
print(json.dumps(found))
`
