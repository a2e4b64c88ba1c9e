import type { Answer, Command } from '../core/command.js'
import { journalFile, undoFolder } from '../core/host-paths.js'
import type { Emit } from '../core/event.js'
import { DeployError } from '../errors.js'
import {
  isStreamed,
  type Mark,
  type RunOptions,
  type Sequence,
  type ShellQuestion,
  type Transport,
  withShortStream,
} from '../transport/transport.js'
import { auditLine, type Ending } from './audit.js'
import { failureOf } from './command-failure.js'
import type { Holder } from './holder.js'
import { begunLine, runLine, type Begun } from './journal.js'
import type { Found, Left, Lock } from './lock.js'
import { isLoss } from './over-loss.js'
import { after, First, type Sent } from './sent.js'

/** More often than that, something else is wrong than a line. */
const mostLosses = 5

/** In one rename: what is half removed is no journal any more, also after the power was cut. */
const FORGET = `set -e; [ -e "$1" ] || exit 0; rm -rf "$1.done"; mv -T "$1" "$1.done"; sync "\${1%/*}"; rm -rf "$1.done"
rmdir "\${1%/*}" 2>/dev/null || :`

const REWRITE = `set -e; umask 077; cat >"$1.part"; sync "$1.part"; mv -fT "$1.part" "$1"; sync "\${1%/*}"`

const forgetting: Command = {
  argv: ['sh', '-c', FORGET, 'sh', undoFolder],
  as: 'root',
  label: 'forget what was kept for an undo',
}

const mustEndWell = (command: Command, answer: Answer): void => {
  if (answer.exitCode !== 0) throw failureOf(command, answer)
}

const isStream = ({ stdin }: Command): boolean => stdin !== undefined && isStreamed(stdin)

/**
 * The host, as long as this run holds its lock. A connection that is lost is opened again: questions are asked again, and
 * a change is asked for again under its number, by which the host knows whether it was begun and what it came to.
 */
export class HeldHost {
  #numbers = 0
  #losses = 0
  #comingBack: Promise<void> | undefined
  #noted = false
  /** What was kept for an undo is of no use any more: it goes with whatever is sent next. */
  #forgetful = false

  constructor(
    private readonly transport: Transport,
    private readonly lock: Lock,
    private readonly holder: Holder,
    /** What the run before has left. */
    readonly found: Found,
    private readonly emit: Emit,
  ) {
    this.#noted = found.journal
  }

  get target(): string {
    return this.transport.target
  }

  /** Something is noted there that would be taken back. */
  get hasJournal(): boolean {
    return this.#noted
  }

  /** How often the connection was lost. */
  get losses(): number {
    return this.#losses
  }

  async ask(questions: readonly ShellQuestion[]): Promise<readonly Answer[]> {
    if (this.#forgetful) return (await this.sequence([], questions)).looked
    return this.#through(async () => this.transport.ask(questions))
  }

  /** A command that changes nothing: after a loss it is run again. */
  async read(command: Command, options: RunOptions = {}): Promise<Answer> {
    await this.forgetNow()
    return this.#through(async () => this.transport.run(command, options))
  }

  /**
   * Several commands and then questions, in one round trip where the transport can: each command begins only when the one
   * before it has ended with 0. What is asked after a command that has not is never answered.
   */
  async sequence(sent: readonly Sent[], questions: readonly ShellQuestion[]): Promise<Sequence> {
    const forgets = this.#forgetful
    this.#forgetful = false
    const wanted = await Promise.all(sent.map(async (one) => ({ ...one, command: await withShortStream(one.command) })))
    const all = forgets ? [{ command: forgetting, note: '' }, ...wanted] : wanted
    const runs = all.map(({ command, options = {}, note }) => ({
      command,
      options: note === undefined ? options : { ...options, mark: this.#mark(note) },
    }))
    await this.#comingBack
    const atOnce = all.some(({ command }) => isStream(command)) ? undefined : this.transport.sequence?.(runs, questions)
    const losses = this.#losses
    const isGone = (): boolean => this.#losses !== losses
    const answers: Promise<Answer>[] = []
    for (const [index, { command, options }] of runs.entries()) {
      const before = answers.at(-1)
      answers.push(
        after(before, new First(atOnce?.answers[index], isGone), async (first) => this.#run(command, options, first)),
      )
    }
    const looked = after(answers.at(-1), new First(atOnce?.looked, isGone), async (first) =>
      this.#through(async () => (await first.take()) ?? this.transport.ask(questions)),
    )
    const [forgotten, ...own] = answers
    if (!forgets || forgotten === undefined) return { answers, looked }
    mustEndWell(forgetting, await forgotten)
    return { answers: own, looked }
  }

  #mark(note: string): Mark {
    const number = ++this.#numbers
    const whole = note === '' || this.#noted ? note : runLine(this.holder) + note
    if (note !== '') this.#noted = true
    return { lock: this.lock.token, number, note: whole }
  }

  /** A command that changes the host. `note`: lines of the journal that are on disk before it begins. */
  async change(command: Command, options: RunOptions = {}, note = ''): Promise<Answer> {
    await this.forgetNow()
    return this.#run(command, { ...options, mark: this.#mark(note) })
  }

  async #run(
    command: Command,
    options: RunOptions,
    first: First<Answer> = new First<Answer>(undefined),
  ): Promise<Answer> {
    const losses = this.#losses
    const isCutOff = (): boolean => this.#losses !== losses && isStream(command)
    const answer = await this.#through(async () => {
      const sent = await first.take()
      if (sent !== undefined) return sent
      // What was cut off in the middle of its input has no outcome that counts. It is waited for all the same, and where
      // it never began, its number is used up and its note written: what comes after it counts on that.
      return this.transport.run(isCutOff() ? { argv: ['false'], as: command.as } : command, options)
    })
    if (!isCutOff()) return answer
    return { stdout: '', stderr: 'the connection was lost while this was sent', exitCode: answer.exitCode || 1 }
  }

  /** A job of a run that is gone. */
  async attach(job: string, options?: RunOptions): Promise<Answer> {
    return this.#through(async () => this.transport.attach(job, options))
  }

  /** What was kept for an undo goes: the phases that it was for have passed, or were taken back. */
  async forget(): Promise<void> {
    this.forgetWithNext()
    await this.forgetNow()
  }

  /** The same, with whatever the host is sent next, and before that. */
  forgetWithNext(): void {
    this.#forgetful = true
    this.#noted = false
  }

  /** What was to go with whatever is sent next, where that may be nothing any more. */
  async forgetNow(): Promise<void> {
    if (!this.#forgetful) return
    this.#forgetful = false
    mustEndWell(forgetting, await this.#run(forgetting, { mark: this.#mark('') }))
  }

  /** What it holds from now on, all at once. */
  async rewriteJournal(begun: readonly Begun[]): Promise<void> {
    const content = [runLine(this.holder), ...begun.map(begunLine)].join('')
    const writing: Command = {
      argv: ['sh', '-c', REWRITE, 'sh', journalFile],
      as: 'root',
      stdin: content,
      label: 'write the journal',
    }
    mustEndWell(writing, await this.change(writing))
  }

  /** `ending`, `left`: what the run has come to, and how it has left a site, where that is worth keeping. */
  async release(ending?: Ending, left?: Left): Promise<void> {
    await this.lock.release(ending === undefined ? undefined : auditLine(this.holder, ending), left)
  }

  async #through<T>(work: () => Promise<T>): Promise<T> {
    for (;;) {
      // nothing begins between a new line and the lock on it
      await this.#comingBack
      const losses = this.#losses
      try {
        return await work()
      } catch (error) {
        if (!isLoss(error) || losses >= mostLosses) throw error
        // several may have waited for the same answer; the first of them opens the line again for all
        if (losses === this.#losses) await (this.#comingBack ??= this.#comeBack(error))
      }
    }
  }

  async #reconnect(loss: DeployError): Promise<void> {
    try {
      await this.transport.reconnect()
    } catch (cause) {
      if (!(cause instanceof DeployError)) throw cause
      const evidence = [loss.fault.evidence, `then: ${cause.fault.what}`].filter((line) => line !== undefined)
      throw new DeployError(loss.code, { ...loss.fault, evidence: evidence.join('\n') }, { cause })
    }
  }

  /** A line may be cut again while it is opened. */
  async #retake(loss: DeployError, left: number): Promise<void> {
    await this.#reconnect(loss)
    try {
      await this.lock.retake()
    } catch (error) {
      if (!isLoss(error) || left === 0) throw error
      await this.#retake(error, left - 1)
    }
  }

  async #comeBack(loss: DeployError): Promise<void> {
    try {
      this.emit({ type: 'notice', text: `${loss.fault.what}; connecting again` })
      await this.#retake(loss, mostLosses)
      this.#losses++
      this.emit({ type: 'notice', text: 'connected again: it is looked at what the host has done meanwhile' })
    } finally {
      this.#comingBack = undefined
    }
  }
}
