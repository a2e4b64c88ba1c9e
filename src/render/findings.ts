import { sanitise, visible } from '../core/sanitise.js'
import type { Evidence, Finding, Severity } from '../doctor/rule.js'
import type { Colours } from './colour.js'

/** What the doctor has found on a host. */
export interface Examination {
  readonly host: string
  readonly site: string
  readonly url: string
  /** Of the answer to it; 0: none. */
  readonly status: number
  readonly findings: readonly Finding[]
  /** What follows a command to be about the same site: ` -f deploy-flask.yml`. */
  readonly again: string
}

const longestLine = 400

const paint: Readonly<Record<Severity, keyof Colours>> = { error: 'red', warning: 'yellow', note: 'dim' }

const isoTime = (at: number): string => new Date(at * 1000).toISOString().replace(/\.\d+Z$/, 'Z')

/** A line of a log stands as it is there, to be searched for; its time is added where it has none. */
const evidenceText = ({ text, source, at }: Evidence): string => {
  const line = text.length > longestLine ? `${text.slice(0, longestLine)}…` : text
  const when = at === undefined || line.startsWith('[') ? '' : `${isoTime(at)} `
  return `    ${source === undefined ? '' : `${source}: `}${when}${line}`
}

const commandOf = ({ repair }: Finding, again: string): string | undefined =>
  repair === undefined ? undefined : `deploy-flask ${repair}${again}`

const findingText = (finding: Finding, again: string, colours: Colours): string => {
  const { rule, severity, cause, evidence, remedy, past } = finding
  const command = commandOf(finding, again)
  return [
    `${colours[paint[severity]](`${severity} ${rule}:`)} ${cause}${past ? ' (past)' : ''}`,
    colours.bold('evidence:'),
    ...evidence.map((one) => sanitise(evidenceText(one))),
    `${colours.bold('what to do:')} ${remedy}`,
    ...(command === undefined ? [] : [`${colours.bold('command:')} ${command}`]),
    '',
  ].join('\n')
}

const answerText = ({ host, url, status }: Examination): string =>
  `${visible(url)} on ${visible(host)} answers with ${status === 0 ? 'nothing' : String(status)}`

/** Each finding as the blocks of an error: cause, evidence, what to do. */
export const findingsText = (examination: Examination, colours: Colours): string => {
  const { findings, again } = examination
  if (findings.length === 0) return `${colours.green('nothing found:')} ${answerText(examination)}\n`
  return [...findings.map((one) => findingText(one, again, colours)), `${answerText(examination)}\n`].join('\n')
}

/** As data for other programs; `version` changes when one that reads it would have to. */
export const findingsDocument = ({ host, site, url, status, findings, again }: Examination) => ({
  version: 1,
  ...{ host, site, url, status },
  findings: findings.map((finding) => ({
    ...{ rule: finding.rule, severity: finding.severity, past: finding.past, cause: finding.cause },
    evidence: finding.evidence.map(({ text, source, at }) => ({
      ...{ text, source },
      ...(at === undefined ? {} : { at: isoTime(at) }),
    })),
    remedy: finding.remedy,
    command: commandOf(finding, again),
  })),
})
