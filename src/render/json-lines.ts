import type { Event } from '../core/event.js'
import { errorDocument } from './error.js'
import { changeDocument } from './plan-json.js'
import { safeJson } from '../core/sanitise.js'
import type { Subscriber } from './subscriber.js'

/** An event as data: commands are shown, not their stdin; errors are the record that all errors are. */
const eventDocument = (event: Event): object => {
  if (event.type === 'phase.undo') return { ...event, because: errorDocument(event.because) }
  if (event.type === 'step.change') return { ...event, change: changeDocument(event.change) }
  if (event.type === 'step.failed') return { ...event, error: errorDocument(event.error) }
  return event
}

/** One document a line, with its time; the names of types and fields are stable. */
export const jsonLine = (document: object, time: Date): string =>
  `${safeJson({ time: time.toISOString(), ...document })}\n`

export const jsonLines = (write: (line: string) => void, now: () => Date): Subscriber => ({
  event: (event) => write(jsonLine(eventDocument(event), now())),
  document: (document) => write(jsonLine(document, now())),
  failed: (errors) => {
    for (const error of errors) write(jsonLine({ type: 'error', ...errorDocument(error) }, now()))
  },
})
