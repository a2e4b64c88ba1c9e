import { z } from 'zod'
import type { Probe } from '../core/probe.js'
import { quote } from '../core/quote.js'
import { siteUrl } from '../core/site-url.js'
import { DeployError } from '../errors.js'
import { doctorScript } from './doctor-script.js'
import { list, text } from './facts.js'
import type { SiteManifest } from './manifest.js'

/** What stands in the way of an account: the first folder or file on the way that does. */
const denied = z.object({ path: text, why: z.enum(['missing', 'closed', 'read', 'write']) }).nullable()

const venv = z.object({ path: text, denied, whole: z.boolean(), python: text.nullable(), pip: text.nullable() })

const group = z.object({
  name: text,
  user: text,
  account: z.boolean(),
  /** null where its processes cannot be told from others. */
  processes: z.number().nullable(),
  /** Accounts that its processes run as, and should not. */
  strangers: list(text),
  /** How many processes the virtual host asks for. */
  declared: z.number(),
  /** Of its way to the code. */
  code: denied,
  venv,
})

/** A log, or configtest, whose lines have no time; `shared`: other sites write there, too. */
const logged = z.object({
  source: text,
  shared: z.boolean(),
  lines: z.array(z.object({ at: z.number().exactOptional(), text })).max(3_000),
})

export type Logged = z.output<typeof logged>

const hostState = z.object({
  /** When the site was asked, seconds since 1970: what stops it has told of itself since. */
  asked: z.number(),
  /** When the application as it runs was loaded, seconds since 1970; null where Apache does not run. */
  loaded: z.number().nullable(),
  apache: z.object({ installed: z.boolean(), running: z.boolean(), enabled: z.boolean() }),
  configtest: z.object({ status: z.number(), lines: list(text) }),
  module: z.object({
    enabled: z.boolean(),
    file: text.nullable(),
    there: z.boolean(),
    python: text.nullable(),
    loads: list(text),
  }),
  /** `seen`: whether it was this site that answered; null where its access log is shared. */
  answer: z.object({ status: z.number(), good: z.boolean(), seen: z.boolean().nullable(), problem: text }),
  mounts: list(z.object({ path: text, status: z.number() })),
  groups: list(group),
  duplicates: list(z.object({ name: text, files: list(text) })),
  port: z.object({ number: z.number(), owners: list(text) }),
  /** Of both, the path where nothing is. */
  site: z.object({ vhost: text.nullable(), enabled: text.nullable() }),
  code: z.object({ path: text, there: z.boolean() }),
  scripts: list(z.object({ path: text, user: text, denied, closed: denied, syntax: text.nullable() })),
  settings: z.object({
    user: text,
    denied,
    loosePaths: list(text),
    randomKey: text.nullable(),
    secureCookie: z.boolean(),
  }),
  sqlite: list(z.object({ path: text, user: text, denied, changed: z.number(), fileSystem: text })),
  disks: list(z.object({ path: text, bytes: z.number(), inodes: z.number().nullable(), readOnly: z.boolean() })),
  packages: z.object({ missing: list(text), holder: text.nullable(), interrupted: text.nullable() }),
  logs: z.array(logged).max(10),
})

/** What Apache says of its files as they are now is read like a log. */
const said = (lines: readonly string[]): Logged => ({
  source: 'apache2ctl configtest',
  shared: false,
  lines: lines.map((line) => ({ text: line })),
})

type Answered = z.output<typeof hostState>

/** All that the rules of the doctor judge. */
export type HostState = Omit<Answered, 'answer'> & {
  readonly answer: Answered['answer'] & { readonly url: string }
  /** A run has ended half way, and what it has left is still there. */
  readonly cutOff: boolean
}

const mainLog = '/var/log/apache2/error.log'

const unreadable = (evidence: string, cause?: unknown): DeployError =>
  new DeployError(
    'ANSWER_UNREADABLE',
    {
      what: 'the examination of the host ended without a readable answer',
      evidence,
      remedy: 'look whether python3 works on the host, then run this again',
    },
    { cause },
  )

/** The site's own log belongs to it alone; where it has none, everything is in those of the server. */
const logsOf = ({ logs }: SiteManifest) => [
  { file: logs.error, shared: false },
  ...(logs.error === mainLog ? [] : [{ file: mainLog, shared: true }]),
]

const askedOf = (manifest: SiteManifest, since: number | undefined, agent: string) => ({
  name: manifest.serverName,
  address: manifest.address,
  port: manifest.port,
  tls: manifest.tls ?? null,
  path: manifest.check.path,
  statuses: manifest.check.statuses,
  body: manifest.check.body ?? null,
  within: manifest.check.within ?? null,
  mounts: manifest.mounts,
  agent,
  access: manifest.logs.own ? manifest.logs.access : null,
  logs: logsOf(manifest),
  since: since ?? null,
  root: manifest.root,
  code: manifest.code,
  scripts: manifest.scripts,
  settings: manifest.settings,
  sqlite: manifest.sqlite,
  who: { user: manifest.user, group: manifest.group },
  groups: manifest.processGroups,
  vhost: manifest.existingSite === undefined ? manifest.vhost : manifest.include,
  enabled: manifest.existingSite === undefined ? manifest.enabled : null,
})

/**
 * Looks at everything that the rules of the doctor judge, and asks the site once.
 *
 * @param manifest what the host knows of the site
 * @param since seconds that are looked back in the logs; undefined: to when the application was loaded
 * @param agent the User-Agent that nobody else sends
 */
export const examined = (
  manifest: SiteManifest,
  since: number | undefined,
  agent: string,
): Probe<Omit<HostState, 'cutOff'>> => ({
  ask: { sh: `python3 -I -S -c ${quote(doctorScript)} ${quote(JSON.stringify(askedOf(manifest, since, agent)))}` },
  as: 'root',
  parse({ stdout, stderr }) {
    try {
      const { answer, ...state } = hostState.parse(JSON.parse(stdout))
      const logs = [said(state.configtest.lines), ...state.logs]
      return { ...state, logs, answer: { ...answer, url: siteUrl(manifest, manifest.check.path) } }
    } catch (cause) {
      throw unreadable(stderr.trim() === '' ? stdout.slice(0, 500) : stderr.trim().slice(-2_000), cause)
    }
  },
})
