import type { Answer } from '../core/command.js'
import type { Phase } from '../core/playbook.js'
import type { Probes } from '../core/probe.js'
import type { Step } from '../core/step.js'
import type { ShellQuestion } from '../transport/transport.js'
import { inquiryOf, knows, type State } from './ask.js'

/** A way to ask the host, together with whatever else it is sent. */
export type Ask = (questions: readonly ShellQuestion[]) => Promise<readonly Answer[]>

/**
 * What is known of the host for the steps of one phase, asked as seldom as that is sure: each look is a round trip. What
 * was seen is true until the phase changes something itself, or waits for what another one brings.
 */
export class Looks {
  #seen: State | undefined

  constructor(
    private readonly phase: Phase,
    /** The look at the whole host, as long as nothing was changed since. */
    private readonly survey: () => State | undefined,
  ) {}

  /** Before a step: where it has to be asked, then for all that follows too, for that may be as it should be. */
  async before(step: Step, ask: Ask): Promise<State> {
    const all = [...this.#from(step).map(({ probes }) => probes), ...this.#handlers]
    return this.#known([step.probes]) ?? this.#look(all, ask)
  }

  /** After the changes of a step, and before the next one. */
  async after(step: Step, ask: Ask): Promise<State> {
    const [, next] = this.#from(step)
    const coming = next === undefined ? this.#handlers : [next.probes]
    return this.#look([step.probes, ...coming], ask)
  }

  async beforeHandlers(ask: Ask): Promise<State> {
    return this.#known(this.#handlers) ?? this.#look(this.#handlers, ask)
  }

  forget(): void {
    this.#seen = undefined
  }

  get #handlers(): readonly Probes[] {
    return (this.phase.handlers ?? []).map(({ probes }) => probes)
  }

  #from(step: Step): readonly Step[] {
    return this.phase.steps.slice(this.phase.steps.indexOf(step))
  }

  #known(probes: readonly Probes[]): State | undefined {
    const known = this.survey() ?? this.#seen
    return known !== undefined && knows(known, probes) ? known : undefined
  }

  async #look(probes: readonly Probes[], ask: Ask): Promise<State> {
    const { questions, stateBy } = inquiryOf(probes)
    return (this.#seen = stateBy(await ask(questions)))
  }
}
