import type { Phase } from '../core/playbook.js'
import type { Probes } from '../core/probe.js'
import type { Step } from '../core/step.js'
import type { Transport } from '../transport/transport.js'
import { askProbes, knows, type State } from './ask.js'

/**
 * What is known of the host for the steps of one phase, asked as seldom as that is sure: each look is a round trip. What
 * was seen is true until the phase changes something itself, for a phase that runs together with it brings nothing that
 * it needs.
 */
export class Looks {
  #seen: State | undefined

  constructor(
    private readonly host: Pick<Transport, 'ask'>,
    private readonly phase: Phase,
    /** The look at the whole host, as long as nothing was changed since. */
    private readonly survey: () => State | undefined,
  ) {}

  /** Before a step: where it has to be asked, then for all that follows too, for that may be as it should be. */
  async before(step: Step): Promise<State> {
    return this.#know([step.probes], () => [...this.#from(step).map(({ probes }) => probes), ...this.#handlers])
  }

  /** After the changes of a step, and before the next one. */
  async after(step: Step): Promise<State> {
    const [, next] = this.#from(step)
    const coming = next === undefined ? this.#handlers : [next.probes]
    return (this.#seen = await askProbes(this.host, [step.probes, ...coming]))
  }

  async beforeHandlers(): Promise<State> {
    return this.#know(this.#handlers, () => this.#handlers)
  }

  get #handlers(): readonly Probes[] {
    return (this.phase.handlers ?? []).map(({ probes }) => probes)
  }

  #from(step: Step): readonly Step[] {
    return this.phase.steps.slice(this.phase.steps.indexOf(step))
  }

  async #know(probes: readonly Probes[], orAsk: () => readonly Probes[]): Promise<State> {
    const known = this.survey() ?? this.#seen
    if (known !== undefined && knows(known, probes)) return known
    return (this.#seen = await askProbes(this.host, orAsk()))
  }
}
