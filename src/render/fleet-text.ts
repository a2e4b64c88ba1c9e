import { visible } from '../core/sanitise.js'
import type { Colours } from './colour.js'
import { columns, someOf } from './columns.js'
import type { HostOutcome } from './documents-schema.js'
import { errorText } from './error.js'
import { duration, plural } from './words.js'

/** Of more hosts than these that have come to the same there is one line for all of them. */
const mostRows = 30

/** A host of a run that goes on without whoever has followed it. */
export interface OpenHost {
  readonly host: string
  readonly state: 'waiting' | 'in flight'
}

type Shown = HostOutcome | OpenHost
type State = Shown['state']

/** What somebody has to look at comes last, where the prompt is. */
const order: readonly State[] = ['same', 'changed', 'not begun', 'waiting', 'in flight', 'failed']

const words: Readonly<Record<State, string>> = {
  same: 'nothing to do',
  changed: 'changed',
  'not begun': 'not begun',
  waiting: 'waits for its turn',
  'in flight': 'in flight',
  failed: 'failed',
}

const cellsOf = (shown: Shown): readonly string[] => {
  const begin = [visible(shown.host), words[shown.state]]
  if (!('errors' in shown)) return begin
  const { state, changes, milliseconds, errors } = shown
  return [
    ...begin,
    state === 'changed' ? plural(changes, 'change') : '',
    state === 'not begun' ? '' : duration(milliseconds),
    [...new Set(errors.map(({ code }) => code))].join(', '),
  ]
}

const paint = (state: State, { green, red, yellow, dim }: Colours): ((text: string) => string) =>
  ({ same: dim, changed: green, 'not begun': dim, waiting: dim, 'in flight': yellow, failed: red })[state]

/** A line for each host, those that have failed at the end. */
export const outcomesText = (outcomes: readonly Shown[], colours: Colours): string => {
  const byState = order.map((state) => ({ state, those: outcomes.filter((one) => one.state === state) }))
  const shown = byState.filter(({ state, those }) => those.length <= mostRows || state === 'failed')
  const rows = shown.flatMap(({ those }) => those)
  const lines = columns(rows.map(cellsOf)).map((line, index) => paint(rows[index]?.state ?? 'same', colours)(line))
  const folded = byState.filter(({ those }) => those.length > 0 && !those.some((one) => rows.includes(one)))
  return [
    ...folded.map(({ state, those }) =>
      paint(state, colours)(`${plural(those.length, 'host')} ${words[state]}: ${someOf(those.map(nameOf))}`),
    ),
    ...lines,
    '',
  ].join('\n')
}

const nameOf = ({ host }: Shown): string => visible(host)

type HostError = HostOutcome['errors'][number]

/** An error with the hosts that have met it: but for their names it says the same of each. */
interface SharedError {
  readonly error: HostError
  readonly hosts: readonly string[]
}

const withoutName = (text: string, { where = '' }: HostError, host: string): string =>
  [host, where]
    .flatMap((name) => [name, ...name.split(/[@ ():]+/)])
    .filter((name) => name.length > 2)
    .reduce((left, name) => left.replaceAll(name, '*'), text)

/** In the order in which they came. */
const sharedErrors = (outcomes: readonly Pick<HostOutcome, 'host' | 'errors'>[]): readonly SharedError[] => {
  const found = new Map<string, { error: HostError; hosts: string[] }>()
  for (const { host, errors } of outcomes) {
    for (const error of errors) {
      const key = JSON.stringify([error.code, withoutName(error.what, error, host), error.remedy])
      const one = found.get(key) ?? { error, hosts: [] }
      found.set(key, one)
      one.hosts.push(host)
    }
  }
  return [...found.values()]
}

/** Every failure in full, once, with all hosts that have met it. */
export const failuresText = (
  outcomes: readonly Pick<HostOutcome, 'host' | 'errors'>[],
  colours: Colours,
  options: Parameters<typeof errorText>[2] = {},
): string =>
  sharedErrors(outcomes)
    .map(({ error: { code, what, where, evidence, remedy }, hosts }) => {
      const [first = '', ...others] = hosts.map(visible)
      const fault = {
        what,
        ...(where === undefined ? {} : { where }),
        ...(evidence === undefined ? {} : { evidence }),
        remedy,
      }
      const also =
        others.length === 0 ? '' : `: the same on ${plural(others.length, 'other host')}: ${someOf(others, 20)}`
      return `${colours.bold(first)}${also}\n${errorText({ code, fault }, colours, options)}`
    })
    .join('\n')
