import type { Event } from '../core/event.js'
import type { Subscriber } from './subscriber.js'

/** How long nothing is told of what goes on: every ten seconds at first, then every thirty. */
const pause = (since: number): number => (since < 30 ? 10 : 30)

/** What goes on, and for how long; undefined for an event that is told in any case. */
const ongoing = (event: Event): { readonly key: string; readonly seconds: number } | undefined => {
  if (event.type === 'step.running') return { key: `${event.step} runs`, seconds: event.seconds }
  if (event.type === 'check.running') return { key: `${event.what} runs`, seconds: event.seconds }
  if (event.type !== 'step.waiting') return undefined
  return { key: `${event.step} waits for ${event.for} of ${event.holder}`, seconds: event.seconds }
}

/**
 * For whoever keeps every line: what goes on is told often enough to show that nothing hangs, and no more often. A wait
 * is told when it begins, and again when somebody else holds what is waited for.
 */
export const sparing = ({ event: tell, ...others }: Subscriber): Subscriber => {
  const told = new Map<string, number>()
  const isDue = ({ key, seconds }: { key: string; seconds: number }, first: boolean): boolean => {
    // less than before: it is another one of the same name
    if (seconds < (told.get(key) ?? 0)) told.delete(key)
    const last = told.get(key)
    return last === undefined ? first || seconds >= pause(0) : seconds - last >= pause(last)
  }
  return {
    ...others,
    event: (event) => {
      const going = ongoing(event)
      if (going !== undefined) {
        if (!isDue(going, event.type === 'step.waiting')) return
        told.set(going.key, going.seconds)
      }
      tell(event)
    },
  }
}
