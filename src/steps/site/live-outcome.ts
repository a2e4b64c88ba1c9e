import { z } from 'zod'
import type { Check } from '../../core/site.js'
import type { ServedTls } from '../../core/tls.js'
import { DeployError } from '../../errors.js'
import { diagnose } from './diagnosis.js'

/** A process group and what its processes must be. */
interface LiveGroup {
  readonly name: string
  /** What ps shows of them; undefined where that is Apache's own name. */
  readonly title?: string
  readonly user: string
  readonly group: string
  readonly venv: string
}

export interface LiveSite extends Check {
  readonly name: string
  readonly serverName: string
  /** Where it is asked: an address of the host itself. */
  readonly address: string
  readonly port: number
  readonly tls?: ServedTls
  /** Further URLs that must not be answered with an error of the server. */
  readonly mounts: readonly string[]
  readonly groups: readonly LiveGroup[]
  readonly logs: { readonly error: string; readonly access: string }
  /** Whether the access log shows that it was this site that answered. */
  readonly hasOwnLog: boolean
}

const text = z.string().max(8192)
/** Looked through for what is known; a line of Apache's log is no longer. */
const logLine = z.string().transform((line) => line.slice(0, 2_000))

/** What a site answered when it was asked for `/`; status 0: nothing. */
export const siteAnswer = z.object({ port: z.number(), name: text, status: z.number() })

/** What was seen after a reload. */
export const outcome = z.object({
  url: text,
  /** What is wrong with HTTPS, where the site has that and answers by it. */
  tls: z.object({ why: z.enum(['certificate', 'redirect']), shown: text, meant: text }).nullish(),
  /** Apache itself has ended. */
  died: z.boolean(),
  status: z.number(),
  body: text,
  /** Whether it holds the text that it must hold. */
  fits: z.boolean(),
  seen: z.boolean(),
  logged: z.array(logLine).max(100),
  /** What the scripts of the site have told in the error log. */
  told: z.array(z.object({ group: text, prefix: text })).max(1_000),
  daemons: z.array(z.object({ title: text, user: text })).max(10_000),
  mounts: z.array(z.object({ path: text, status: z.number() })).max(10_000),
  sites: z.array(siteAnswer).max(10_000),
})

export type Outcome = z.output<typeof outcome>

/** What was seen after the reload that a site has left with. */
export const absence = outcome.pick({ died: true, status: true, seen: true, logged: true, sites: true }).extend({
  /** Processes of the site that have not ended. */
  left: z.array(z.object({ title: text, user: text })).max(10_000),
})

export type Absence = z.output<typeof absence>

/**
 * What is wrong with the processes of a group, or undefined. Groups may share a title; and only what a group has told
 * last counts, for a process of before may have loaded the application after the logs were marked.
 */
const groupFault = ({ groups }: LiveSite, group: LiveGroup, { daemons, told }: Outcome): string | undefined => {
  const { name, title, user, venv } = group
  if (title === undefined) return undefined
  const its = daemons.filter((one) => one.title === title)
  const users = groups.flatMap((one) => (one.title === title ? [one.user] : []))
  const stranger = its.find((one) => !users.includes(one.user))
  const last = told.findLast((one) => one.group === name)?.prefix
  if (stranger !== undefined) return `process group ${name} runs as ${stranger.user}, not as ${user}`
  if (!its.some((one) => one.user === user)) return `process group ${name} has no process`
  return last === undefined || last === venv ? undefined : `process group ${name} uses Python ${last}, not ${venv}`
}

/** Who really answered, for a person to compare. */
const seenOf = ({ groups }: LiveSite, { daemons, told }: Outcome): readonly string[] =>
  groups.flatMap(({ name, title }) => {
    if (title === undefined) return []
    const users = new Set(daemons.flatMap((one) => (one.title === title ? [one.user] : [])))
    const prefix = told.findLast((one) => one.group === name)?.prefix
    const who = [...users].join(', ') || '(no process)'
    return [`process group ${name}, user ${who}, Python ${prefix ?? '(nothing loaded since)'}`]
  })

const mountFault = ({ mounts }: Outcome): string | undefined => {
  const broken = mounts.filter(({ status }) => status === 0 || status >= 500)
  return broken.length === 0 ? undefined : broken.map(({ path, status }) => `${path}: status ${status}`).join(', ')
}

/** Apache has said "Syntax OK", taken the reload, and ended a moment later; or undefined. */
export const deathFault = ({ died, logged }: Pick<Outcome, 'died' | 'logged'>): DeployError | undefined =>
  died
    ? new DeployError('APACHE_RELOAD_FAILED', {
        what: 'Apache ended after it had taken the new configuration, of which it had said "Syntax OK"',
        evidence: logged.slice(-15).join('\n'),
        remedy: 'the change was taken back and Apache started again; its last words above say what it could not open',
      })
    : undefined

/** Seconds that a site may take to answer, where nobody says how many. */
const usualPatience = 20

export const patienceOf = ({ within = usualPatience }: Check): number => within

const answerOf = (site: LiveSite, { status, body, fits }: Outcome): string => {
  if (status === 0) return `no answer within ${patienceOf(site)} s: ${body}`
  if (fits || !site.statuses.includes(status)) return `status ${status}`
  return `status ${status}, but the answer does not hold ${JSON.stringify(site.body)}`
}

const tlsFault = ({ why, shown, meant }: NonNullable<Outcome['tls']>, { url, logged }: Outcome): DeployError =>
  why === 'certificate'
    ? new DeployError('CERTIFICATE_NOT_SERVED', {
        what: `${url} shows another certificate than the one that is meant`,
        evidence: [`shown: SHA-256 ${shown}`, `meant: SHA-256 ${meant}`, ...logged.slice(-15)].join('\n'),
        remedy: 'look which virtual host answers there: apache2ctl -S; our change was taken back',
      })
    : new DeployError('SITE_NOT_ANSWERING', {
        what: `HTTP does not lead to ${meant}: it answered with ${shown}`,
        evidence: logged.slice(-15).join('\n'),
        remedy: 'look which virtual host answers there: apache2ctl -S; our change was taken back',
      })

/** What is wrong with the site after a reload, or undefined. */
export const siteFault = (site: LiveSite, after: Outcome): DeployError | undefined => {
  const good = site.statuses.includes(after.status) && after.fits && after.seen
  const groups = site.groups.flatMap((group) => groupFault(site, group, after) ?? [])
  const mounts = good ? mountFault(after) : undefined
  if (good && groups.length === 0 && mounts === undefined) {
    return after.tls === null || after.tls === undefined ? undefined : tlsFault(after.tls, after)
  }
  const said = answerOf(site, after)
  const isOther = mounts === undefined && !after.seen && after.status !== 0
  const problem = mounts ?? (isOther ? `another virtual host answered for it (${said})` : said)
  const found = diagnose(after.logged)
  const code = isOther
    ? 'SITE_ANSWERED_BY_ANOTHER'
    : good && mounts === undefined
      ? 'PROCESS_GROUP_WRONG'
      : 'SITE_NOT_ANSWERING'
  return new DeployError(code, {
    what: `${after.url} does not answer as it should: ${problem}${found === undefined ? '' : `; ${found.cause}`}`,
    where: site.logs.error,
    evidence: [...after.logged.slice(-15), ...seenOf(site, after), ...groups].join('\n'),
    remedy:
      found?.remedy ?? 'read the log lines above; "check" says what counts as an answer: path, statuses, body, within',
  })
}

/** What is left of a site that was removed, or undefined. */
export const absenceFault = ({ serverName, logs }: LiveSite, after: Absence): DeployError | undefined => {
  const { seen, status, left, logged } = after
  if (!seen && left.length === 0) return undefined
  return new DeployError('SITE_STILL_THERE', {
    what: seen
      ? `${serverName} still answers from the virtual host that was removed (status ${status})`
      : `processes of ${serverName} have not ended: ${[...new Set(left.map(({ title }) => title))].join(', ')}`,
    where: logs.error,
    evidence: logged.slice(-15).join('\n'),
    remedy: 'the site is back as it was; look at what its processes are busy with, and remove it when they are not',
  })
}
