import { resolve } from 'node:path'
import type { FleetEmit, FleetEvent } from '../fleet/event.js'
import { coloursFor } from '../render/colour.js'
import { fleetJsonLines } from '../render/fleet-json-lines.js'
import { fleetPlain } from '../render/fleet-plain.js'
import type { FleetSubscriber } from '../render/fleet-subscriber.js'
import { guarded } from '../render/guarded.js'
import { appending } from '../render/log.js'
import { Pulse } from '../render/pulse.js'
import type { FleetOptions } from './options.js'
import { isLive, type Session, type Wiring } from './session.js'

/** What a command for fleets works with: as `Session`, of which the events are those that concern no host alone. */
export interface FleetSession extends Session {
  readonly tell: FleetEmit
}

/** `events`: whether `--json` means one event a line; a plan is one document instead. */
export const openFleetSession = async (
  wiring: Wiring,
  options: FleetOptions,
  { events }: { events: boolean },
): Promise<FleetSession> => {
  const { interrupts } = wiring
  const now = (): Date => wiring.io.now()
  const colours = coloursFor(wiring.io.stderr, wiring.io, options.color)
  const live = isLive(wiring.io, options)
    ? (await import('../render/fleet-live-view.js')).openFleetView(wiring.io, colours)
    : undefined
  await live?.view.ready()
  const io = live?.io ?? wiring.io
  interrupts.notice = (text) => io.stderr.write(text)

  const subscribers: FleetSubscriber[] = []
  const subscribe = (subscriber: FleetSubscriber): void =>
    void subscribers.push(guarded(subscriber, (text) => wiring.io.stderr.write(text)))
  if (options.log !== undefined) {
    const write = appending(resolve(io.cwd, options.log), (text) => io.stderr.write(text))
    subscribe(fleetJsonLines(write, now))
  }
  if (events && options.json === true) subscribe(fleetJsonLines((line) => io.stdout.write(line), now))
  else if (live !== undefined) subscribe(live.view)
  else if (options.quiet !== true) {
    subscribe(fleetPlain((line) => io.stderr.write(line), { now, output: options.verbose === true }))
  }
  const pulses = new Pulses((event) => subscribers.forEach((subscriber) => subscriber.event(event)))
  const tell: FleetEmit = (event) => {
    if (event.type === 'event') interrupts.observe(event.event, event.host)
    pulses.observe(event)
    subscribers.forEach((subscriber) => subscriber.event(event))
  }

  return {
    ...wiring,
    io,
    options,
    colours: { result: coloursFor(io.stdout, io, options.color), progress: coloursFor(io.stderr, io, options.color) },
    tell,
    emit: (event) => tell({ type: 'event', event }),
    document: () => undefined,
    ready: () => Promise.resolve(),
    whileAsking: (ask) => (live === undefined ? ask() : live.view.suspendedFor(ask)),
    failed: (errors, stack) => {
      pulses.stop()
      for (const subscriber of subscribers) subscriber.failed?.(errors, stack)
    },
  }
}

/** Tells of each host in flight what goes on in silence. */
class Pulses {
  readonly #ofHosts = new Map<string, Pulse>()

  constructor(private readonly tell: FleetEmit) {}

  observe(event: FleetEvent): void {
    if (event.type === 'host.start') {
      const { host } = event
      const pulse = new Pulse(
        (beat) => this.tell({ type: 'event', host, event: beat }),
        () => performance.now(),
      )
      this.#ofHosts.set(host, pulse)
    }
    if (event.type === 'event' && event.host !== undefined) this.#ofHosts.get(event.host)?.observe(event.event)
    if (event.type === 'host.done') {
      this.#ofHosts.get(event.outcome.host)?.stop()
      this.#ofHosts.delete(event.outcome.host)
    }
  }

  stop(): void {
    for (const pulse of this.#ofHosts.values()) pulse.stop()
    this.#ofHosts.clear()
  }
}
