import type { Event } from '../../src/core/event.js'
import type { Change } from '../../src/core/step.js'
import { DeployError } from '../../src/errors.js'
import { recordedRun, type RecordedRun, type RunName } from '../fixtures/recorded-run.js'

/** What repaints a terminal, hides text, turns its direction, names a window, fills a clipboard, or fakes a line. */
export const poisons: readonly string[] = [
  '\u001b[2J\u001b[1;1H\u001b[31m', // clears, moves, colours
  '\u001b]0;title\u0007',
  '\u001b]8;;http://evil.test/\u001b\\link\u001b]8;;\u001b\\',
  '\u001b]52;c;ZXZpbA==\u0007', // writes into the clipboard
  '\u009b2J\u009d0;c1\u009c\u0090q\u009c', // the same in one byte each (C1)
  '\u001bP$q"p\u001b\\', // DCS: the terminal would answer
  '\u001b\u001b[0m[31m', // a sequence inside another
  '\u202egnitset\u202c\u2066\u2067\u2069\u200f\u061c',
  'real text\rfake text',
  '\u0008\u0008\u0008\u007f\u0000\u0007\u000c',
  '\ud800 half a character \udfff',
  '\u2028\u2029\u0085',
  '\n20:13:05 run.done: 0 changes\n{"type":"result"}\n::error::fake\n',
  '\u001b[?25l\u001b[9A\u001b[J',
  '\u001b', // a sequence that the next text would end
]

/** Where a string stands that the host, or the operator's code, may have written. */
const hostile = new Set([
  'title',
  'phase',
  'text',
  'what',
  'for',
  'holder',
  'line',
  'subject',
  'reason',
  'host',
  'site',
  'run',
])

let count = 0
const poisoned = (text: string): string => {
  const poison = poisons[count++ % poisons.length] ?? ''
  const middle = Math.floor(text.length / 2)
  return `${poison}${text.slice(0, middle)}${poison}${text.slice(middle)}${poison}`
}

const poisonedError = ({ code, fault }: DeployError): DeployError =>
  new DeployError(code, {
    what: poisoned(fault.what),
    where: poisoned(fault.where ?? ''),
    evidence: poisons.map(poisoned).join('\n'),
    remedy: poisoned(fault.remedy),
  })

const poisonedChange = (change: Change): Change => ({
  ...change,
  subject: poisoned(change.subject),
  reason: poisoned(change.reason ?? ''),
  diff: { before: poisons.join('\n'), after: poisons.toReversed().join('\n') },
  run: change.run.map((command) => ({ ...command, label: poisoned(command.label ?? '') })),
})

/** Titles of phases tie events together: each has to stay the same in the whole run. */
const once = new Map<string, string>()
const poisonedName = (name: string): string => {
  const known = once.get(name) ?? poisoned(name)
  once.set(name, known)
  return known
}

const poisonedEvent = (event: Event): Event => {
  const fields = Object.entries(event).map(([key, value]: [string, unknown]) => {
    if (typeof value !== 'string' || !hostile.has(key)) return [key, value]
    return [key, ['phase', 'title'].includes(key) ? poisonedName(value) : poisoned(value)]
  })
  const told = Object.fromEntries(fields) as Event
  if (told.type === 'phase.undo') return { ...told, because: poisonedError(told.because) }
  if (told.type === 'step.failed') return { ...told, error: poisonedError(told.error) }
  if (told.type === 'step.change') return { ...told, change: poisonedChange(told.change) }
  if (told.type === 'phase.undone') return { ...told, subjects: told.subjects.map(poisoned) }
  if (told.type !== 'phase.start') return told
  return { ...told, steps: told.steps.map(({ step, title }) => ({ step, title: poisonedName(title) })) }
}

/** A recorded run as a hostile host would have it. */
export const poisonedRun = (name: RunName): RecordedRun => {
  const { events, documents, errors } = recordedRun(name)
  return { events: events.map(poisonedEvent), documents, errors: errors.map(poisonedError) }
}
