import type { Phase } from '../core/playbook.js'
import type { After, StepId } from '../core/step.js'
import { DeployError } from '../errors.js'

class Milestone {
  isReached = false
  #resolve = (): void => undefined
  readonly reached = new Promise<void>((resolve) => (this.#resolve = resolve))

  reach(): void {
    this.isReached = true
    this.#resolve()
  }
}

/** How far the steps are that others wait for, while phases run together. */
export class Milestones {
  readonly #ready = new Map<string, Milestone>()
  readonly #done = new Map<string, Milestone>()

  /** Whoever waits only for what stands before it never waits for ever. */
  constructor(phases: readonly Phase[]) {
    for (const { id, after } of phases.flatMap(({ steps }) => steps)) {
      if (after !== undefined && !this.#done.has(after.step)) throw waitsForNothing(id, after.step)
      this.#ready.set(id, new Milestone())
      this.#done.set(id, new Milestone())
    }
  }

  /** Whoever is done is ready, too. */
  reached({ step, until }: After): void {
    this.#ready.get(step)?.reach()
    if (until === 'done') this.#done.get(step)?.reach()
  }

  /** What waits is not to wait for ever. */
  failed(): void {
    for (const one of [...this.#ready.values(), ...this.#done.values()]) one.reach()
  }

  isDone(step: StepId): boolean {
    return this.#done.get(step)?.isReached ?? true
  }

  async wait({ step, until }: After): Promise<void> {
    await (until === 'done' ? this.#done : this.#ready).get(step)?.reached
  }
}

const waitsForNothing = (step: string, awaited: string): DeployError =>
  new DeployError('PLAYBOOK_INVALID', {
    what: `the step ${step} waits for ${awaited}, which does not come before it in the playbook`,
    remedy: 'name in "after" a step that comes earlier in the list of phases',
  })
