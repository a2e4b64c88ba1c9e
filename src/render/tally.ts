import type { Event } from '../core/event.js'
import type { Change, StepId } from '../core/step.js'

/** A phase that was gone through, with what it has changed. */
export interface TalliedPhase {
  readonly phase: string
  readonly milliseconds: number
  readonly changes: readonly Change[]
}

/** Keeps what the summary at the end tells. */
export class Tally {
  readonly #phaseOf = new Map<StepId, string>()
  readonly #changes = new Map<string, Change[]>()
  readonly #milliseconds = new Map<string, number>()

  take(event: Event): void {
    if (event.type === 'step.start') this.#phaseOf.set(event.step, event.phase)
    if (event.type === 'phase.done') this.#milliseconds.set(event.phase, event.milliseconds)
    if (event.type !== 'step.change') return
    const phase = this.#phaseOf.get(event.step) ?? ''
    this.#changes.set(phase, [...(this.#changes.get(phase) ?? []), event.change])
  }

  /** Those that have changed something, in the order in which they ended. */
  get phases(): readonly TalliedPhase[] {
    return [...this.#milliseconds].flatMap(([phase, milliseconds]) => {
      const changes = this.#changes.get(phase)
      return changes === undefined ? [] : [{ phase, milliseconds, changes }]
    })
  }
}
