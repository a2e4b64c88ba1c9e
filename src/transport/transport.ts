import { isSource, type Answer, type Command, type RunAs, type Stdin } from '../core/command.js'
import { Secret } from '../core/secret.js'

/** Larger than this, a command's stdin goes by a channel of its own. */
const largestInline = 256 * 1024

/** Whether its end is the end of a channel: that of a line that is cut looks the same to the command. */
export const isStreamed = (stdin: Stdin): boolean => {
  if (isSource(stdin)) return true
  const content = stdin instanceof Secret ? stdin.reveal() : stdin
  return Buffer.byteLength(content) > largestInline
}

/** The same command, with a stream that is known to be short read already, so that it need not be sent by itself. */
export const withShortStream = async (command: Command): Promise<Command> => {
  const { stdin } = command
  if (!isSource(stdin) || stdin.bytes === undefined || stdin.bytes > largestInline) return command
  const pieces: Buffer[] = []
  let bytes = 0
  for await (const piece of stdin.open()) {
    const read = Buffer.from(piece as string | Uint8Array)
    bytes += read.length
    // the length was a forecast
    if (bytes > largestInline) return command
    pieces.push(read)
  }
  return { ...command, stdin: Buffer.concat(pieces) }
}

/** A piece of shell that only reads; all pieces of a batch are asked in one round trip. */
export interface ShellQuestion {
  readonly sh: string
  readonly as: RunAs
}

/** That a command changes the host: it runs only while its run holds the lock, and only once. */
export interface Mark {
  /** What the holder of the lock is known by. */
  readonly lock: string
  /** Of this command in the run; sent again after a lost connection it is the same. */
  readonly number: number
  /** What is in the journal, on disk, before the command begins. */
  readonly note?: string
}

export interface RunOptions {
  readonly mark?: Mark
  /** Called with each piece of output while the command runs, decoded from UTF-8. */
  readonly onOutput?: (text: string, stream: 'stdout' | 'stderr') => void
  /** Called while a command's stdin is sent, with the bytes that the line has taken so far. */
  readonly onSent?: (bytes: number) => void
}

/** One of several commands that are sent at once. */
export interface SequencedRun {
  /** Its stdin is no stream, and without a mark it is root's. */
  readonly command: Command
  readonly options?: RunOptions
}

/**
 * What becomes of commands that were sent at once. Each begins only when the one before it has ended with 0; what follows
 * one that has not never runs, and its answer says nothing.
 */
export interface Sequence {
  readonly answers: readonly Promise<Answer>[]
  /** Of the questions that follow, where all commands have ended with 0. */
  readonly looked: Promise<readonly Answer[]>
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
  /**
   * Several commands, and then questions to root, in one round trip. Missing: it cannot do that, and they are to be given
   * one by one.
   */
  sequence?(runs: readonly SequencedRun[], questions: readonly ShellQuestion[]): Sequence
  /** That commands as root will follow: what they run in is opened. Nothing is to be waited for. */
  prepare?(): void
  /** Follows a command that outlived the connection it was started by to its end; `job` as the host names it. */
  attach(job: string, options?: RunOptions): Promise<Answer>
  /** After a loss: tries again for a while. What was open before is gone. */
  reconnect(): Promise<void>
  close(): Promise<void>
}
