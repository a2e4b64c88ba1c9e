import { visible } from '../core/sanitise.js'
import type { Event } from '../core/event.js'
import type { FleetEvent } from '../fleet/event.js'
import { plainText } from './colour.js'
import type { FleetSubscriber } from './fleet-subscriber.js'
import { countsText, outcomeText } from './fleet-words.js'
import { clock, plainLine, type PlainOptions } from './plain.js'
import { sparing } from './sparing.js'
import { duration, plural, wholeSeconds } from './words.js'

/** What is told of the fleet itself; undefined: nothing. */
const message = (event: FleetEvent): string | undefined => {
  switch (event.type) {
    case 'fleet.start':
      return `site ${event.site} on ${plural(event.hosts, 'host')}`
    case 'look.start':
      return `looking at ${plural(event.hosts, 'host')}`
    case 'look.done':
      return `looked at all of them in ${duration(event.milliseconds)}`
    case 'wave.start':
      return `${event.wave}: ${plural(event.hosts, 'host')}, ${event.atOnce} at the same time`
    case 'wave.check':
      return `${event.wave}: asking ${plural(event.hosts, 'site')} again${event.seconds === 0 ? '' : ` in ${wholeSeconds(event.seconds)}`}`
    case 'wave.done':
      return `${event.wave}: ${event.passed ? 'passed' : 'failed, so nothing follows'}`
    case 'host.done':
      return `${visible(event.outcome.host)}: ${outcomeText(event.outcome)}`
    case 'fleet.done':
      return `done: ${countsText(event.hosts, plainText)} in ${duration(event.milliseconds)}`
    case 'host.start':
    case 'event':
      return undefined
  }
}

/** Of a thousand hosts nobody wants to read more, unless it was asked for: what changes, what lasts, what fails. */
const told: readonly Event['type'][] = [
  ...(['notice', 'check.running', 'phase.undo', 'phase.undone'] as const),
  ...(['step.change', 'step.waiting', 'step.notice', 'step.running', 'step.failed', 'step.undone'] as const),
]

/** One line an event, with its host in front: for logs of CI and for terminals without a live view. */
export const fleetPlain = (write: (line: string) => void, { now, output }: PlainOptions): FleetSubscriber => {
  const say = (line: string): void => write(`${clock(now())} ${line.replaceAll('\n', ' ')}\n`)
  const noticed = new Set<string>()
  const tellerOf = (host: string | undefined) =>
    sparing({
      event: (event: Event) => {
        // the same is often to be noted of each host, and then the first of them speaks for all
        if (event.type === 'notice') {
          if (noticed.has(event.text)) return
          noticed.add(event.text)
        }
        if (host !== undefined && !output && !told.includes(event.type)) return
        const line = plainLine(event, output)
        if (line !== undefined) say(host === undefined ? line : `${visible(host)}: ${line}`)
      },
    })
  const tellers = new Map<string | undefined, ReturnType<typeof tellerOf>>()
  return {
    event: (event) => {
      if (event.type === 'event') {
        const teller = tellers.get(event.host) ?? tellerOf(event.host)
        tellers.set(event.host, teller)
        teller.event(event.event)
        return
      }
      if (event.type === 'host.done') tellers.delete(event.outcome.host)
      const line = message(event)
      if (line !== undefined) say(line)
    },
  }
}
