import type { Command } from '../../core/command.js'
import type { InitCommand } from '../../core/site.js'
import { settingsJson, type Settings } from './settings.js'

/** The application's Python, run the way the daemon runs it: same user, same venv, same settings, UTF-8. */
export interface DaemonPython {
  readonly user: string
  readonly group: string
  readonly venv: string
  /** Where it is, or, with colons between them, where it may be: the first folder that is there counts. */
  readonly code: string
  /** Folder in it in which modules are found, too. */
  readonly moduleFolder?: string
  readonly settings: Settings
}

/** Where a script of ours is told that folder; it does not stay in its environment. */
export const modulesVariable = 'DEPLOY_FLASK_MODULES'

export const asDaemon = (daemon: DaemonPython, script: string, ...args: readonly string[]): Command => ({
  argv: [
    'runuser',
    '-u',
    daemon.user,
    '-g',
    daemon.group,
    '--',
    'env',
    '-i',
    'PATH=/usr/local/bin:/usr/bin:/bin',
    'LC_ALL=C.UTF-8',
    'LANG=C.UTF-8',
    'PYTHONDONTWRITEBYTECODE=1',
    ...(daemon.moduleFolder === undefined ? [] : [`${modulesVariable}=${daemon.moduleFolder}`]),
    `${daemon.venv}/bin/python`,
    '-c',
    script,
    ...args,
  ],
  as: 'root',
  stdin: settingsJson(daemon.settings),
})

/** Settings come on stdin, so that they stand in no argument list; the command then finds them in its environment. */
const RUN = `
import json, os, sys
modules = os.environ.pop("${modulesVariable}", None)
os.environ.update(json.load(sys.stdin))
os.environ["PATH"] = os.path.join(sys.prefix, "bin") + ":" + os.environ["PATH"]
os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
os.chdir(next((path for path in sys.argv[1].split(":") if os.path.isdir(path)), sys.argv[1]))
os.environ["FLASK_APP"] = sys.argv[2]
if modules:
    os.environ["PYTHONPATH"] = os.path.join(os.getcwd(), modules)
os.execvp(sys.argv[3], sys.argv[3:])
`

/**
 * A command as it would be typed in the folder of the code.
 *
 * @param daemon account, venv, settings, and where the code is
 * @param flaskApp FLASK_APP
 * @param command its words
 */
export const inCode = (daemon: DaemonPython, flaskApp: string, { argv }: InitCommand): Command => ({
  ...asDaemon(daemon, RUN, daemon.code, flaskApp, ...argv),
  label: `${argv.join(' ')} (as ${daemon.user})`,
})
