import type { Answer, Command, RunAs } from '../core/command.js'

/** A piece of shell that only reads; all pieces of a batch are asked in one round trip. */
export interface ShellQuestion {
  readonly sh: string
  readonly as: RunAs
}

export interface RunOptions {
  /** Called with each piece of output while the command runs (decoded UTF-8, stdout and stderr alike). */
  readonly onOutput?: (text: string) => void
}

/** Counted for the benchmark and for the promise of one round trip. */
export interface TransportCounts {
  readonly connections: number
  readonly batches: number
  readonly commands: number
}

/** The only door to a host. Every await has a deadline; a lost connection is `CONNECTION_LOST`, never an answer. */
export interface Transport {
  /** As shown to people: `vagrant@10.0.3.7`. */
  readonly target: string
  readonly counts: TransportCounts
  /** All questions, each in a shell of its own with stdin from /dev/null, in one round trip; answers in their order. */
  ask(questions: readonly ShellQuestion[]): Promise<readonly Answer[]>
  run(command: Command, options?: RunOptions): Promise<Answer>
  close(): Promise<void>
}
