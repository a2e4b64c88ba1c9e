import type { Answer, Command } from '../../core/command.js'
import { defineHandler, type Guard, type Handler } from '../../core/handler.js'
import { DeployError } from '../../errors.js'
import { apacheRuntime } from '../../probes/apache.js'
import { entryAt } from '../../probes/file.js'
import { answers, answersAsBefore, isOfSite, remember, type LiveSite } from '../site/live.js'
import type { Layout } from '../site/layout.js'
import { wsgiLoadFile } from './wsgi-load.js'

const run = (...argv: [string, ...string[]]): Command => ({ argv, as: 'root' })

/** AH01574: two mod_wsgi are configured, the first one wins and ours is skipped; Apache calls that a warning. */
const configtest: Guard = {
  title: 'Apache accepts its configuration',
  command: () => run('apache2ctl', 'configtest'),
  judge(answer) {
    const said = `${answer.stdout}\n${answer.stderr}`.trim()
    if (answer.exitCode === 0 && !said.includes('AH01574')) return undefined
    return new DeployError('APACHE_CONFIG_BROKEN', {
      what: 'Apache refuses the new configuration; the running one was not touched',
      where: /line \d+ of (\S+)/.exec(said)?.[0].replace(/:$/, '') ?? '/etc/apache2',
      evidence: said,
      remedy: 'the change was taken back; the line that Apache names shows what is wrong',
    })
  },
}

const reloadFailed = (answer: Answer): DeployError =>
  new DeployError('APACHE_RELOAD_FAILED', {
    what: 'systemctl could not make Apache take the new configuration',
    evidence: `${answer.stdout}\n${answer.stderr}`.trim(),
    remedy: 'look at "systemctl status apache2" and "journalctl -u apache2" of the host',
  })

/** As `configtest`; what is wrong with the site itself is repaired in its own phase, which has a gate too. */
const moduleTest = (site: LiveSite): Guard => ({
  ...configtest,
  judge: (answer, before) =>
    isOfSite(`${answer.stdout}\n${answer.stderr}`, site) ? undefined : configtest.judge(answer, before),
})

/** At the end of the phase that brings mod_wsgi: Apache must accept it, before anything of a site is there. */
export const configtestHandler = (site: LiveSite): Handler =>
  defineHandler({
    id: 'apache.configtest',
    title: 'Test the configuration',
    probes: {},
    needed: (_is, changed) => (changed ? 'a module changes' : undefined),
    before: remember(site),
    guards: [moduleTest(site)],
    run: [],
    proofs: [],
  })

const watched = (layout: Layout): readonly string[] => [
  layout.vhost,
  layout.enabled,
  wsgiLoadFile,
  '/etc/apache2/mods-enabled/wsgi.load',
]

/** Starts an Apache that a reload has killed: it says "Syntax OK", takes the reload, and ends a moment later. */
const restore = (layout: Layout): readonly Command[] => [
  run('touch', '-c', layout.wsgiScript),
  // after several deaths in a row systemd would refuse to start it
  run('systemctl', 'reset-failed', 'apache2'),
  run('systemctl', 'reload-or-restart', 'apache2'),
]

/** Stop and start: the module's file was replaced under the running Apache, which a reload does not survive. */
export const restartHandler = (site: LiveSite, layout: Layout): Handler =>
  defineHandler({
    id: 'apache.restart',
    title: 'Restart Apache',
    probes: { apache: apacheRuntime(watched(layout), site.name) },
    needed: ({ apache }) =>
      apache.stale ? `${apache.module ?? 'the module'} was replaced under the running Apache` : undefined,
    before: remember(site),
    guards: [configtest],
    run: [run('touch', '-c', layout.wsgiScript), run('systemctl', 'restart', 'apache2')],
    proofs: [answers(site)],
    restore: restore(layout),
    restored: [answersAsBefore(site)],
    explain: reloadFailed,
  })

export const reloadHandler = (site: LiveSite, layout: Layout): Handler =>
  defineHandler({
    id: 'apache.reload',
    title: 'Reload Apache',
    probes: { apache: apacheRuntime(watched(layout), site.name) },
    needed({ apache }, changed) {
      if (changed) return 'its configuration changes'
      const stranger = apache.daemons.find(({ user }) => user !== site.user)
      if (stranger !== undefined) return `the daemon runs as ${stranger.user}`
      if (apache.pid === null || apache.newest === null) return undefined
      const stale = apache.loaded === null || apache.newest.changed >= apache.loaded
      return stale ? `${apache.newest.path} is newer than what Apache has loaded` : undefined
    },
    before: remember(site),
    guards: [configtest],
    run: [run('touch', '-c', layout.wsgiScript), run('systemctl', 'reload', 'apache2')],
    proofs: [answers(site)],
    restore: restore(layout),
    restored: [answersAsBefore(site)],
    explain: reloadFailed,
  })

/** The daemon loads the application anew when the script is newer than all that it loads; nothing else is disturbed. */
export const touchHandler = (site: LiveSite, layout: Layout): Handler =>
  defineHandler({
    id: 'apache.touch',
    title: 'Let the daemon load the application anew',
    probes: {
      script: entryAt(layout.wsgiScript),
      current: entryAt(layout.current),
      settings: entryAt(layout.settings),
    },
    needed({ script, current, settings }, changed) {
      if (changed) return 'the application changes'
      // not when the inode changed: a host that was restored from a copy has all of those anew, in any order
      const newer = [current, settings].some(
        (entry) => entry !== null && script !== null && entry.modified > script.modified,
      )
      return newer ? 'the application is newer than what the daemon has loaded' : undefined
    },
    before: remember(site),
    guards: [],
    run: [run('touch', '-c', layout.wsgiScript)],
    proofs: [answers(site)],
    restored: [answersAsBefore(site)],
  })
