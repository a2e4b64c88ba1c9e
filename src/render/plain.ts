import type { Event } from '../core/event.js'
import { sanitise, visible } from '../core/sanitise.js'
import type { Subscriber } from './subscriber.js'
import { duration, plural } from './words.js'

const message = (event: Event): string => {
  switch (event.type) {
    case 'run.start':
      return `site ${event.site} on ${event.host}`
    case 'survey.done':
      return `survey: ${plural(event.questions, 'question')} answered in ${duration(event.milliseconds)}`
    case 'phase.start':
      return `phase ${event.phase}`
    case 'phase.done':
      return `phase ${event.phase}: done`
    case 'phase.undo':
      return `phase ${event.phase}: undoing it, because of ${event.because.code}: ${event.because.fault.what}`
    case 'phase.undone':
      return `phase ${event.phase}: undone${event.subjects.map((subject) => `, ${subject}`).join('')}`
    case 'step.start':
      return `${event.step}: ${event.title}`
    case 'step.same':
      return `${event.step}: already so`
    case 'step.change': {
      const { kind, subject, reason } = event.change
      return `${event.step}: ${kind} ${subject}${reason === undefined ? '' : ` (${reason})`}`
    }
    case 'step.output':
      return event.text
    case 'step.done':
      return `${event.step}: done in ${duration(event.milliseconds)}`
    case 'step.failed':
      return `${event.step}: failed, ${event.error.code}: ${event.error.fault.what}`
    case 'run.done':
      return `done: ${plural(event.changes, 'change')} in ${duration(event.milliseconds)}`
  }
}

/** Local time of the reader, `20:13:05`. */
const clock = (time: Date): string =>
  [time.getHours(), time.getMinutes(), time.getSeconds()].map((part) => String(part).padStart(2, '0')).join(':')

interface Options {
  readonly now: () => Date
  /** Shows the output of commands too. */
  readonly output: boolean
  /** Only these events; the live view on a terminal tells the others. */
  readonly only?: readonly Event['type'][]
}

/** One line an event, for logs of CI and for terminals without a live view. */
export const plain = (write: (line: string) => void, { now, output, only }: Options): Subscriber => {
  // output arrives in pieces that end anywhere: a line is shown when it is whole
  const rests = new Map<string, string>()
  const line = (text: string): void => write(`${clock(now())} ${text}\n`)

  const pieces = (step: string, text: string): void => {
    const lines = `${rests.get(step) ?? ''}${text}`.split('\n')
    rests.set(step, lines.pop() ?? '')
    for (const whole of lines) {
      // of a progress bar that overwrites itself, what would be left on the screen
      const seen = sanitise(whole.replace(/\r+$/, '').replace(/^[^]*\r/, ''))
      if (seen.trim() !== '') line(`${step}| ${seen}`)
    }
  }

  const flush = (step: string): void => {
    if ((rests.get(step) ?? '') !== '') pieces(step, '\n')
  }

  return {
    event: (event) => {
      if (only !== undefined && !only.includes(event.type)) return
      if (event.type === 'step.output') {
        if (output) pieces(event.step, event.text)
        return
      }
      if (event.type === 'step.done' || event.type === 'step.failed') flush(event.step)
      line(visible(message(event).replaceAll('\n', ' ')))
    },
  }
}
