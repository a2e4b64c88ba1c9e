import type { Answer, Command } from '../core/command.js'
import type { Emit } from '../core/event.js'
import type { Guard, Handler } from '../core/handler.js'
import { DeployError } from '../errors.js'
import type { ShellQuestion } from '../transport/transport.js'
import { failureOf } from './command-failure.js'
import type { HeldHost } from './held-host.js'
import { actedLine } from './journal.js'
import type { Teller } from './tell.js'
import { sendTold } from './told-sequence.js'

/** What the host has answered to guards in this run, as long as it has not changed since. */
export interface Memory {
  answerTo(guard: Guard): Answer | undefined
  keep(guard: Guard, answer: Answer): void
}

const tellGuard = ({ title: what }: Guard, { emit, step }: Teller): void => emit({ type: 'step.progress', step, what })

/** The gate at the end of a phase: guards before acting, proofs after, both compared with what was before. */
export class Gate {
  readonly #host: HeldHost
  readonly #phase: string
  readonly #memory: Memory
  #before: Answer | undefined
  /** Who can tell that all is as before, also where nothing has acted. */
  #witness: Handler | undefined
  #acted: Handler | undefined

  constructor(host: HeldHost, phase: string, memory: Memory) {
    this.#host = host
    this.#phase = phase
    this.#memory = memory
  }

  /**
   * Asked once, before the first change of the phase; refuses when the service is broken already. The answers to
   * `questions`, where they were asked along.
   */
  async remember(
    handlers: readonly Handler[],
    teller: Teller,
    questions: readonly ShellQuestion[] = [],
  ): Promise<readonly Answer[] | undefined> {
    const before = handlers.find((handler) => handler.before !== undefined)?.before
    if (before === undefined || this.#before !== undefined) return undefined
    this.#witness = handlers.find(({ restored }) => restored !== undefined)
    this.#before = this.#memory.answerTo(before)
    if (this.#before !== undefined) return undefined
    tellGuard(before, teller)
    const sequence = await sendTold(this.#host, [{ command: before.command(undefined) }], teller, questions)
    const answer = await sequence.answer(0)
    const refusal = before.judge(answer, undefined)
    if (refusal !== undefined) throw refusal
    this.#before = answer
    this.#memory.keep(before, answer)
    return answer.exitCode === 0 ? sequence.looked : undefined
  }

  /**
   * Commands and then checks, in one round trip as far as all of them end with 0, which a check does that has nothing
   * against it. Answers what the last check said.
   */
  async #send(
    acts: readonly Command[],
    note: string,
    guards: readonly Guard[],
    { handler, teller }: { readonly handler: Handler; readonly teller: Teller },
  ): Promise<Answer | undefined> {
    const sent = [
      ...acts.map((command, index) => ({ command, note: index === 0 ? note : '' })),
      ...guards.map((guard) => ({ command: guard.command(this.#before) })),
    ]
    if (sent.length === 0) return undefined
    const sequence = await sendTold(this.#host, sent, teller)
    for (const [index, command] of acts.entries()) {
      const answer = await sequence.answer(index)
      if (answer.exitCode !== 0) throw failureOf(command, answer, handler.explain)
    }
    let last: Answer | undefined
    for (const [index, guard] of guards.entries()) {
      tellGuard(guard, teller)
      last = await sequence.answer(acts.length + index)
      const refusal = guard.judge(last, this.#before)
      if (refusal !== undefined) throw refusal.at(`${this.#phase} / ${guard.title}`)
      const rest = guards.slice(index + 1)
      if (last.exitCode !== 0 && rest.length > 0) return this.#send([], '', rest, { handler, teller })
    }
    return last
  }

  /** What whoever takes this back must do after it. */
  #acting(handler: Handler): string {
    const { id: step, title: subject, restored = [] } = handler
    const proofs = restored.map((guard) => ({ title: guard.title, command: guard.command(this.#before) }))
    return actedLine({ phase: this.#phase, step, subject }, handler.restore ?? handler.run, proofs)
  }

  /** Guards, action, proofs. Answers what the last proof said. */
  async pass(handler: Handler, emit: Emit): Promise<string | undefined> {
    const context = { handler, teller: { emit, step: handler.id } }
    await this.#send([], '', handler.guards, context)
    if (handler.run.length > 0) this.#acted = handler
    const proof = await this.#send(handler.run, this.#acting(handler), handler.proofs, context)
    return proof?.stdout
  }

  /** After the undo: when the handler had acted, it acts again on what was restored; that all is as before is proven. */
  async restore(because: DeployError, emit: Emit): Promise<DeployError | undefined> {
    const handler = this.#acted
    if (handler === undefined) return this.#provenUnchanged(because, emit)
    const teller = { emit, step: handler.id }
    const started = performance.now()
    const subject = handler.title
    const done = (complete: boolean): void =>
      emit({ type: 'step.undone', step: handler.id, subject, milliseconds: performance.now() - started, complete })
    emit({ type: 'step.undo', phase: this.#phase, step: handler.id, subject })
    try {
      await this.#send(handler.restore ?? handler.run, '', handler.restored ?? [], { handler, teller })
      done(true)
      return undefined
    } catch (cause) {
      done(false)
      return notRestored(because, cause)
    }
  }

  async #provenUnchanged(because: DeployError, emit: Emit): Promise<DeployError | undefined> {
    const handler = this.#witness
    if (handler === undefined) return undefined
    try {
      await this.#send([], '', handler.restored ?? [], { handler, teller: { emit, step: handler.id } })
      return undefined
    } catch (cause) {
      return notRestored(because, cause)
    }
  }
}

const notRestored = ({ fault: { what, where, evidence } }: DeployError, cause: unknown): DeployError => {
  const fault = cause instanceof DeployError ? cause.fault : { what: String(cause), remedy: 'look at the service' }
  return new DeployError(
    'SERVICE_NOT_RESTORED',
    {
      what: `${what}; what was changed is taken back, but the service is not as before: ${fault.what}`,
      ...(where === undefined ? {} : { where }),
      evidence: `${evidence ?? ''}\n${fault.evidence ?? ''}`.trim(),
      remedy: fault.remedy,
    },
    { cause },
  )
}
