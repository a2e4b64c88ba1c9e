import { z } from 'zod'
import type { Answer, InputlessCommand } from '../../core/command.js'
import type { Guard } from '../../core/handler.js'
import { plainUrl, siteUrl } from '../../core/site-url.js'
import { DeployError } from '../../errors.js'
import {
  absence,
  absenceFault,
  deathFault,
  outcome,
  siteAnswer,
  patienceOf,
  siteFault,
  type LiveSite,
  type Outcome,
} from './live-outcome.js'
import { liveScript } from './live-script.js'

export type { LiveSite } from './live-outcome.js'

const short = z.string().max(8192)

const baseline = z.object({
  installed: z.boolean(),
  running: z.boolean(),
  configtest: z.number(),
  said: z.string().max(8192),
  /** What configtest does not see, and Apache would die of. */
  hazards: z.array(z.object({ file: short, line: short, why: short })).max(1_000),
  sites: z.array(siteAnswer).max(10_000),
  /** What the site itself answered; null when it was not enabled. */
  self: z.number().nullable(),
  marks: z.record(z.string(), z.number()),
})

const MAIN_LOG = '/var/log/apache2/error.log'

const python = (label: string, asked: object, seconds: number): InputlessCommand => ({
  argv: ['python3', '-c', liveScript, JSON.stringify(asked)],
  as: 'root',
  label,
  seconds,
})

const read = <T>(schema: z.ZodType<T>, answer: Answer): T => {
  try {
    return schema.parse(JSON.parse(answer.stdout))
  } catch (cause) {
    throw new DeployError(
      'ANSWER_UNREADABLE',
      {
        what: 'the check of the sites on the host ended without a readable answer',
        evidence: `${answer.stdout}\n${answer.stderr}`.trim(),
        remedy: 'look whether python3 works on the host, then run this again',
      },
      { cause },
    )
  }
}

const readOutcome = (answer: Answer): Outcome => read(outcome, answer)

const askedOf = (site: LiveSite) => ({
  own: `${site.name}.conf`,
  address: site.address,
  port: site.port,
  ...(site.tls === undefined ? {} : { tls: { ...site.tls, url: siteUrl(site) } }),
  name: site.serverName,
  path: site.path,
  within: site.within ?? null,
})

/**
 * What Apache stumbles over is a file or an account that this run brings: then the run is the repair, and the gate its
 * judge. Apache names the files from the outermost to the one that is to blame.
 */
const isOurs = (said: string, site: LiveSite): boolean =>
  isOfSite(said, site) || blamedIn(said) === '/etc/apache2/mods-enabled/wsgi.load'

const blamedIn = (said: string): string =>
  [...said.matchAll(/(?:line \d+ of|configuration file) (\S+?):?\s/g)].at(-1)?.[1] ?? ''

/** Apache stumbles over the site's own file or account, which come after the module. */
export const isOfSite = (said: string, { name, groups }: LiveSite): boolean =>
  groups.some(({ user, group }) => new RegExp(`bad (user name ${user}|group name ${group})$`, 'm').test(said)) ||
  blamedIn(said) === `/etc/apache2/sites-enabled/${name}.conf`

const deadly = (hazards: z.output<typeof baseline>['hazards']): DeployError =>
  new DeployError('FOREIGN_CONFIG_BROKEN', {
    what: 'Apache would lose its sites at the next reload, by configuration that is not of this run; configtest does not see it',
    where: hazards[0]?.file ?? '/etc/apache2',
    evidence: hazards.map(({ file, line, why }) => `${file}: ${line}: ${why}`).join('\n'),
    remedy: 'repair that first, and reload Apache yourself',
  })

/** Which sites answer now, whether Apache's configuration is sound, and where the logs end. */
export const remember = (site: LiveSite): Guard => {
  const logs = [MAIN_LOG, site.logs.error, site.logs.access]
  return {
    title: 'Remember which sites answer',
    command: () =>
      python('ask every site of the host', { do: 'before', ...askedOf(site), logs }, 100 + patienceOf(site)),
    judge(answer) {
      const { installed, configtest, said, hazards, running } = read(baseline, answer)
      if (!installed) return undefined
      if (configtest !== 0 && !isOurs(said, site)) {
        return new DeployError('FOREIGN_CONFIG_BROKEN', {
          what: "Apache's configuration on the host is broken already, before any change of this run",
          where: /line \d+ of (\S+)/.exec(said)?.[0].replace(/:$/, '') ?? '/etc/apache2',
          evidence: said.trim(),
          remedy: 'repair that first: "apache2ctl configtest" must say "Syntax OK"',
        })
      }
      if (hazards.length > 0) return deadly(hazards)
      if (running) return undefined
      return new DeployError('APACHE_STOPPED', {
        what: 'Apache does not run on the host; it is not started behind the back of whoever stopped it',
        remedy: 'start it (systemctl start apache2) and run this again',
      })
    },
  }
}

type SiteAnswer = z.output<typeof siteAnswer>

/** Sites that answered before and now answer otherwise, a sentence each. */
const changedAnswers = (before: readonly SiteAnswer[], after: readonly SiteAnswer[]) =>
  before.flatMap((was) => {
    const now = after.find((is) => is.name === was.name && is.port === was.port)?.status ?? 0
    if (was.status === 0 || was.status === now) return []
    return [
      { name: was.name, line: `${was.name}:${was.port} answered ${was.status} before and ${now} now (0: no answer)` },
    ]
  })

const neighbourFault = (before: Pick<Outcome, 'sites'>, after: Pick<Outcome, 'sites'>): DeployError | undefined => {
  const broken = changedAnswers(before.sites, after.sites)
  if (broken.length === 0) return undefined
  return new DeployError('NEIGHBOUR_BROKEN', {
    what: `another site of the host answers differently since the change: ${broken.map(({ name }) => name).join(', ')}`,
    evidence: broken.map(({ line }) => line).join('\n'),
    remedy: 'look at the error log of that site; our change was taken back',
  })
}

/** Our site answers through its own virtual host, from its own daemon, and every other site as before. */
export const answers = (site: LiveSite): Guard => ({
  title: `${site.serverName} answers, and every other site as before`,
  command(before) {
    const known = before === undefined ? { sites: [], marks: {} } : read(baseline, before)
    const asked = {
      do: 'after',
      url: plainUrl(site, site.path),
      ...askedOf(site),
      statuses: site.statuses,
      body: site.body ?? null,
      titles: site.groups.flatMap(({ title }) => title ?? []),
      groups: site.groups.map(({ name }) => name),
      mounts: site.mounts,
      agent: `deploy-flask/${process.pid.toString(36)}${Date.now().toString(36)}`,
      access: site.hasOwnLog ? site.logs.access : null,
      logs: [MAIN_LOG, site.logs.error],
      marks: known.marks,
      sites: known.sites,
      seconds: patienceOf(site),
    }
    return python(`ask ${site.serverName} and every other site`, asked, 160 + patienceOf(site))
  },
  judge(answer, before) {
    const after = readOutcome(answer)
    const death = deathFault(after)
    if (death !== undefined) return death
    return (before === undefined ? undefined : neighbourFault(read(baseline, before), after)) ?? siteFault(site, after)
  },
})

/**
 * Our site answers no more, none of its processes is left, and every other site answers as before.
 *
 * @param site what was removed
 * @param titles of its processes, as ps shows them, that no other site has
 * @param host virtual host of somebody else that it was mounted in: what it answers in our place is its own
 */
export const isGone = (site: LiveSite, titles: readonly string[], host?: string): Guard => ({
  title: `${site.serverName} is gone, and every other site answers as before`,
  command(before) {
    const known = before === undefined ? { sites: [], marks: {} } : read(baseline, before)
    const asked = {
      do: 'gone',
      ...askedOf(site),
      titles,
      agent: `deploy-flask/${process.pid.toString(36)}${Date.now().toString(36)}`,
      access: site.hasOwnLog ? site.logs.access : null,
      logs: [MAIN_LOG, site.logs.error],
      marks: known.marks,
      sites: known.sites,
      // as long as graceful-timeout and shutdown-timeout usually let a process go on
      seconds: 30,
    }
    return python(`look whether ${site.serverName} is gone, and ask every other site`, asked, 180)
  },
  judge(answer, before) {
    const after = read(absence, answer)
    const death = deathFault(after)
    if (death !== undefined) return death
    const isHost = ({ name, port }: SiteAnswer): boolean =>
      host !== undefined && name === site.serverName && port === site.port
    const sites = after.sites.map((is) => {
      const was = before === undefined ? undefined : read(baseline, before).sites.find(({ name }) => name === is.name)
      return isHost(is) && is.status > 0 && is.status < 500 ? { ...is, status: was?.status ?? is.status } : is
    })
    const neighbours = before === undefined ? undefined : neighbourFault(read(baseline, before), { sites })
    return neighbours ?? absenceFault(site, after)
  },
})

/** After an undo: every site, ours of before included, answers as it did. The host compares: see who recovers a run. */
export const answersAsBefore = (site: LiveSite): Guard<InputlessCommand> => ({
  title: 'every site answers as before',
  command(before) {
    const { sites, self } = before === undefined ? { sites: [], self: null } : read(baseline, before)
    return python('ask every site again', { do: 'again', ...askedOf(site), sites, self }, 100 + patienceOf(site))
  },
  judge({ exitCode, stderr }) {
    if (exitCode === 0) return undefined
    return new DeployError('UNDO_INCOMPLETE', {
      what: 'the change was taken back, but not every site answers as before',
      evidence: stderr.trim(),
      remedy: 'look at "systemctl status apache2" and at the error log of these sites',
    })
  },
})
