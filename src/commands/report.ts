import { z } from 'zod'
import type { Site } from '../core/site.js'
import type { Report } from '../render/summary.js'

/** Of what the check of the live site answers, the part that a person wants to read. */
const told = z.object({
  group: z.string().nullable(),
  prefix: z.string().nullable(),
  daemons: z.array(z.string()),
})

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** From what the last proof answered. A run that is done does not fail because its report cannot be read. */
export const reportOf = ({ serverName, port }: Site, proof: string | undefined): Report | undefined => {
  const found = told.safeParse(parse(proof ?? ''))
  if (!found.success) return undefined
  const { group, prefix, daemons } = found.data
  return {
    url: `http://${serverName}${port === 80 ? '' : `:${port}`}/`,
    ...(group === null ? {} : { processGroup: group }),
    ...(daemons.length === 0 ? {} : { user: [...new Set(daemons)].join(', ') }),
    ...(prefix === null ? {} : { pythonPrefix: prefix }),
  }
}
