import { createHash } from 'node:crypto'
import type { Answer, Command } from '../../core/command.js'
import type { FolderCode, InitCommand } from '../../core/site.js'
import { defineStep, type Change, type Step } from '../../core/step.js'
import { DeployError } from '../../errors.js'
import { inHandsOf } from '../python/builder.js'
import { inCode, type DaemonPython } from './as-daemon.js'
import { sealScript, unfit } from './build-script.js'
import type { Layout } from './layout.js'
import { builtName, releaseName, releasesOf, served, short } from './release.js'
import { settingsJson } from './settings.js'

/** What comes of a build depends on all of these; only a hash of it is noted. */
export const buildMark = (code: FolderCode, { argv }: InitCommand, { settings, venv }: DaemonPython): string =>
  createHash('sha256')
    .update(JSON.stringify([code.hash, argv, venv, settingsJson(settings).reveal()]))
    .digest('hex')

const seal = (release: string, mark: string): Command => ({
  argv: ['/usr/bin/python3', '-IS', '-c', sealScript, release],
  as: 'root',
  stdin: mark,
  label: `note what ${release} holds now`,
})

const failed = (command: string, { stdout, stderr, exitCode }: Answer): DeployError => {
  const lines = `${stdout}\n${stderr}`.trim().split('\n')
  const strange = lines.find(
    (line) => line.startsWith(unfit) || /^\S+ (is neither a file|has a second name)/.test(line),
  )
  return new DeployError('BUILD_FAILED', {
    what:
      strange === undefined
        ? `${command} ended with exit code ${exitCode}: ${lines.at(-1) ?? ''}`
        : `${command} has made something that a release cannot hold: ${strange.replace(unfit, '')}`,
    evidence: lines.slice(-20).join('\n'),
    remedy: 'the new release is given up: what was served before still is. Repair the build and run this again',
  })
}

/**
 * A command of the application makes the release complete, as the account of the site, before the application is imported
 * or anything else is done with it. The release is given to that account meanwhile, and root's again afterwards; what it
 * holds by then is noted beside it, so that a change by hand is seen as in any other.
 *
 * @param command its words
 * @param code with the mark of the build
 * @param layout where the releases lie
 * @param daemon account, venv and settings
 * @param flaskApp FLASK_APP
 * Fails with BUILD_FAILED, and the release is given up.
 */
export const build = (
  command: InitCommand,
  code: FolderCode,
  layout: Layout,
  daemon: DaemonPython,
  flaskApp: string,
): Step => {
  const text = command.argv.join(' ')
  const path = `${layout.releases}/${releaseName(code)}`
  return defineStep({
    id: 'site.build',
    why: 'once for each release, as the account of the site, in the new code, while the old one still serves',
    title: `Build ${short(code)}: ${text}`,
    probes: { release: releasesOf(layout, code) },
    plan: ({ release: is }): readonly Change[] => {
      if (served(is, code) || is.names.includes(builtName(code))) return []
      const run = { ...inCode({ ...daemon, code: path }, flaskApp, command), seconds: 1800 }
      const handed = inHandsOf(path, { user: daemon.user, group: daemon.group, isOwner: false }, [run])
      return [
        {
          kind: 'run',
          subject: `build ${text}`,
          reason: `as ${daemon.user}, once for ${short(code)}, before it goes online`,
          ...handed,
          run: [...handed.run, seal(path, code.build ?? '')],
          explain: (answer) => failed(text, answer),
        },
      ]
    },
    triggers: ['site.import', 'apache.touch'],
  })
}
