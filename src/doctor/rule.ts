import type { HostState } from '../probes/doctor.js'

/**
 * error: requests fail, or Apache will not start again. warning: something will fail, or already does for some. note:
 * harmless, and explained because people stumble over it.
 */
export type Severity = 'error' | 'warning' | 'note'

/** A command of ours that puts an end to it. */
type Repair = 'apply' | 'recover'

/** One failure that is known: how it shows, why it happens, what to do. */
export interface Rule {
  /** Permanent, like the code of an error: `sqlite-readonly`. */
  readonly id: string
  readonly severity: Severity
  /** What logs and configtest say of it, in the words of mod_wsgi 4 and 6. */
  readonly texts?: readonly RegExp[]
  /** What of the host shows it, a sentence with the fact; undefined where it is not so. */
  readonly state?: (host: HostState) => string | undefined
  /** Another line of Apache's log that belongs to it, and alone says nothing. */
  readonly also?: RegExp
  readonly cause: string
  readonly remedy: string
  readonly repair?: Repair
  /**
   * While it lasts the site does not answer, and the log tells of it at each request: what it has told of before ours is of
   * the past, and all of it is once the site answers.
   */
  readonly total?: true
  /** Seconds from one line of it to the next, where these do not come with requests. */
  readonly repeats?: number
  /** `state` says all there is to say of it now: what only the log tells of is over. */
  readonly settled?: true
  /** Seconds since 1970: older lines are of the past, because what they complain of has changed since. */
  readonly changed?: (host: HostState) => number
  /** Ids of rules of which it is only the consequence: where one of them is found, it is not told of. */
  readonly symptomOf?: readonly string[]
}

/** What was seen: a fact of the host, or a line that a log holds. */
export interface Evidence {
  readonly text: string
  /** The log, or the command that said it; none for a fact. */
  readonly source?: string
  /** Seconds since 1970. */
  readonly at?: number
}

/** A failure that the host has, or had. */
export interface Finding {
  readonly rule: string
  readonly severity: Severity
  readonly cause: string
  readonly evidence: readonly Evidence[]
  readonly remedy: string
  readonly repair?: Repair
  /** It is over: the log alone tells of it still. */
  readonly past: boolean
}
