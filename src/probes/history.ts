import { z } from 'zod'
import { historyFile } from '../core/host-paths.js'
import type { Probe } from '../core/probe.js'
import { text } from './facts.js'
import { fileAt, type Entry } from './file.js'

/** What can be online: a release, with the venv that it runs in. */
const deployment = z.object({
  /** Name of its folder; null where the code lay on the host before. */
  release: text.nullable(),
  venv: text,
})

export type Deployment = z.output<typeof deployment>

const event = deployment.extend({
  /** UTC, by the clock of the host: `2026-11-24T20:13:00Z` */
  at: text,
  /** `live`: from then on. `taken back`: it did not answer. `rolled back`: somebody went back from it. */
  event: z.enum(['live', 'taken back', 'rolled back']),
})

export type HistoryEvent = z.output<typeof event>

export interface History {
  readonly entry: Entry | null
  /** The oldest first; lines that nobody can read are left out. */
  readonly events: readonly HistoryEvent[]
}

const lineOf = (line: string): readonly HistoryEvent[] => {
  try {
    const read = event.safeParse(JSON.parse(line))
    return read.success ? [read.data] : []
  } catch {
    return []
  }
}

/**
 * Which releases of a site were online, and when.
 *
 * @param site its name
 */
export const historyOf = (site: string): Probe<History> => {
  const file = fileAt(historyFile(site))
  return {
    ...file,
    parse: (answer) => {
      const entry = file.parse(answer)
      return { entry, events: (entry?.content ?? '').split('\n').flatMap(lineOf) }
    },
  }
}

const isSame = (one: Deployment, other: Deployment): boolean => one.release === other.release && one.venv === other.venv

/** What is online by that, and what was before it, the last first: each once, and none that was gone back from since. */
export const goodOnes = ({ events }: Pick<History, 'events'>): readonly (Deployment & { readonly at: string })[] => {
  const good: HistoryEvent[] = []
  for (const one of events) {
    const others = good.filter((known) => !isSame(known, one))
    good.splice(0, good.length, ...others, ...(one.event === 'live' ? [one] : []))
  }
  return good.toReversed()
}

/** The last that was heard of a release where that is bad: it did not answer, or somebody went back from it. */
export const badOnes = ({ events }: Pick<History, 'events'>): readonly HistoryEvent[] => {
  const last = new Map(events.map((one) => [one.release, one]))
  return [...last.values()].filter(({ event }) => event !== 'live')
}
