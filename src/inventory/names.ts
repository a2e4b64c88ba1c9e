import type { z } from 'zod'
import { hostAddress, matching } from '../config/fields.js'
import type { Position } from '../config/mistake.js'
import type { Gathering } from './gathering.js'
import { expandRanges } from './ranges.js'

/** What a host is called in patterns and reports. Where it has no other address, ssh is given this. */
export const hostName = matching(
  /^[A-Za-z0-9_:][A-Za-z0-9_.:%-]*$/,
  'must be a name of letters, digits and . _ - : %, like web1.example.com',
)

const nameOfGroup = matching(/^[A-Za-z0-9_][A-Za-z0-9_.-]*$/, 'must be a name of letters, digits and . _ -', 128)

export const groupName = nameOfGroup.refine(
  (name) => name !== 'ungrouped',
  'is what patterns call the hosts that are in no group',
)

/** In one sentence, what is wrong with it. */
export const mistakeIn = (form: z.ZodType, value: unknown): string | undefined => {
  const result = form.safeParse(value)
  return result.success ? undefined : (result.error.issues[0]?.message ?? 'is not valid')
}

interface Written {
  readonly name: string
  /** With the account, where one is written in front of it. */
  readonly address: string
}

/** The hosts that `me@web[01:20]` stands for. What cannot be a host is a mistake, and none. */
export const hostsWritten = (text: string, at: Position, into: Gathering): readonly Written[] => {
  const [, user = '', pattern = ''] = /^([^@[\]]*@)?(.*)$/s.exec(text) ?? []
  const expanded = expandRanges(pattern, into.room)
  if ('mistake' in expanded) {
    into.mistake(at, [text], expanded.mistake)
    return []
  }
  const written = expanded.names.map((name) => ({ name, address: `${user}${name}` }))
  const wrong = written.find((one) => mistakeInName(one) !== undefined)
  if (wrong === undefined) return written
  into.mistake(at, [wrong.name], mistakeInName(wrong) ?? '')
  return []
}

const mistakeInName = ({ name, address }: Written): string | undefined =>
  mistakeIn(hostName, name) ?? (name === address ? undefined : mistakeIn(hostAddress, address))
