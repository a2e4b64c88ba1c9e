import { isMapping } from './said.js'
import { readOurs, type Source } from './ours.js'
import type { Gathering } from './gathering.js'

const keys = ['version', 'hosts', 'groups']

/** An inventory of our own form: what a flags file says of a fleet, in a file of its own. */
export const readInventoryFile = (value: unknown, source: Source, into: Gathering): void => {
  const whole = source.place([])
  if (!isMapping(value)) return into.mistake(whole, [], 'must be a mapping with version and hosts')
  for (const key of Object.keys(value).filter((one) => !keys.includes(one))) {
    into.mistake(source.place([key], 'key'), [key], `unknown key; an inventory has ${keys.join(', ')}`)
  }
  if (value['version'] !== 1) into.mistake(source.place(['version']), ['version'], 'must be 1')
  if (value['hosts'] === undefined) into.mistake(whole, ['hosts'], 'is missing: the hosts of the fleet')
  else readOurs(value, source, into)
}
