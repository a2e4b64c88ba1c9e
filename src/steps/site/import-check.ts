import type { GeneratedScript, WsgiObject } from '../../core/applications.js'
import { defineHandler, type Handler } from '../../core/handler.js'
import { DeployError, type ErrorCode } from '../../errors.js'
import { asDaemon, modulesVariable, type DaemonPython } from './as-daemon.js'

/** An application that is to be tried: a module of the code, or a script in it. */
export interface Tried {
  readonly wsgi: GeneratedScript['wsgi']
  readonly wrapper?: WsgiObject
}

/** mod_wsgi gives its own module to what it runs; a script that uses it must not fail here for want of it. */
const CHECK = `
import importlib, json, os, sys, types
modules = os.environ.pop("${modulesVariable}", None)
os.environ.update(json.load(sys.stdin))
asked = json.loads(sys.argv[1])
code = next((path for path in asked["folders"] if os.path.isdir(path)), None)
if code is None:
    sys.exit("the code is not there: %s" % ", ".join(asked["folders"]))
os.chdir(code)
sys.path.insert(0, code)
if modules:
    sys.path.insert(0, os.path.join(code, modules))
try:
    import mod_wsgi
except ImportError:
    sys.modules["mod_wsgi"] = types.ModuleType("mod_wsgi")
    sys.modules["mod_wsgi"].process_group = sys.modules["mod_wsgi"].application_group = ""

def found(wsgi):
    return getattr(importlib.import_module(wsgi["module"]), wsgi["object"])

def application(tried):
    wsgi = tried["wsgi"]
    if "module" in wsgi:
        return found(wsgi)() if wsgi["factory"] else found(wsgi)
    inside = os.path.relpath(wsgi["script"], asked["code"])
    path = wsgi["script"] if inside.startswith("..") else os.path.join(code, inside)
    names = {"__name__": "deploy_flask_check", "__file__": path}
    with open(path, "rb") as opened:
        exec(compile(opened.read(), path, "exec"), names)
    if wsgi["callable"] not in names:
        sys.exit("%s does not hold a WSGI application named %s" % (path, wsgi["callable"]))
    return names[wsgi["callable"]]

def try_out(tried):
    one = application(tried)
    if "wrapper" in tried:
        wrapper = found(tried["wrapper"])
        one = (wrapper() if tried["wrapper"]["factory"] else wrapper)(one)
    if not callable(one):
        sys.exit("%s is a %s, not a WSGI application" % (tried["name"], type(one).__name__))

for tried in asked["tried"]:
    try:
        try_out(tried)
    except SystemExit as left:
        # with exit code 0 nobody would notice
        sys.exit(left.code or "SystemExit: %s ends the process that imports it" % tried["name"])
`

const nameOf = ({ wsgi }: Tried): string => ('module' in wsgi ? `${wsgi.module}:${wsgi.object}` : wsgi.script)

/** Python's words for an object that the module of one of them does not have. */
const isWithoutObject = (last: string, tried: readonly Tried[]): boolean =>
  / does not hold a WSGI application named |, not a WSGI application$/.test(last) ||
  tried.some(
    ({ wsgi }) =>
      'module' in wsgi && last === `AttributeError: module '${wsgi.module}' has no attribute '${wsgi.object}'`,
  )

/** By the last line of the traceback: what it is, and what helps. */
const causeOf = (last: string, tried: readonly Tried[]): readonly [ErrorCode, string] => {
  if (last.startsWith('ModuleNotFoundError: ')) {
    return ['APP_MODULE_MISSING', 'add the package to the requirements, or correct "wsgi" or the folder in "code"']
  }
  if (/^(SyntaxError|IndentationError|TabError): /.test(last)) {
    return ['APP_SYNTAX_ERROR', "repair the line above (what is newer than the host's Python does not work there)"]
  }
  if (isWithoutObject(last, tried)) {
    return ['APP_OBJECT_MISSING', 'set "wsgi" to module:object, or to module:factory() for a function that makes it']
  }
  return ['APP_IMPORT_FAILED', 'repair the application (or "wsgi", "settings", "requirements")']
}

/**
 * Before anything is served from it: the applications are imported as the daemon's user, in its venv, with its settings.
 *
 * @param tried modules and scripts, each with what is put around it
 * @param daemon account, venv and settings
 * @param folders where the code may lie, the newest first
 * Fails with APP_IMPORT_FAILED, or a more exact code where the last line of the traceback tells, with its last lines.
 */
export const importCheck = (tried: readonly Tried[], daemon: DaemonPython, folders: readonly string[]): Handler => {
  const names = tried.map(nameOf).join(', ')
  const asked = { folders, code: daemon.code, tried: tried.map((one) => ({ ...one, name: nameOf(one) })) }
  return defineHandler({
    id: 'site.import',
    why: 'as the account of the daemon, before anything is switched on: a broken application never goes live',
    title: `Import ${names} as ${daemon.user}`,
    probes: {},
    needed: (_is, changed) => (changed ? 'the application changes' : undefined),
    guards: [
      {
        title: `${names} can be imported`,
        command: () => ({
          ...asDaemon(daemon, CHECK, JSON.stringify(asked)),
          label: `import ${names} as ${daemon.user}`,
        }),
        judge(answer) {
          if (answer.exitCode === 0) return undefined
          const lines = answer.stderr.trim().split('\n')
          const last = lines.at(-1) ?? 'no message'
          const [code, remedy] = causeOf(last, tried)
          return new DeployError(code, {
            what: `the application cannot be imported: ${last}`,
            where: names,
            evidence: lines.slice(-20).join('\n'),
            remedy: `nothing was put online; ${remedy}; then run this again`,
          })
        },
      },
    ],
    run: [],
    proofs: [],
  })
}
