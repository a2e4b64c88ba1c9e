import type { Emit } from '../core/event.js'

/** Tells that something which takes time and is no step begins and ends. */
export const checked = async <T>(emit: Emit, what: string, work: () => Promise<T>): Promise<T> => {
  const started = performance.now()
  emit({ type: 'check.start', what })
  const found = await work()
  emit({ type: 'check.done', what, milliseconds: performance.now() - started })
  return found
}
