import type { Answer, Command } from '../core/command.js'
import type { Emit } from '../core/event.js'
import type { Guard, Handler } from '../core/handler.js'
import { DeployError } from '../errors.js'
import { failureOf } from './command-failure.js'
import type { HeldHost } from './held-host.js'
import { actedLine } from './journal.js'
import { runTold, type Runner, type Teller } from './tell.js'

/** The gate at the end of a phase: guards before acting, proofs after, both compared with what was before. */
export class Gate {
  readonly #host: HeldHost
  readonly #phase: string
  #before: Answer | undefined
  /** Who can tell that all is as before, also where nothing has acted. */
  #witness: Handler | undefined
  #acted: Handler | undefined

  constructor(host: HeldHost, phase: string) {
    this.#host = host
    this.#phase = phase
  }

  /** Asked once, before the first change of the phase; refuses when the service is broken already. */
  async remember(handlers: readonly Handler[], teller: Teller): Promise<void> {
    const before = handlers.find((handler) => handler.before !== undefined)?.before
    if (before === undefined || this.#before !== undefined) return
    const answer = await this.#ask(before, teller)
    const refusal = before.judge(answer, undefined)
    if (refusal !== undefined) throw refusal
    this.#before = answer
    this.#witness = handlers.find(({ restored }) => restored !== undefined)
  }

  async #ask(guard: Guard, teller: Teller): Promise<Answer> {
    teller.emit({ type: 'step.progress', step: teller.step, what: guard.title })
    const read: Runner = async (...given) => this.#host.read(...given)
    return runTold(read, guard.command(this.#before), teller)
  }

  async #check(guard: Guard, teller: Teller): Promise<Answer> {
    const answer = await this.#ask(guard, teller)
    const refusal = guard.judge(answer, this.#before)
    if (refusal !== undefined) throw refusal.at(`${this.#phase} / ${guard.title}`)
    return answer
  }

  async #act(handler: Handler, commands: readonly Command[], teller: Teller, note = ''): Promise<void> {
    let unwritten = note
    for (const command of commands) {
      const answer = await runTold(async (...given) => this.#host.change(...given, unwritten), command, teller)
      unwritten = ''
      if (answer.exitCode !== 0) throw failureOf(command, answer, handler.explain)
    }
  }

  /** What whoever takes this back must do after it. */
  #acting(handler: Handler): string {
    const { id: step, title: subject, restored = [] } = handler
    const proofs = restored.map((guard) => ({ title: guard.title, command: guard.command(this.#before) }))
    return actedLine({ phase: this.#phase, step, subject }, handler.restore ?? handler.run, proofs)
  }

  /** Guards, action, proofs. Answers what the last proof said. */
  async pass(handler: Handler, emit: Emit): Promise<string | undefined> {
    const teller = { emit, step: handler.id }
    for (const guard of handler.guards) await this.#check(guard, teller)
    if (handler.run.length > 0) this.#acted = handler
    await this.#act(handler, handler.run, teller, this.#acting(handler))
    let proof: string | undefined
    for (const guard of handler.proofs) proof = (await this.#check(guard, teller)).stdout
    return proof
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
      await this.#act(handler, handler.restore ?? handler.run, teller)
      for (const guard of handler.restored ?? []) await this.#check(guard, teller)
      done(true)
      return undefined
    } catch (cause) {
      done(false)
      return notRestored(because, cause)
    }
  }

  async #provenUnchanged(because: DeployError, emit: Emit): Promise<DeployError | undefined> {
    const { id: step, restored = [] } = this.#witness ?? {}
    if (step === undefined) return undefined
    try {
      for (const guard of restored) await this.#check(guard, { emit, step })
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
