import type { Answer } from '../core/command.js'
import type { Phase } from '../core/playbook.js'
import type { Probes } from '../core/probe.js'
import type { Step } from '../core/step.js'
import type { ShellQuestion } from '../transport/transport.js'
import { inquiryOf, knows, type State } from './ask.js'

/** A way to ask the host, together with whatever else it is sent. */
export type Ask = (questions: readonly ShellQuestion[]) => Promise<readonly Answer[]>

/** What is known beyond the phase. */
export interface Known {
  /** The look at the whole host, as long as nothing was changed since. */
  survey(this: void): State | undefined
  /** Whether there was nothing to change when the plan was made. */
  isUnchanged(this: void, step: Step): boolean
  /** Of the last phase: what the look at the end of the run asks, and who wants to know what it has seen. */
  readonly whole?: { readonly probes: readonly Probes[]; seen(state: State): void }
}

/**
 * What is known of the host for the steps of one phase, asked as seldom as that is sure: each look is a round trip. What
 * was seen is true until the phase changes something itself, or waits for what another one brings.
 */
export class Looks {
  #seen: State | undefined

  constructor(
    private readonly phase: Phase,
    private readonly known: Known,
  ) {}

  /** Before a step: where it has to be asked, then for all that follows too, for that may be as it should be. */
  async before(step: Step, ask: Ask): Promise<State> {
    const rest = this.#from(step)
    const all = [...rest.map(({ probes }) => probes), ...this.#handlers]
    return this.#known([step.probes]) ?? this.#look(all, ask, rest.every(this.known.isUnchanged))
  }

  /** After the changes of a step, and before those of the next that has any. */
  async after(step: Step, ask: Ask): Promise<State> {
    const rest = this.#from(step).slice(1)
    const next = rest.findIndex((one) => !this.known.isUnchanged(one))
    const coming = next < 0 ? rest : rest.slice(0, next + 1)
    const handlers = next < 0 ? this.#handlers : []
    return this.#look([step.probes, ...coming.map(({ probes }) => probes), ...handlers], ask, next < 0)
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
    const known = this.known.survey() ?? this.#seen
    return known !== undefined && knows(known, probes) ? known : undefined
  }

  /** `isLast`: the phase changes nothing after it. Where no other phase does, it is a look at the whole host. */
  async #look(probes: readonly Probes[], ask: Ask, isLast = false): Promise<State> {
    const { whole } = this.known
    const isWhole = isLast && whole !== undefined
    const { questions, stateBy } = inquiryOf(isWhole ? whole.probes : probes)
    const state = stateBy(await ask(questions))
    if (isWhole) whole.seen(state)
    return (this.#seen = state)
  }
}
