import type { Answer, InputlessCommand } from '../../core/command.js'
import { defineHandler, type Guard, type Handler } from '../../core/handler.js'
import { DeployError } from '../../errors.js'
import type { Probe } from '../../core/probe.js'
import { apacheRuntime, type Runtime } from '../../probes/apache.js'
import { entryAt, type Entry } from '../../probes/file.js'
import { answers, answersAsBefore, isOfSite, remember, type LiveSite } from '../site/live.js'
import type { Layout } from '../site/layout.js'
import { certificateGuard } from '../tls/guard.js'
import { pathsGuard, type NeededPath } from './paths.js'
import { shell } from '../files.js'
import { reload, reloadOrStart } from './service.js'
import { wsgiLoadFile } from './wsgi-load.js'

const run = (...argv: [string, ...string[]]): InputlessCommand => ({ argv, as: 'root' })

/** AH01574: two mod_wsgi are configured, the first one wins and ours is skipped; Apache calls that a warning. */
export const configtest: Guard = {
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

export const reloadFailed = (answer: Answer): DeployError =>
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
    why: 'before Apache is asked to load anything',
    title: 'Test the configuration',
    probes: {},
    needed: (_is, changed) => (changed ? 'a module changes' : undefined),
    before: remember(site),
    guards: [moduleTest(site)],
    run: [],
    proofs: [],
  })

export interface Served {
  readonly live: LiveSite
  readonly layout: Pick<Layout, 'vhost' | 'enabled' | 'include' | 'current' | 'settings'> & {
    readonly scripts: readonly { readonly path: string }[]
  }
  /** Links to files that make Apache listen; other sites may have made them. */
  readonly listening: readonly string[]
  /** What configtest does not look at. */
  readonly paths: readonly NeededPath[]
  /** Scripts that are part of the code: none of them is ours to touch when settings or modules change. */
  readonly hasOwnScripts: boolean
  /** Whether anything that is served loads the settings. */
  readonly loadsSettings: boolean
  readonly usesCgi: boolean
}

const watched = ({ layout, listening, live: { tls } }: Served): readonly string[] => [
  layout.vhost,
  layout.enabled,
  layout.include,
  ...listening,
  ...(tls === undefined ? [] : [tls.certificate]),
  wsgiLoadFile,
  '/etc/apache2/mods-enabled/wsgi.load',
]

const titlesOf = ({ live }: Served): readonly string[] => live.groups.flatMap(({ title }) => title ?? [])

const touch = ({ layout }: Served): readonly InputlessCommand[] =>
  layout.scripts.length === 0 ? [] : [{ argv: ['touch', '-c', ...layout.scripts.map(({ path }) => path)], as: 'root' }]

/**
 * SIGUSR1: each process ends what it is doing, and Apache starts another one (mod_wsgi: Reloading Source Code). They are
 * waited for, as long as graceful-timeout and shutdown-timeout usually let them go on: until then the old code answers.
 */
const RENEW = String.raw`
import os, signal, sys, time

def shows(pid):
    try:
        with open("/proc/%s/cmdline" % pid, "rb") as opened:
            return opened.read().split(bytes(1))[0].decode("utf-8", "replace").rstrip()
    except OSError:
        return None

old = {pid for pid in filter(str.isdigit, os.listdir("/proc")) if shows(pid) in sys.argv[1:]}
for pid in old:
    try:
        os.kill(int(pid), signal.SIGUSR1)
    except ProcessLookupError:
        continue
deadline = time.monotonic() + 30
while time.monotonic() < deadline and any(shows(pid) in sys.argv[1:] for pid in old):
    time.sleep(0.05)
`

const renew = (served: Served): readonly InputlessCommand[] =>
  served.hasOwnScripts
    ? [
        {
          argv: ['python3', '-I', '-S', '-c', RENEW, ...titlesOf(served)],
          as: 'root',
          label: `let the processes of ${titlesOf(served).join(', ')} end and start anew`,
        },
      ]
    : []

/** A mod_cgid that came with a reload starts its daemon with the next one only (httpd 2.4, mod_cgid.c, cgid_init). */
const CGID = `[ -e /etc/apache2/mods-enabled/cgid.load ] || exit 0
for round in 1 2; do
  for try in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
    if ls /run/apache2/cgisock* >/dev/null 2>&1; then exit 0; fi
    sleep 0.1
  done
  [ "$round" = 2 ] || systemctl reload apache2
done
echo "the daemon of mod_cgid did not start" >&2; exit 1`

const startCgid = ({ usesCgi }: Served): readonly InputlessCommand[] =>
  usesCgi ? [shell('reload Apache again where the daemon of mod_cgid does not run yet', CGID)] : []

/** What configtest does not look at is looked at, too. */
const guardsOf = ({ live: { tls }, paths }: Served): readonly Guard[] => [
  configtest,
  pathsGuard(paths),
  ...(tls === undefined ? [] : [certificateGuard(tls.certificate, tls.key)]),
]

const restore = (served: Served): readonly InputlessCommand[] => [...touch(served), reloadOrStart()]

/** Stop and start: the module's file was replaced under the running Apache, which a reload does not survive. */
export const restartHandler = (served: Served): Handler =>
  defineHandler({
    id: 'apache.restart',
    why: 'only for what a reload cannot bring: another mod_wsgi module in memory',
    title: 'Restart Apache',
    probes: { apache: apacheRuntime(watched(served), titlesOf(served)) },
    needed: ({ apache }) =>
      apache.stale ? `${apache.module ?? 'the module'} was replaced under the running Apache` : undefined,
    before: remember(served.live),
    guards: guardsOf(served),
    run: [...touch(served), run('systemctl', 'restart', 'apache2')],
    proofs: [answers(served.live)],
    restore: restore(served),
    restored: [answersAsBefore(served.live)],
    explain: reloadFailed,
  })

/** A daemon process that runs as somebody else than the flags file wants; groups may share a title. */
const strangerIn = ({ live }: Served, daemons: Runtime['daemons']): string | undefined =>
  daemons.find(({ title, user }) => !live.groups.some((group) => group.title === title && group.user === user))?.user

export const reloadHandler = (served: Served): Handler =>
  defineHandler({
    id: 'apache.reload',
    why: 'requests that run are finished first; then every site that answered before is asked again',
    title: 'Reload Apache',
    probes: { apache: apacheRuntime(watched(served), titlesOf(served)) },
    needed({ apache }, changed) {
      if (changed) return 'its configuration changes'
      const stranger = strangerIn(served, apache.daemons)
      if (stranger !== undefined) return `the daemon runs as ${stranger}`
      if (apache.pid === null || apache.newest === null) return undefined
      if (served.usesCgi && apache.cgid === false) return 'the daemon of mod_cgid does not run'
      const stale = apache.loaded === null || apache.newest.changed >= apache.loaded
      return stale ? `${apache.newest.path} is newer than what Apache has loaded` : undefined
    },
    before: remember(served.live),
    guards: guardsOf(served),
    run: [...touch(served), reload(), ...startCgid(served)],
    proofs: [answers(served.live)],
    restore: restore(served),
    restored: [answersAsBefore(served.live)],
    explain: reloadFailed,
  })

/** After the site has answered by HTTP, and a certificate has come. */
export const httpsHandler = (served: Served): Handler => ({
  ...reloadHandler(served),
  id: 'apache.reload-https',
  title: 'Reload Apache for HTTPS',
  needed: (_is, changed) => (changed ? 'a certificate comes' : undefined),
})

/** When the application was loaded last, as far as it can be told: by the oldest script, or the oldest process. */
const loadedAt = (scripts: readonly (Entry | null)[], daemons: Runtime['daemons'], hasOwnScripts: boolean): number =>
  Math.min(
    ...scripts.flatMap((script) => script?.modified ?? []),
    ...(hasOwnScripts ? daemons.map(({ since }) => since) : []),
  )

/** The daemon loads the application anew when a script is newer than what it has loaded; nothing else is disturbed. */
export const touchHandler = (served: Served): Handler => {
  const { layout, hasOwnScripts, loadsSettings } = served
  const scripts: Record<`script ${number}`, Probe<Entry | null>> = {}
  layout.scripts.forEach(({ path }, index) => (scripts[`script ${index}`] = entryAt(path)))
  return defineHandler({
    id: 'apache.touch',
    why: 'the daemon loads the new code when its script is newer; Apache itself is left alone',
    title: 'Let the daemon load the application anew',
    probes: {
      current: entryAt(layout.current),
      settings: entryAt(layout.settings),
      apache: apacheRuntime(watched(served), titlesOf(served)),
      ...scripts,
    },
    needed({ current, settings, apache, ...is }, changed) {
      if (changed) return 'the application changes'
      // not when the inode changed: a host that was restored from a copy has all of those anew, in any order
      const loaded = loadedAt(Object.values(is), apache.daemons, hasOwnScripts)
      const newer = [current, loadsSettings ? settings : null].some(
        (entry) => entry !== null && entry.modified > loaded,
      )
      return newer ? 'the application is newer than what the daemon has loaded' : undefined
    },
    before: remember(served.live),
    guards: [],
    run: [...touch(served), ...renew(served)],
    proofs: [answers(served.live)],
    restored: [answersAsBefore(served.live)],
  })
}
