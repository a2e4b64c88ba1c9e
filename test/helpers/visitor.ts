import { setTimeout as sleep } from 'node:timers/promises'
import type { Guest } from '../../vagrant/guest.js'
import { ask, type Page } from './http.js'

export interface Visits {
  readonly asked: number
  /** What was not the known page, in the order of asking. */
  readonly failures: readonly string[]
  /** The longest time without the known page, in milliseconds: from the first visit that failed to the next that did not. */
  readonly away: number
}

/** Asks for the front page of a site ten times a second, each time anew, whatever became of the request before. */
export const startVisitor = (
  guest: Guest,
  name: string,
  known: Pick<Page, 'status' | 'body'>,
): { stop(): Promise<Visits> } => {
  const visits: { readonly at: number; readonly failure: Promise<string | undefined> }[] = []
  const visit = async (): Promise<string | undefined> => {
    try {
      const { status, body } = await ask(guest, '/', { name, patience: 5_000 })
      return status === known.status && body === known.body ? undefined : `${status}: ${body}`
    } catch (problem) {
      return String(problem)
    }
  }
  const timer = setInterval(() => visits.push({ at: performance.now(), failure: visit() }), 100)
  return {
    stop: async () => {
      // What happens just after the end belongs to it.
      await sleep(1_000)
      clearInterval(timer)
      const answers = await Promise.all(visits.map(async ({ at, failure }) => ({ at, failure: await failure })))
      const failures = answers.flatMap(({ failure }) => failure ?? [])
      let [away, since] = [0, Infinity]
      for (const { at, failure } of [...answers, { at: performance.now(), failure: undefined }]) {
        away = Math.max(away, at - since)
        since = failure === undefined ? Infinity : Math.min(since, at)
      }
      return { asked: answers.length, failures, away: Math.round(away) }
    },
  }
}
