import type { WsgiObject } from '../../core/site.js'
import { defineHandler, type Handler } from '../../core/handler.js'
import { DeployError } from '../../errors.js'
import { asDaemon, type DaemonPython } from './as-daemon.js'

const CHECK = `
import importlib, json, os, sys
os.environ.update(json.load(sys.stdin))
code = next((path for path in sys.argv[4:] if os.path.isdir(path)), None)
if code is None:
    sys.exit("the code is not there: %s" % ", ".join(sys.argv[4:]))
os.chdir(code)
sys.path.insert(0, code)
found = getattr(importlib.import_module(sys.argv[1]), sys.argv[2])
application = found() if sys.argv[3] == "factory" else found
if not callable(application):
    sys.exit("%s in %s is a %s, not a WSGI application" % (sys.argv[2], sys.argv[1], type(application).__name__))
`

/**
 * Before anything is served from it: the application is imported as the daemon's user, in its venv, with its settings.
 * `folders`: where the code may lie, the newest first.
 */
export const importCheck = (wsgi: WsgiObject, daemon: DaemonPython, folders: readonly string[]): Handler =>
  defineHandler({
    id: 'site.import',
    title: `Import ${wsgi.module} as ${daemon.user}`,
    probes: {},
    needed: (_is, changed) => (changed ? 'the application changes' : undefined),
    guards: [
      {
        title: `${wsgi.module} can be imported`,
        command: () => ({
          ...asDaemon(daemon, CHECK, wsgi.module, wsgi.object, wsgi.factory ? 'factory' : 'object', ...folders),
          label: `import ${wsgi.module} as ${daemon.user}`,
        }),
        judge(answer) {
          if (answer.exitCode === 0) return undefined
          const lines = answer.stderr.trim().split('\n')
          return new DeployError('APP_IMPORT_FAILED', {
            what: `the application cannot be imported: ${lines.at(-1) ?? 'no message'}`,
            where: `${wsgi.module}:${wsgi.object}`,
            evidence: lines.slice(-20).join('\n'),
            remedy:
              'nothing was put online; repair the application (or "wsgi", "settings", "requirements") and run this again',
          })
        },
      },
    ],
    run: [],
    proofs: [],
  })
