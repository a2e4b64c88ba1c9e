import type { Phase } from '../core/playbook.js'
import type { After } from '../core/step.js'
import { DeployError } from '../errors.js'

interface Milestone {
  readonly reached: Promise<void>
  reach(): void
}

const milestone = (): Milestone => {
  let reach = (): void => undefined
  const reached = new Promise<void>((resolve) => (reach = resolve))
  return { reached, reach: () => reach() }
}

/** How far the steps are that others wait for, while phases run together. */
export class Milestones {
  readonly #ready = new Map<string, Milestone>()
  readonly #done = new Map<string, Milestone>()

  constructor(phases: readonly Phase[]) {
    for (const { id } of phases.flatMap(({ steps }) => steps)) {
      this.#ready.set(id, milestone())
      this.#done.set(id, milestone())
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

  async wait({ step, until }: After): Promise<void> {
    const awaited = (until === 'done' ? this.#done : this.#ready).get(step)
    if (awaited === undefined) throw waitsForNothing(step)
    await awaited.reached
  }
}

const waitsForNothing = (step: string): DeployError =>
  new DeployError('PLAYBOOK_INVALID', {
    what: `a step waits for ${step}, which no phase has`,
    remedy: 'name in "after" a step of a phase that runs at the same time, or earlier',
  })
