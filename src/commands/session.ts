import { resolve } from 'node:path'
import type { Emit, Event } from '../core/event.js'
import type { DeployError } from '../errors.js'
import type { Annotations } from '../render/annotations.js'
import { coloursFor, type Colours } from '../render/colour.js'
import { jsonLine, jsonLines } from '../render/json-lines.js'
import { logFile } from '../render/log.js'
import type { Io } from '../render/out.js'
import { plain } from '../render/plain.js'
import type { Subscriber } from '../render/subscriber.js'
import type { Interrupts } from './interrupts.js'
import type { CommonOptions } from './options.js'
import type { Services } from './services.js'

/** What a command works with: its options, where its text goes, and who listens to the run. */
export interface Session {
  readonly io: Io
  readonly options: CommonOptions
  readonly services: Services
  readonly interrupts: Interrupts
  readonly annotations: Annotations
  /** Colours for results (stdout) and for progress (stderr). */
  readonly colours: { readonly result: Colours; readonly progress: Colours }
  readonly renderer: 'default' | 'silent'
  readonly emit: Emit
  /** A line of `--json` that is not an event of the engine. */
  readonly document: (document: object) => void
  readonly failed: (errors: readonly DeployError[], stack: string | undefined) => void
}

export interface Wiring {
  readonly io: Io
  readonly annotations: Annotations
  readonly services: Services
  readonly interrupts: Interrupts
}

/** The live view of a pipeline begins after these; a line each tells that something goes on. */
const beforeTheLiveView: readonly Event['type'][] = ['run.start', 'survey.done']

/** `events`: whether `--json` means one event a line; a plan is one document instead. */
export const openSession = (wiring: Wiring, options: CommonOptions, { events }: { events: boolean }): Session => {
  const { io } = wiring
  const asEvents = events && options.json === true
  const live = isLive(io, options)
  const now = (): Date => io.now()
  const subscribers: Subscriber[] = []
  if (options.log !== undefined)
    subscribers.push(logFile(resolve(io.cwd, options.log), now, (text) => io.stderr.write(text)))
  if (asEvents) subscribers.push(jsonLines((line) => io.stdout.write(line), now))
  else if (options.quiet !== true) {
    const only = live ? { only: beforeTheLiveView } : {}
    subscribers.push(plain((line) => io.stderr.write(line), { now, output: options.verbose === true, ...only }))
  }
  return {
    ...wiring,
    options,
    colours: {
      result: coloursFor(io.stdout, io, options.color),
      progress: coloursFor(io.stderr, io, options.color),
    },
    renderer: live ? 'default' : 'silent',
    emit: (event) => {
      wiring.interrupts.observe(event)
      for (const subscriber of subscribers) subscriber.event(event)
    },
    document: (document) => {
      if (asEvents) io.stdout.write(jsonLine(document, now()))
    },
    failed: (errors, stack) => {
      for (const subscriber of subscribers) subscriber.failed?.(errors, stack)
    },
  }
}

const isLive = ({ stdout, stderr, env }: Io, { json, quiet, verbose }: CommonOptions): boolean =>
  stdout.isTTY && stderr.isTTY && env['TERM'] !== 'dumb' && json !== true && quiet !== true && verbose !== true
