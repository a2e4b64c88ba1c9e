import { visible } from '../core/sanitise.js'
import type { FleetCounts } from '../fleet/event.js'
import type { HostOutcome } from './documents-schema.js'
import type { Colours } from './colour.js'
import { duration, plural } from './words.js'

/** `3 changed, 8 the same, 1 failed`; nothing of what is none. */
export const countsText = ({ changed, same, failed, notBegun }: FleetCounts, { red, green }: Colours): string =>
  [
    ...(changed === 0 ? [] : [green(`${changed} changed`)]),
    ...(same === 0 ? [] : [`${same} the same`]),
    ...(failed === 0 ? [] : [red(`${failed} failed`)]),
    ...(notBegun === 0 ? [] : [`${notBegun} not begun`]),
  ].join(', ')

/** What has become of a host, in one line. */
export const outcomeText = ({ state, changes, milliseconds, errors }: HostOutcome): string => {
  const [error] = errors
  if (state === 'changed') return `${plural(changes, 'change')} in ${duration(milliseconds)}`
  if (state === 'same') return `nothing to do (${duration(milliseconds)})`
  if (state === 'not begun') return state
  return error === undefined ? 'failed' : `failed, ${error.code}: ${visible(error.what)}`
}
