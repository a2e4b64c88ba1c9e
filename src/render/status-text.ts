import { visible } from '../core/sanitise.js'
import type { Colours } from './colour.js'
import { age, megabytes } from './words.js'

interface ShownProcess {
  readonly pid: number
  readonly user: string
  readonly bytes: number
  readonly since: number
  /** Seconds of a processor. */
  readonly cpu: number
  readonly title: string
}

export interface ShownRelease {
  readonly name: string
  /** `abcdef012345 of main` */
  readonly commit: string | undefined
  /** UTC; when it was online last. */
  readonly at: string | undefined
  readonly state: 'live' | 'good' | 'taken back' | 'rolled back' | 'never online'
}

interface ShownCertificate {
  /** Seconds since 1970. */
  readonly until: number
  readonly issuer: string
  readonly names: readonly string[]
  readonly lasts: 'long' | 'ending' | 'expired'
  readonly fault: { readonly why: 'mismatch' | 'unreadable'; readonly said: string } | null
}

/** What a person is told of a site, and `--json` prints. */
export interface ShownStatus {
  readonly host: string
  readonly site: string
  readonly url: string
  readonly enabled: boolean
  /** Seconds since 1970, by the clock of the host. */
  readonly now: number
  readonly apache: { readonly since: number } | null
  readonly releases: readonly ShownRelease[]
  readonly processes: readonly ShownProcess[]
  readonly requests: { readonly counts: Readonly<Record<string, number>>; readonly last: number | null } | null
  readonly errors: readonly string[]
  /** Undefined where the site has no HTTPS; null: there is no certificate yet. */
  readonly certificate?: ShownCertificate | null
  readonly free: number
  /** In words: who is changing the host, or what was cut off. */
  readonly lock: string
  /** Differences between the flags file and the host; a text where nobody could look. */
  readonly drift: readonly string[] | string
}

type Line = readonly [name: string, ...text: readonly string[]]

const releaseText = ({ name, commit, at, state }: ShownRelease): string =>
  [name, ...(commit === undefined ? [] : [`(${commit})`]), state, ...(at === undefined ? [] : [`since ${at}`])].join(
    ' ',
  )

const processText = ({ pid, user, bytes, since, title }: ShownProcess, now: number): string =>
  `${title} ${pid}, ${user}, ${megabytes(bytes)}, up ${age(now - since)}`

const requestsText = ({ requests, now }: ShownStatus): string => {
  if (requests === null) return 'the site has no log of its own'
  const kinds = Object.entries(requests.counts).sort(([one], [other]) => (one < other ? -1 : 1))
  const total = kinds.reduce((sum, [, count]) => sum + count, 0)
  const last = requests.last === null ? 'none yet' : `the last ${age(now - requests.last)} ago`
  return `${total} in the last hour${total === 0 ? '' : ` (${kinds.map(([kind, count]) => `${kind} ${count}`).join(', ')})`}; ${last}`
}

const driftLines = ({ drift }: ShownStatus): readonly string[] =>
  typeof drift === 'string' ? [drift] : drift.length === 0 ? ['none: as the flags file wants it'] : drift

const certificateLines = ({ certificate, now }: ShownStatus, { red, yellow }: Colours): readonly Line[] => {
  if (certificate === undefined) return []
  if (certificate === null) return [['TLS', yellow('there is no certificate yet: the site answers by HTTP')]]
  const { until, issuer, names, lasts, fault } = certificate
  if (fault !== null) return [['TLS', red(visible(`the certificate cannot be used: ${fault.said}`))]]
  const day = new Date(until * 1000).toISOString().slice(0, 10)
  const left = Math.floor(Math.abs(until - now) / 86_400)
  const time = lasts === 'expired' ? `expired ${left} days ago, on ${day}` : `expires in ${left} days, on ${day}`
  const paint = lasts === 'long' ? (text: string) => text : lasts === 'ending' ? yellow : red
  return [['TLS', paint(visible(`certificate for ${names.join(', ')} ${time} (${issuer})`))]]
}

const linesOf = (status: ShownStatus, colours: Colours): readonly Line[] => {
  const { red, green, yellow } = colours
  const { apache, now, processes, releases, errors, enabled } = status
  const paint = ({ state }: ShownRelease): ((text: string) => string) =>
    state === 'live' ? green : state === 'good' || state === 'never online' ? (text) => text : red
  return [
    [
      'Apache',
      apache === null ? red('does not run') : `runs, since ${age(now - apache.since)}`,
      ...(enabled ? [] : [red('the site is not enabled')]),
    ],
    ['releases', ...(releases.length === 0 ? ['none'] : releases.map((one) => paint(one)(visible(releaseText(one)))))],
    [
      'processes',
      ...(processes.length === 0 ? [yellow('none')] : processes.map((one) => visible(processText(one, now)))),
    ],
    ['requests', requestsText(status)],
    ['errors', ...(errors.length === 0 ? ['none in the log'] : errors.map((line) => yellow(visible(line))))],
    ...certificateLines(status, colours),
    ['disk', `${megabytes(status.free)} free`],
    ['host', visible(status.lock)],
    ['drift', ...driftLines(status).map(visible)],
  ]
}

export const statusText = (status: ShownStatus, colours: Colours): string =>
  [
    `${colours.bold(visible(status.site))} on ${visible(status.host)}: ${visible(status.url)}`,
    ...linesOf(status, colours).flatMap(([name, ...texts]) =>
      texts.map((text, index) => `  ${(index === 0 ? name : '').padEnd(9)}  ${text}`),
    ),
    '',
  ].join('\n')
