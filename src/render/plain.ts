import type { Event } from '../core/event.js'
import { sanitise, visible } from '../core/sanitise.js'
import type { Subscriber } from './subscriber.js'
import { duration, plural, waitingWords, wholeSeconds, worthTelling } from './words.js'

/** What is told of an event; undefined: nothing, for other events tell it. */
const message = (event: Event): string | undefined => {
  switch (event.type) {
    case 'run.start':
      return `site ${event.site} on ${event.host}`
    case 'notice':
      return `note: ${event.text}`
    case 'survey.done':
      return `survey: ${plural(event.questions, 'question')} answered in ${duration(event.milliseconds)}`
    case 'check.done':
      return event.milliseconds < worthTelling ? undefined : `${event.what}: done in ${duration(event.milliseconds)}`
    case 'check.running':
      return `${event.what}: still running, ${wholeSeconds(event.seconds)}`
    case 'phase.start':
      return `phase ${event.phase}`
    case 'phase.done':
      return `phase ${event.phase}: done in ${duration(event.milliseconds)}`
    case 'phase.undo':
      return `phase ${event.phase}: undoing it, because of ${event.because.code}: ${event.because.fault.what}`
    case 'phase.undone':
      return `phase ${event.phase}: undone in ${duration(event.milliseconds)}${event.subjects.map((subject) => `, ${subject}`).join('')}`
    case 'step.start':
      return `${event.step}: ${event.title}`
    case 'step.same':
      return `${event.step}: already so`
    case 'step.change': {
      const { kind, subject, reason } = event.change
      return `${event.step}: ${kind} ${subject}${reason === undefined ? '' : ` (${reason})`}`
    }
    case 'step.waiting':
      return `${event.step}: ${waitingWords(event)}`
    case 'step.notice':
      return `${event.step}: ${event.notice}`
    case 'step.running': {
      const { step, seconds, percent, line } = event
      const far = percent === undefined ? '' : `, ${Math.floor(percent)} %`
      return `${step}: still running, ${wholeSeconds(seconds)}${far}${line === undefined ? '' : `: ${line}`}`
    }
    case 'step.done':
      return `${event.step}: done in ${duration(event.milliseconds)}`
    case 'step.failed':
      return `${event.step}: failed after ${duration(event.milliseconds)}, ${event.error.code}: ${event.error.fault.what}`
    case 'step.undo':
      return `${event.step}: taking back ${event.subject}`
    case 'step.undone': {
      const { step, subject, complete } = event
      return `${step}: ${complete ? 'took' : 'could not take'} back ${subject}, ${duration(event.milliseconds)}`
    }
    case 'run.done':
      return `done: ${plural(event.changes, 'change')} in ${duration(event.milliseconds)}`
    case 'survey.start':
    case 'check.start':
    case 'step.command':
    case 'step.output':
    case 'step.progress':
      return undefined
  }
}

/** What commands are, and what they print: only for those who asked for it. */
const verbose = (event: Event): string | undefined => {
  if (event.type === 'step.command') return `${event.step}${event.as === 'root' ? '#' : '$'} ${event.run}`
  if (event.type === 'step.output') return `${event.step}| ${event.text}`
  return undefined
}

/** Local time of the reader, `20:13:05`. */
export const clock = (time: Date): string =>
  [time.getHours(), time.getMinutes(), time.getSeconds()].map((part) => String(part).padStart(2, '0')).join(':')

const fromHost: readonly Event['type'][] = ['notice', 'step.output', 'step.running', 'step.waiting', 'step.notice']

export interface PlainOptions {
  readonly now: () => Date
  /** Shows commands and their output too. */
  readonly output: boolean
}

/** What is told of an event, on one line; undefined: nothing. `output`: of commands and what they print, too. */
export const plainLine = (event: Event, output: boolean): string | undefined => {
  // a command of several lines is still one line; what the host says is cleaned, everything else shown as it is
  const line = (message(event) ?? (output ? verbose(event) : undefined))?.replaceAll('\n', ' ')
  if (line === undefined) return undefined
  return fromHost.includes(event.type) ? sanitise(line) : visible(line)
}

/** One line an event, for logs of CI and for terminals without a live view. */
export const plain = (write: (line: string) => void, { now, output }: PlainOptions): Subscriber => ({
  event: (event) => {
    const line = plainLine(event, output)
    if (line !== undefined) write(`${clock(now())} ${line}\n`)
  },
})
