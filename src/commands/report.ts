import { z } from 'zod'
import { siteUrl } from '../core/site-url.js'
import type { Report } from '../render/summary.js'
import type { Aim } from './target.js'

/** Of what the check of the live site answers, the part that a person wants to read. */
const outcome = z.object({
  told: z.array(z.object({ group: z.string(), prefix: z.string() })),
  daemons: z.array(z.object({ user: z.string() })),
})

const listed = (names: readonly string[]): string => [...new Set(names)].join(', ')

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** From what the last proof answered. A run that is done does not fail because its report cannot be read. */
export const reportOf = (site: Aim['site'], proof: string | undefined): Report | undefined => {
  const found = outcome.safeParse(parse(proof ?? ''))
  if (!found.success) return undefined
  const { told, daemons } = found.data
  return {
    url: siteUrl(site),
    ...(told.length === 0 ? {} : { processGroup: listed(told.map(({ group }) => group)) }),
    ...(daemons.length === 0 ? {} : { user: listed(daemons.map(({ user }) => user)) }),
    ...(told.length === 0 ? {} : { pythonPrefix: listed(told.map(({ prefix }) => prefix)) }),
  }
}
