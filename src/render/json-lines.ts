import type { Event } from '../core/event.js'
import { errorDocument } from './error.js'
import type { EventDocument } from './events-schema.js'
import { changeDocument } from './plan-json.js'
import { safeJson } from '../core/sanitise.js'
import type { Subscriber } from './subscriber.js'

/** An event as data: commands are shown, not their stdin; errors are the record that all errors are. */
export const eventDocument = (event: Event): EventDocument => {
  if (event.type === 'phase.undo') return { ...event, because: errorDocument(event.because) }
  if (event.type === 'step.change') return { ...event, change: changeDocument(event.change) }
  if (event.type === 'step.failed') return { ...event, error: errorDocument(event.error) }
  return event
}

/** Nobody wants to read more of a duration. */
const rounded = (document: EventDocument): EventDocument =>
  'milliseconds' in document ? { ...document, milliseconds: Math.round(document.milliseconds) } : document

/** One document a line, with its time; the names of types and fields are stable. */
export const jsonLine = (document: EventDocument, time: Date): string =>
  `${safeJson({ time: time.toISOString(), ...rounded(document) })}\n`

export const jsonLines = (write: (line: string) => void, now: () => Date): Subscriber => ({
  event: (event) => write(jsonLine(eventDocument(event), now())),
  document: (document) => write(jsonLine(document, now())),
  failed: (errors) => {
    for (const error of errors) write(jsonLine({ type: 'error', ...errorDocument(error) }, now()))
  },
})
