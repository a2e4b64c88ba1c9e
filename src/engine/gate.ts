import type { Answer, Command } from '../core/command.js'
import type { Guard, Handler } from '../core/handler.js'
import { DeployError } from '../errors.js'
import type { Transport } from '../transport/transport.js'
import { failureOf } from './execute.js'

/** The gate at the end of a phase: guards before acting, proofs after, both compared with what was before. */
export class Gate {
  readonly #transport: Transport
  readonly #phase: string
  #before: Answer | undefined
  #acted: Handler | undefined

  constructor(transport: Transport, phase: string) {
    this.#transport = transport
    this.#phase = phase
  }

  /** Asked once, before the first change of the phase; refuses when the service is broken already. */
  async remember(handlers: readonly Handler[]): Promise<void> {
    const before = handlers.find((handler) => handler.before !== undefined)?.before
    if (before === undefined || this.#before !== undefined) return
    const answer = await this.#transport.run(before.command(undefined))
    const refusal = before.judge(answer, undefined)
    if (refusal !== undefined) throw refusal
    this.#before = answer
  }

  async #check(guard: Guard): Promise<Answer> {
    const answer = await this.#transport.run(guard.command(this.#before))
    const refusal = guard.judge(answer, this.#before)
    if (refusal !== undefined) throw refusal.at(`${this.#phase} / ${guard.title}`)
    return answer
  }

  async #act(handler: Handler, commands: readonly Command[]): Promise<void> {
    for (const command of commands) {
      const answer = await this.#transport.run(command)
      if (answer.exitCode !== 0) throw failureOf(command, answer, handler.explain)
    }
  }

  /** Guards, action, proofs. Answers what the last proof said. */
  async pass(handler: Handler): Promise<string | undefined> {
    for (const guard of handler.guards) await this.#check(guard)
    if (handler.run.length > 0) this.#acted = handler
    await this.#act(handler, handler.run)
    let proof: string | undefined
    for (const guard of handler.proofs) proof = (await this.#check(guard)).stdout
    return proof
  }

  /** After the undo: when the handler had acted, it acts again on what was restored, and that is proven. */
  async restore(because: DeployError): Promise<DeployError | undefined> {
    const handler = this.#acted
    if (handler === undefined) return undefined
    try {
      await this.#act(handler, handler.restore ?? handler.run)
      for (const guard of handler.restored ?? []) await this.#check(guard)
      return undefined
    } catch (cause) {
      const fault = cause instanceof DeployError ? cause.fault : { what: String(cause), remedy: 'look at the service' }
      return new DeployError(
        'SERVICE_NOT_RESTORED',
        {
          what: `${because.fault.what}; what was changed is taken back, but the service is not as before: ${fault.what}`,
          ...(because.fault.where === undefined ? {} : { where: because.fault.where }),
          evidence: `${because.fault.evidence ?? ''}\n${fault.evidence ?? ''}`.trim(),
          remedy: fault.remedy,
        },
        { cause },
      )
    }
  }
}
