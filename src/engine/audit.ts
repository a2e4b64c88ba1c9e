import { z } from 'zod'
import { holder, type Holder } from './holder.js'

const short = z.string().max(500)

/** How a run ended that had the lock of a host. */
const ending = z.object({
  /** UTC. */
  ended: short,
  /** Of deploy-flask. */
  version: short,
  /** `started`: a command of the site, which nobody waits for here. */
  outcome: z.enum(['done', 'failed', 'interrupted', 'started']),
  /** Of the error. */
  code: short.exactOptional(),
  /** What was changed, the first of it; of a run that failed also what was taken back. */
  changes: z.number(),
  subjects: z.array(short).max(50),
})

export type Ending = z.output<typeof ending>

/** Who did what, as it is kept on the host. */
const audited = z.object({ ...holder.shape, ...ending.shape })

export type Audited = z.output<typeof audited>

const shortened = (text: string): string => (text.length > 100 ? `${text.slice(0, 99)}…` : text)

/** One line, short enough to be written in one piece. */
export const auditLine = (by: Holder, { subjects, ...how }: Ending): string =>
  JSON.stringify({ ...by, ...how, subjects: subjects.slice(0, 20).map(shortened) } satisfies Audited)

/** What was written down, the oldest first; lines that nobody can read are left out. */
export const readAudit = (text: string): readonly Audited[] =>
  text.split('\n').flatMap((line) => {
    try {
      const read = audited.safeParse(JSON.parse(line))
      return read.success ? [read.data] : []
    } catch {
      return []
    }
  })
