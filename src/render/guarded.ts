import type { Subscriber } from './subscriber.js'

/** A mistake in what is shown must not end a run in the middle of its changes: who throws is not told any more. */
export const guarded = (subscriber: Subscriber, complain: (text: string) => void): Subscriber => {
  let broken = false
  const unlessBroken = (tell: () => void): void => {
    if (broken) return
    try {
      tell()
    } catch (error) {
      broken = true
      complain(`warning: nothing more is shown here: ${error instanceof Error ? error.message : String(error)}\n`)
    }
  }
  return {
    event: (event) => unlessBroken(() => subscriber.event(event)),
    document: (document) => unlessBroken(() => subscriber.document?.(document)),
    failed: (errors, stack) => unlessBroken(() => subscriber.failed?.(errors, stack)),
  }
}
