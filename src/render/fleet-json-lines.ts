import type { FleetEvent } from '../fleet/event.js'
import type { EventDocument } from './events-schema.js'
import type { FleetSubscriber } from './fleet-subscriber.js'
import { eventDocument, jsonLine, jsonLines } from './json-lines.js'

const documentOf = (event: FleetEvent): EventDocument => {
  if (event.type === 'host.start') return { type: event.type, hostName: event.host }
  if (event.type === 'host.done') return { ...event, hostName: event.outcome.host }
  if (event.type !== 'event') return event
  const document = eventDocument(event.event)
  return event.host === undefined ? document : { hostName: event.host, ...document }
}

/** One document a line, each with its host. */
export const fleetJsonLines = (write: (line: string) => void, now: () => Date): FleetSubscriber => {
  const { failed } = jsonLines(write, now)
  return {
    event: (event) => write(jsonLine(documentOf(event), now())),
    ...(failed === undefined ? {} : { failed }),
  }
}
