import type { DeployError } from '../errors.js'
import type { EventDocument } from './events-schema.js'

interface Listening<E> {
  readonly event: (event: E) => void
  readonly document?: (document: EventDocument) => void
  readonly failed?: (errors: readonly DeployError[], stack: string | undefined) => void
}

/** A mistake in what is shown must not end a run in the middle of its changes: who throws is not told any more. */
export const guarded = <E>(subscriber: Listening<E>, complain: (text: string) => void): Required<Listening<E>> => {
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
