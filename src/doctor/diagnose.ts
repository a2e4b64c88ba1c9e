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

/** Lines of the daemon itself, not of Apache about a visitor of it. */
const ofDaemon = /\[wsgi:\w+\] \[pid (\d+)(?::tid \d+)?\] (?!.*\[client )/

/** Apache tells of the end of a process by its number alone: the log of the site shows whose that was. */
const endsOf = (logs: readonly Logged[]): readonly string[] => {
  const own = logs.filter(({ shared }) => !shared).flatMap(({ lines }) => lines)
  const pids = new Set(own.flatMap(({ text }) => ofDaemon.exec(text)?.[1] ?? []))
  return [...pids].map((pid) => `child pid ${pid} exit signal`)
}

const matching = (logs: readonly Logged[], fits: (text: string, log: Logged) => boolean): Evidence | undefined =>
  logs
    .flatMap((log) => {
      const line = log.lines.findLast(({ text }) => fits(text, log))
      return line === undefined ? [] : [{ ...line, source: log.source }]
    })
    .sort((one, other) => (other.at ?? Infinity) - (one.at ?? Infinity))[0]

/** Between the clock of a log and that of the question. */
const tolerance = 1

const isPast = (rule: Rule, line: Evidence, host: HostState): boolean => {
  // what was said just now, by configtest, has no time
  if (line.at === undefined) return false
  // of an Apache that does not run its state alone says why
  if (!host.apache.running || rule.settled === true) return true
  if (line.at < Math.max(host.loaded ?? 0, rule.changed?.(host) ?? 0)) return true
  return rule.total === true && (isHealthy(host) || line.at < host.asked - tolerance - (rule.repeats ?? 0))
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
  const isOver = line === undefined || isPast(rule, line, host)
  const { also } = rule
  const beside = also === undefined || line === undefined ? undefined : matching(host.logs, (text) => also.test(text))
  const lines = [line, beside === undefined || beside.text === line?.text ? undefined : beside]
  const evidence = [
    ...(told === undefined ? [] : [{ text: told }]),
    // beside a fact of now, what is over would only confuse
    ...(told !== undefined && isOver ? [] : lines.filter((one) => one !== undefined)),
  ]
  const { id, severity, cause, remedy, repair } = rule
  return {
    ...{ rule: id, severity, cause, evidence, remedy, past: told === undefined && isOver },
    ...(repair === undefined ? {} : { repair }),
  }
}

const order = ['error', 'warning', 'note']

const lastAt = ({ evidence }: Finding): number => Math.max(0, ...evidence.map(({ at }) => at ?? 0))

interface Found {
  readonly rule: Rule
  readonly finding: Finding
}

/**
 * What is over explains what the log has told of until then, and nothing of later. What is thought to be over only
 * because the site answers explains nothing that is not.
 */
const explains = ({ rule, finding }: Found, symptom: Finding): boolean => {
  if (!finding.past || symptom.past) return true
  return rule.total !== true && lastAt(symptom) <= lastAt(finding) + 1
}

/** Every failure of the host once, the graver and the more specific first; what another one explains is left out. */
export const diagnoseAll = ({ host, names }: Examined): readonly Finding[] => {
  const examined = { host, names: [...names, ...endsOf(host.logs)] }
  const found = rules.flatMap((rule) => {
    const finding = findingOf(rule, examined)
    return finding === undefined ? [] : [{ rule, finding }]
  })
  return found
    .filter(
      ({ rule: { symptomOf = [] }, finding }) =>
        !found.some((other) => symptomOf.includes(other.rule.id) && explains(other, finding)),
    )
    .map(({ finding }) => finding)
    .sort((one, other) => order.indexOf(one.severity) - order.indexOf(other.severity))
}

/** Something is to be done, now. */
export const isTrouble = ({ past, severity }: Finding): boolean => !past && severity !== 'note'
