import type { Readable } from 'node:stream'
import type { ProgressReader } from './progress.js'
import type { Secret } from './secret.js'

/** Who a command runs as on the host: the account that logged in, or root. */
export type RunAs = 'login' | 'root'

/** A stream made anew each time it is needed, so that a command can be tried again. `bytes` is for progress only. */
export interface Source {
  readonly name: string
  readonly bytes?: number
  open(): Readable
}

/** What a command reads: text, bytes, a secret, or a stream. */
export type Stdin = string | Uint8Array | Secret | Source

export const isSource = (stdin: Stdin | undefined): stdin is Source =>
  typeof stdin === 'object' && 'open' in stdin && typeof stdin.open === 'function'

/** What runs on the host: an argv (never a line of shell), so that every value is quoted in one place. */
export interface Command {
  readonly argv: readonly [string, ...string[]]
  readonly as: RunAs
  readonly stdin?: Stdin
  /** Seconds after which the command is stopped and counts as failed. Default: 120. */
  readonly seconds?: number
  /**
   * It goes on when the connection is lost, and is found again: for what must not be cut off in the middle (apt, pip).
   * Only of root's, and never with a secret on its stdin, which is kept in a file of root's meanwhile.
   */
  readonly lasting?: boolean
  /** A person reads what it prints, as much as it may be, and nothing here keeps it. Default: false. */
  readonly endless?: boolean
  /** Shown instead of the argv where that is a script of ours. */
  readonly label?: string
  /** Tells how far it is, from what it prints. */
  readonly progress?: ProgressReader
}

/** One that reads nothing, so that all of it can be written down on the host, for a later run to run it. */
export interface InputlessCommand extends Command {
  readonly stdin?: never
}

/** What a command, or a question, came to. */
export interface Answer {
  readonly stdout: string
  readonly stderr: string
  readonly exitCode: number
}

/**
 * A command that runs as root.
 *
 * @param argv the program and its arguments; none of them is read by a shell
 */
export const root = (...argv: [string, ...string[]]): InputlessCommand => ({ argv, as: 'root' })

/**
 * A command that runs as the account that logged in.
 *
 * @param argv the program and its arguments; none of them is read by a shell
 */
export const login = (...argv: [string, ...string[]]): InputlessCommand => ({ argv, as: 'login' })
