import type { Command } from '../../core/command.js'
import { settingsJson, type Settings } from './settings.js'

/** The application's Python, run the way the daemon runs it: same user, same venv, same settings, UTF-8. */
export interface DaemonPython {
  readonly user: string
  readonly group: string
  readonly venv: string
  readonly code: string
  readonly settings: Settings
}

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
    `${daemon.venv}/bin/python`,
    '-c',
    script,
    ...args,
  ],
  as: 'root',
  stdin: settingsJson(daemon.settings),
})
