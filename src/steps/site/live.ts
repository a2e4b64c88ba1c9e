import { z } from 'zod'
import type { Answer, Command } from '../../core/command.js'
import type { Guard } from '../../core/handler.js'
import { DeployError } from '../../errors.js'
import { diagnose } from './diagnosis.js'
import { liveScript } from './live-script.js'

export interface LiveSite {
  readonly name: string
  readonly serverName: string
  readonly port: number
  readonly path: string
  readonly statuses: readonly number[]
  readonly user: string
  readonly venv: string
  readonly logs: { readonly error: string; readonly access: string }
}

const siteAnswer = z.object({ port: z.number(), name: z.string(), status: z.number() })

const baseline = z.object({
  installed: z.boolean(),
  running: z.boolean(),
  configtest: z.number(),
  said: z.string(),
  sites: z.array(siteAnswer),
  /** What the site itself answered; null when it was not enabled. */
  self: z.number().nullable(),
  marks: z.record(z.string(), z.number()),
})

const outcome = z.object({
  url: z.string(),
  status: z.number(),
  body: z.string(),
  seen: z.boolean(),
  logged: z.array(z.string()),
  group: z.string().nullable(),
  prefix: z.string().nullable(),
  daemons: z.array(z.string()),
  sites: z.array(siteAnswer),
})

type Outcome = z.output<typeof outcome>

const MAIN_LOG = '/var/log/apache2/error.log'

const python = (label: string, asked: object, seconds: number): Command => ({
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
  port: site.port,
  name: site.serverName,
  path: site.path,
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
export const isOfSite = (said: string, { name, user }: LiveSite): boolean =>
  new RegExp(`bad (user|group) name ${user}$`, 'm').test(said) ||
  blamedIn(said) === `/etc/apache2/sites-enabled/${name}.conf`

/** Which sites answer now, whether Apache's configuration is sound, and where the logs end. */
export const remember = (site: LiveSite): Guard => {
  const logs = [MAIN_LOG, site.logs.error, site.logs.access]
  return {
    title: 'Remember which sites answer',
    command: () => python('ask every site of the host', { do: 'before', ...askedOf(site), logs }, 120),
    judge(answer) {
      const { installed, configtest, said, running } = read(baseline, answer)
      if (!installed) return undefined
      if (configtest !== 0 && !isOurs(said, site)) {
        return new DeployError('FOREIGN_CONFIG_BROKEN', {
          what: "Apache's configuration on the host is broken already, before any change of this run",
          where: /line \d+ of (\S+)/.exec(said)?.[0].replace(/:$/, '') ?? '/etc/apache2',
          evidence: said.trim(),
          remedy: 'repair that first: "apache2ctl configtest" must say "Syntax OK"',
        })
      }
      if (running) return undefined
      return new DeployError('HOST_UNFIT', {
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

const neighbourFault = (before: z.output<typeof baseline>, after: Outcome): DeployError | undefined => {
  const broken = changedAnswers(before.sites, after.sites)
  if (broken.length === 0) return undefined
  return new DeployError('NEIGHBOUR_BROKEN', {
    what: `another site of the host answers differently since the change: ${broken.map(({ name }) => name).join(', ')}`,
    evidence: broken.map(({ line }) => line).join('\n'),
    remedy: 'look at the error log of that site; our change was taken back',
  })
}

const siteFault = (site: LiveSite, after: Outcome): DeployError | undefined => {
  const good = site.statuses.includes(after.status) && after.seen
  const wrongUser = after.daemons.find((user) => user !== site.user)
  const wrongHome = after.prefix !== null && after.prefix !== site.venv ? after.prefix : undefined
  if (good && after.daemons.length > 0 && wrongUser === undefined && wrongHome === undefined) return undefined
  const said = after.status === 0 ? `no answer: ${after.body}` : `status ${after.status}`
  const problem = !after.seen && after.status !== 0 ? `another virtual host answered for it (${said})` : said
  const found = diagnose(after.logged)
  const processes = `process group ${after.group ?? '(none told)'}, user ${[...new Set(after.daemons)].join(', ') || '(no daemon process)'}, Python ${after.prefix ?? '(not loaded)'}`
  return new DeployError('SITE_NOT_ANSWERING', {
    what: `${after.url} does not answer as it should: ${problem}${found === undefined ? '' : `; ${found.cause}`}`,
    where: site.logs.error,
    evidence: [...after.logged.slice(-15), processes].join('\n'),
    remedy: found?.remedy ?? 'read the log lines above; "check.path" and "check.statuses" say what counts as an answer',
  })
}

/** Our site answers through its own virtual host, from its own daemon, and every other site as before. */
export const answers = (site: LiveSite): Guard => ({
  title: `${site.serverName} answers, and every other site as before`,
  command(before) {
    const known = before === undefined ? { sites: [], marks: {} } : read(baseline, before)
    const asked = {
      do: 'after',
      url: `http://${site.serverName}${site.port === 80 ? '' : `:${site.port}`}${site.path}`,
      ...askedOf(site),
      statuses: site.statuses,
      group: site.name,
      agent: `deploy-flask/${process.pid.toString(36)}${Date.now().toString(36)}`,
      access: site.logs.access,
      logs: [MAIN_LOG, site.logs.error],
      marks: known.marks,
      sites: known.sites,
      seconds: 20,
    }
    return python(`ask ${site.serverName} and every other site`, asked, 180)
  },
  judge(answer, before) {
    const after = readOutcome(answer)
    return (before === undefined ? undefined : neighbourFault(read(baseline, before), after)) ?? siteFault(site, after)
  },
})

const answersAgain = z.object({ sites: z.array(siteAnswer), self: z.number().nullable() })

/** After an undo: every site, ours of before included, answers as it did. */
export const answersAsBefore = (site: LiveSite): Guard => ({
  title: 'every site answers as before',
  command(before) {
    const { sites, self } = before === undefined ? { sites: [], self: null } : read(baseline, before)
    return python('ask every site again', { do: 'again', ...askedOf(site), sites, self }, 120)
  },
  judge(answer, before) {
    if (before === undefined) return undefined
    const was = read(baseline, before)
    const is = read(answersAgain, answer)
    const own = { port: site.port, name: site.serverName }
    const broken = changedAnswers(
      [...was.sites, ...(was.self === null ? [] : [{ ...own, status: was.self }])],
      [...is.sites, ...(is.self === null ? [] : [{ ...own, status: is.self }])],
    )
    if (broken.length === 0) return undefined
    return new DeployError('UNDO_INCOMPLETE', {
      what: `the change was taken back, but not every site answers as before: ${broken.map(({ name }) => name).join(', ')}`,
      evidence: broken.map(({ line }) => line).join('\n'),
      remedy: 'look at "systemctl status apache2" and at the error log of these sites',
    })
  },
})
