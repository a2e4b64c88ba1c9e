import { setMaxListeners } from 'node:events'
import { sanitise } from '../core/sanitise.js'
import type { Connection } from '../core/site.js'
import { DeployError } from '../errors.js'
import { failedOutcome, notBegun, type HostOutcome } from '../fleet/outcome.js'
import type { HostTask } from '../fleet/run-host.js'
import { plainText } from '../render/colour.js'
import type { EventDocument } from '../render/events-schema.js'
import { Tally } from '../render/tally.js'
import type { Ask } from '../transport/ask.js'
import type { Transport } from '../transport/transport.js'
import { Dialling } from './dialling.js'
import { failureOf } from './failures.js'
import { logIn } from './look.js'
import type { Session } from './session.js'

/** What a host has to work with while it is its turn. */
export interface HostTurn {
  /** As the commands for one host have it; what they print is not shown, and nobody is asked but by the fleet. */
  readonly session: Session
  /** The connection never outlives the turn. */
  readonly connect: (connection: Connection) => Promise<Transport>
}

export interface TurnOptions {
  /** How long it may take. */
  readonly seconds: number
  /** Answers what the host needs a person for. */
  readonly ask: Ask
  /** Told what the command of one host tells besides its events. */
  readonly document?: (document: EventDocument) => void
}

/** What came of the work, or what the host has come to without it. */
export type Turned<T> = { readonly done: T } | { readonly outcome: HostOutcome }

/** One host's turn. Never rejects: what goes wrong on one host is nobody else's business. */
export const inTurn = async <T>(
  session: Session,
  { host, signal, emit }: HostTask,
  { seconds, ask, document = () => undefined }: TurnOptions,
  work: (turn: HostTurn) => Promise<T>,
): Promise<Turned<T>> => {
  const started = performance.now()
  const stopped = new AbortController()
  const tally = new Tally()
  let isChanging = false
  let isLate = false
  const own: Session = {
    ...silent(session),
    services: { ...session.services, ask },
    interrupts: {
      signal: stopped.signal,
      exitCode: (otherwise) => otherwise,
      whileApplying: (change) => {
        isChanging = true
        return change()
      },
      whileWatching: (watch) => watch(stopped.signal),
    },
    emit: (event) => {
      tally.take(event)
      emit(event)
    },
    document,
  }
  const notices = { isTTY: false, write: (text: string) => own.emit({ type: 'notice', text: sanitise(text).trim() }) }
  const turn: Session = { ...own, io: { ...own.io, stderr: notices } }
  const dialling = new Dialling(turn)
  const stop = (): void => {
    stopped.abort()
    // whoever changes something ends it well; whoever only looks is not waited for
    if (!isChanging) void dialling.end().catch(() => undefined)
  }
  const timer = setTimeout(() => {
    isLate = true
    stop()
  }, seconds * 1_000)
  // one listener for each host in flight is no leak
  setMaxListeners(0, signal)
  signal.addEventListener('abort', stop)
  try {
    if (signal.aborted) return { outcome: notBegun(host.name) }
    const connect = (connection: Connection): Promise<Transport> => {
      dialling.begin(connection)
      return logIn(turn, dialling)
    }
    return { done: await work({ session: turn, connect }) }
  } catch (thrown) {
    if (signal.aborted && !isChanging) return { outcome: notBegun(host.name) }
    const errors = isLate ? ([tooSlow(seconds, thrown)] as const) : errorsOf(thrown)
    const changes = tally.phases.flatMap((phase) => phase.changes).length
    return { outcome: failedOutcome(host.name, errors, { changes, milliseconds: performance.now() - started }) }
  } finally {
    clearTimeout(timer)
    signal.removeEventListener('abort', stop)
    await dialling.end().catch(() => undefined)
  }
}

const silent = (session: Session): Session => ({
  ...session,
  io: { ...session.io, stdout: { isTTY: false, write: () => undefined } },
  colours: { result: plainText, progress: plainText },
  annotations: { ...session.annotations, errors: () => undefined, warning: () => undefined },
  ready: () => Promise.resolve(),
  failed: () => undefined,
})

/** A bug of ours is reported with what its stack says: there is no other place for that here. */
const errorsOf = (thrown: unknown): readonly [DeployError, ...DeployError[]] => {
  const { errors, stack } = failureOf(thrown)
  const [first, ...others] = errors
  return stack === undefined ? errors : [first.with({ evidence: stack }), ...others]
}

const tooSlow = (seconds: number, thrown: unknown): DeployError => {
  const [{ fault, code }] = failureOf(thrown).errors
  return new DeployError(
    'HOST_TOO_SLOW',
    {
      what: `the host was not done after ${seconds} seconds; what the running phase had changed was taken back`,
      evidence: `${code}: ${fault.what}`,
      remedy: 'see what keeps the host, or give it more time with --host-seconds; then: fleet apply --retry-failed',
    },
    { cause: thrown },
  )
}
