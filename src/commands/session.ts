import { resolve } from 'node:path'
import type { Emit, Event } from '../core/event.js'
import type { DeployError } from '../errors.js'
import type { Annotations } from '../render/annotations.js'
import { coloursFor, type Colours } from '../render/colour.js'
import type { EventDocument } from '../render/events-schema.js'
import { guarded } from '../render/guarded.js'
import { jsonLines } from '../render/json-lines.js'
import { logFile } from '../render/log.js'
import type { Io } from '../render/out.js'
import { plain } from '../render/plain.js'
import { Pulse } from '../render/pulse.js'
import { sparing } from '../render/sparing.js'
import type { Subscriber } from '../render/subscriber.js'
import type { Interruption, Interrupts } from './interrupts.js'
import type { CommonOptions } from './options.js'
import type { Services } from './services.js'

/** What a command works with: its options, where its text goes, and who listens to the run. */
export interface Session {
  readonly io: Io
  readonly options: CommonOptions
  readonly services: Services
  readonly interrupts: Interruption
  readonly annotations: Annotations
  /** Colours for results (stdout) and for progress (stderr). */
  readonly colours: { readonly result: Colours; readonly progress: Colours }
  readonly emit: Emit
  /** A line of `--json` that is not an event of the engine. */
  readonly document: (document: EventDocument) => void
  /** Before the changes begin: whoever shows them has loaded what that takes. */
  readonly ready: () => Promise<void>
  /** While a person is being asked nothing else is shown, and no time is counted. */
  readonly whileAsking: <T>(ask: () => Promise<T>) => Promise<T>
  readonly failed: (errors: readonly DeployError[], stack: string | undefined) => void
}

export interface Wiring {
  readonly io: Io
  readonly annotations: Annotations
  readonly services: Services
  readonly interrupts: Interrupts
}

/** `events`: whether `--json` means one event a line; a plan is one document instead. */
export const openSession = async (
  wiring: Wiring,
  options: CommonOptions,
  { events }: { events: boolean },
): Promise<Session> => {
  const { interrupts } = wiring
  const now = (): Date => wiring.io.now()
  const live = isLive(wiring.io, options)
    ? (await import('../render/live-view.js')).openLiveView(
        wiring.io,
        coloursFor(wiring.io.stderr, wiring.io, options.color),
      )
    : undefined
  const io = live?.io ?? wiring.io
  interrupts.notice = (text) => io.stderr.write(text)

  const subscribers: Subscriber[] = []
  const subscribe = (subscriber: Subscriber): void =>
    void subscribers.push(guarded(subscriber, (text) => wiring.io.stderr.write(text)))
  if (options.log !== undefined) {
    const log = logFile(resolve(io.cwd, options.log), now, (text) => io.stderr.write(text))
    subscribe(sparing(log))
  }
  if (events && options.json === true) subscribe(sparing(jsonLines((line) => io.stdout.write(line), now)))
  else if (live !== undefined) subscribe(live.view)
  else if (options.quiet !== true) {
    subscribe(sparing(plain((line) => io.stderr.write(line), { now, output: options.verbose === true })))
  }
  const tell = (event: Event): void => subscribers.forEach((subscriber) => subscriber.event(event))
  const pulse = new Pulse(tell, () => performance.now())

  return {
    ...wiring,
    io,
    options,
    colours: {
      result: coloursFor(io.stdout, io, options.color),
      progress: coloursFor(io.stderr, io, options.color),
    },
    emit: (event) => {
      interrupts.observe(event)
      pulse.observe(event)
      tell(event)
    },
    document: (document) => subscribers.forEach((subscriber) => subscriber.document?.(document)),
    ready: async () => live?.view.ready(),
    whileAsking: (ask) => pulse.suspendedFor(live === undefined ? ask : () => live.view.suspendedFor(ask)),
    failed: (errors, stack) => {
      pulse.stop()
      for (const subscriber of subscribers) subscriber.failed?.(errors, stack)
    },
  }
}

export const isLive = ({ stdout, stderr, env }: Io, { json, quiet, verbose }: CommonOptions): boolean =>
  stdout.isTTY && stderr.isTTY && env['TERM'] !== 'dumb' && json !== true && quiet !== true && verbose !== true
