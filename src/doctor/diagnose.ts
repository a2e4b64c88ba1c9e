import type { HostState, Logged } from '../probes/doctor.js'
import { isHealthy } from './facts.js'
import type { Evidence, Finding, Rule } from './rule.js'
import { rules } from './rules.js'

/** What is judged: the host as it is, what its logs say, and by which words a shared log speaks of the site. */
export interface Examined {
  readonly host: HostState
  readonly names: readonly string[]
}

/** A log that sites share tells of this one only where it names something of it. */
const concerns = ({ shared }: Logged, text: string, names: readonly string[]): boolean =>
  !shared || names.some((name) => text.includes(name))

const matching = (logs: readonly Logged[], fits: (text: string, log: Logged) => boolean): Evidence | undefined =>
  logs
    .flatMap((log) => {
      const line = log.lines.findLast(({ text }) => fits(text, log))
      return line === undefined ? [] : [{ ...line, source: log.source }]
    })
    .sort((one, other) => (other.at ?? Infinity) - (one.at ?? Infinity))[0]

const isPast = (rule: Rule, line: Evidence, host: HostState): boolean => {
  // what was said just now, by configtest, has no time
  if (line.at === undefined) return false
  const since = Math.max(host.loaded ?? 0, rule.changed?.(host) ?? 0)
  // of an Apache that does not run its state alone says why
  return !host.apache.running || rule.settled === true || line.at < since || (rule.total === true && isHealthy(host))
}

const findingOf = (rule: Rule, { host, names }: Examined): Finding | undefined => {
  const told = rule.state?.(host)
  const line = matching(
    host.logs,
    (text, log) =>
      (rule.texts ?? []).some((pattern) => pattern.test(text)) &&
      (rule.severity === 'note' || concerns(log, text, names)),
  )
  if (told === undefined && line === undefined) return undefined
  const { also } = rule
  const beside = also === undefined || line === undefined ? undefined : matching(host.logs, (text) => also.test(text))
  const evidence = [
    ...(told === undefined ? [] : [{ text: told }]),
    ...(line === undefined ? [] : [line]),
    ...(beside === undefined || beside.text === line?.text ? [] : [beside]),
  ]
  const { id, severity, cause, remedy, repair } = rule
  const past = told === undefined && line !== undefined && isPast(rule, line, host)
  return { rule: id, severity, cause, evidence, remedy, ...(repair === undefined ? {} : { repair }), past }
}

const order = ['error', 'warning', 'note']

const lastAt = ({ evidence }: Finding): number => Math.max(0, ...evidence.map(({ at }) => at ?? 0))

/** What is over explains what the log has told of until then, and nothing of later. */
const explains = (cause: Finding, symptom: Finding): boolean =>
  !cause.past || symptom.past || lastAt(symptom) <= lastAt(cause) + 1

/** Every failure of the host once, the graver and the more specific first; what another one explains is left out. */
export const diagnoseAll = (examined: Examined): readonly Finding[] => {
  const found = rules.flatMap((rule) => {
    const finding = findingOf(rule, examined)
    return finding === undefined ? [] : [{ symptomOf: rule.symptomOf ?? [], finding }]
  })
  return found
    .filter(
      ({ symptomOf, finding }) =>
        !found.some((other) => symptomOf.includes(other.finding.rule) && explains(other.finding, finding)),
    )
    .map(({ finding }) => finding)
    .sort((one, other) => order.indexOf(one.severity) - order.indexOf(other.severity))
}

/** Something is to be done, now. */
export const isTrouble = ({ past, severity }: Finding): boolean => !past && severity !== 'note'
