import type { Event } from '../core/event.js'
import { sanitise } from '../core/sanitise.js'
import type { FleetCounts, FleetEvent } from '../fleet/event.js'
import { plainText } from './colour.js'
import type { HostOutcome } from './documents-schema.js'
import { countsText, outcomeText } from './fleet-words.js'
import { row, type Row } from './rows.js'
import type { Stage } from './scene.js'
import { duration, plural, wholeSeconds } from './words.js'

/** On one line, and without what would move the cursor. */
const shown = (text: string): string => sanitise(text).replace(/\s+/g, ' ').trim()

const counted: Readonly<Record<HostOutcome['state'], keyof FleetCounts>> = {
  changed: 'changed',
  same: 'same',
  failed: 'failed',
  'not begun': 'notBegun',
}

/** What a host is at, as far as an event says it. */
const doing = (event: Event): { readonly what?: string; readonly time?: string } => {
  if (event.type === 'survey.start') return { what: 'look at the host', time: '' }
  if (event.type === 'check.start') return { what: event.what, time: '' }
  if (event.type === 'step.start') return { what: event.title, time: '' }
  if (event.type === 'step.undo') return { what: `taking back ${event.subject}`, time: '' }
  const isRunning = event.type === 'check.running' || event.type === 'step.running'
  return isRunning ? { time: wholeSeconds(event.seconds) } : {}
}

/** A row for each host in flight, and one for the fleet below them, where it is always seen. */
export class FleetScene {
  readonly #hosts = new Map<string, Row>()
  #fleet: Row | undefined
  #title = ''
  #hostsInAll = 0
  #counts = { changed: 0, same: 0, failed: 0, notBegun: 0 }
  readonly #states = new Map<string, HostOutcome['state']>()
  readonly #noticed = new Set<string>()

  constructor(private readonly stage: Stage) {}

  get rows(): readonly Row[] {
    return this.#fleet === undefined ? [] : [...this.#hosts.values(), this.#fleet]
  }

  take(event: FleetEvent): void {
    switch (event.type) {
      case 'fleet.start':
        this.#begin(event.hosts)
        return this.stage.say(`${shown(event.site)} on ${plural(event.hosts, 'host')}`)
      case 'look.start':
        this.#begin(event.hosts)
        return this.#say('look at all hosts')
      case 'look.done':
        this.close()
        return this.stage.say(`looked at ${plural(this.#hostsInAll, 'host')} in ${duration(event.milliseconds)}`)
      case 'wave.start':
        return this.#say(event.wave)
      case 'wave.check':
        return this.#say(
          `${event.wave}: asked again${event.seconds === 0 ? '' : ` after ${wholeSeconds(event.seconds)}`}`,
        )
      case 'wave.done':
        return
      case 'host.start':
        this.#hosts.set(event.host, row(shown(event.host)))
        return
      case 'host.done':
        return this.#end(event.outcome)
      case 'fleet.done':
        return this.close()
      case 'event':
        return this.#takeOf(event.host, event.event)
    }
  }

  /** The run ended in the middle of what is shown. */
  fail(): void {
    if (this.#fleet !== undefined) this.#fleet.state = 'failed'
    this.close()
  }

  close(): void {
    if (this.#fleet !== undefined) this.stage.keep([])
    this.#fleet = undefined
    this.#hosts.clear()
  }

  #begin(hosts: number): void {
    this.#hostsInAll = hosts
    this.#counts = { changed: 0, same: 0, failed: 0, notBegun: 0 }
    this.#states.clear()
    this.#fleet = row('')
    this.#say('')
  }

  #say(title: string): void {
    this.#title = title
    if (this.#fleet === undefined) return
    const { changed, same, failed, notBegun } = this.#counts
    const done = changed + same + failed + notBegun
    const counts = countsText(this.#counts, plainText)
    this.#fleet.title = [
      ...(title === '' ? [] : [title]),
      `${done} of ${plural(this.#hostsInAll, 'host')} done`,
      ...(counts === '' ? [] : [counts]),
    ].join(', ')
  }

  #end(outcome: HostOutcome): void {
    this.#hosts.delete(outcome.host)
    // a canary comes to an end twice, and only the last counts
    const before = this.#states.get(outcome.host)
    if (before !== undefined) this.#counts[counted[before]]--
    this.#states.set(outcome.host, outcome.state)
    this.#counts[counted[outcome.state]]++
    if (outcome.state === 'failed') this.stage.say(shown(`${outcome.host}: ${outcomeText(outcome)}`))
    this.#say(this.#title)
  }

  #takeOf(host: string | undefined, event: Event): void {
    if (event.type === 'notice' && !this.#noticed.has(event.text)) {
      // the same is often to be noted of each host, and then the first of them speaks for all
      this.#noticed.add(event.text)
      this.stage.say(shown(host === undefined ? event.text : `${host}: ${event.text}`))
    }
    const one = host === undefined ? undefined : this.#hosts.get(host)
    if (one === undefined || host === undefined) return
    const { what, time } = doing(event)
    if (what !== undefined) one.title = shown(`${host}: ${what}`)
    if (time !== undefined) one.time = time
  }
}
