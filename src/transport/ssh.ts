import { Readable } from 'node:stream'
import { isSource, type Answer, type Command, type RunAs } from '../core/command.js'
import { Secret } from '../core/secret.js'
import { DeployError } from '../errors.js'
import { asAccount } from './as-account.js'
import type { Ask } from './ask.js'
import type { Approach } from './ssh-approach.js'
import { composeBatch, parseBatch, surveyCutShort } from './batch.js'
import { newNonce } from './frame.js'
import { nameOf } from './command-name.js'
import { fencedOff, fencedOffCode, secondsOf } from './guard.js'
import { bytesOf, composeInvocation, composeJob, composeStreamed } from './invocation.js'
import { followJob } from './job.js'
import { usualPatience, type Patience } from './patience.js'
import { openLine, rememberAnswers, reopenLine, type Line } from './ssh-line.js'
import type { SshSession } from './ssh-session.js'
import { ShellEnded, ShellFlooded, ShellSilent, type Exchange, type Exchanged } from './ssh-shell.js'
import {
  isStreamed,
  type Mark,
  type RunOptions,
  type ShellQuestion,
  type Transport,
  type TransportCounts,
} from './transport.js'

export interface SshOptions {
  /** As typed: `alias`, `user@host`, `user@host:port`. */
  readonly host: string
  readonly user?: string
  readonly port?: number
  readonly identityFile?: string
  readonly sshConfigFile?: string
  /** Who speaks SSH: we, or the ssh of this computer. */
  readonly transport?: 'built-in' | 'openssh'
  /** Fingerprints; where there are any, they alone decide which key is the host's. */
  readonly hostKeys?: readonly string[]
  /** Trusts the key of a host that is not known yet; never one that changed. */
  readonly acceptNewHostKey?: boolean
  readonly sudoPassword?: Secret
  /** Without it nobody can be asked, and what needs a person is an error. */
  readonly ask?: Ask
  /** Where the built-in transport keeps which key logged in where, to begin with it the next time; otherwise nowhere. */
  readonly loginsFile?: string
  /** Hangs up at once, also while the connection is being made. */
  readonly signal?: AbortSignal
  readonly patience?: Partial<Patience>
  readonly approach?: Approach
}

const keptOutput = 8 * 1024 * 1024
const keptAnswers = 32 * 1024 * 1024
/** No command of ours says as much; whoever does is hung up on, for it would be kept in a log. */
const mostOutput = 32 * 1024 * 1024

/** A host over SSH: one connection, one open shell for each account. */
class SshTransport implements Transport {
  readonly #counts = { connections: 1, batches: 0, commands: 0 }
  readonly #patience: Patience
  #line: Line

  constructor(
    /** For opening the line anew. */
    private readonly options: SshOptions,
    line: Line,
  ) {
    this.#line = line
    this.#patience = { ...usualPatience, ...options.patience }
  }

  get target(): string {
    return this.#line.host.target
  }

  get #where(): string {
    return this.#line.host.where
  }

  get #session(): SshSession {
    return this.#line.session
  }

  get counts(): TransportCounts {
    return { ...this.#counts }
  }

  async ask(questions: readonly ShellQuestion[]): Promise<readonly Answer[]> {
    if (questions.length === 0) return []
    this.#counts.batches++
    const accounts: readonly RunAs[] = ['root', 'login']
    const answers: Answer[] = []
    await Promise.all(
      accounts.map(async (as) => {
        const places = [...questions.keys()].filter(
          (index) => this.#session.account(questions[index]?.as ?? 'root') === as,
        )
        const scripts = places.map((index) => questions[index]?.sh ?? '')
        if (scripts.length === 0) return
        const answered = await this.#askAs(as, scripts)
        places.forEach((place, index) => (answers[place] = answered[index] ?? unanswered(scripts[index] ?? '')))
      }),
    )
    return answers
  }

  async #askAs(as: RunAs, scripts: readonly string[]): Promise<readonly Answer[]> {
    const nonce = newNonce()
    const { batch, grace } = this.#patience
    const exchange = {
      script: composeBatch(scripts, nonce, batch),
      nonce,
      keep: keptAnswers,
      most: keptAnswers,
      milliseconds: (batch + grace) * 1_000,
    }
    try {
      const { stdout } = await this.#session.question(as, exchange)
      return parseBatch(stdout, scripts, nonce)
    } catch (error) {
      if (error instanceof ShellSilent || error instanceof ShellFlooded) {
        throw surveyCutShort('(all questions together)', error.message).at(this.#where)
      }
      if (error instanceof ShellEnded) throw this.#lost('the host was being asked about its state', error)
      throw error instanceof DeployError ? error.at(this.#where) : error
    }
  }

  async run(command: Command, { mark, ...options }: RunOptions = {}): Promise<Answer> {
    this.#counts.commands++
    const nonce = newNonce()
    const common = {
      nonce,
      keep: keptOutput,
      most: command.endless === true ? Infinity : mostOutput,
      milliseconds: (secondsOf(command) + this.#patience.grace) * 1_000,
      ...options,
    }
    const started = performance.now()
    try {
      const { stdout, stderr, status } = await this.#exchange(command, mark, common)
      // 124 is also a code that a command may have of its own; 137 is what is left of one that ignored SIGTERM.
      const late = performance.now() - started >= secondsOf(command) * 1_000
      if (status === fencedOffCode && stderr.includes(fencedOff)) throw this.#fencedOff(command)
      if (late && (status === 124 || status === 137)) throw this.#timedOut(command, stdout + stderr)
      return { stdout, stderr, exitCode: status }
    } catch (error) {
      if (error instanceof ShellSilent) {
        throw this.#timedOut(command, `the host did not say that it ended (${error.message}); it may still run`)
      }
      if (error instanceof ShellFlooded) throw this.#flooded(command)
      if (error instanceof ShellEnded) throw this.#lost(`\`${nameOf(command)}\` ran`, error)
      throw error
    }
  }

  async #exchange(wanted: Command, mark: Mark | undefined, common: Omit<Exchange, 'script'>): Promise<Exchanged> {
    const byRoot = mark !== undefined && this.#session.account(wanted.as) === 'login'
    const command = byRoot ? asAccount(this.#line.host.config.user, wanted) : wanted
    const { stdin, as } = command
    const bytes = stdin === undefined || isSource(stdin) ? undefined : bytesOf(stdin)
    if (stdin !== undefined && isStreamed(stdin)) {
      const open = () => (isSource(stdin) ? stdin.open() : Readable.from([bytes]))
      const script = composeStreamed(command, common.nonce, mark)
      return this.#session.stream(as, { ...common, script }, open)
    }
    // the stdin of a job lies in a file of the host, where no secret may lie
    const lasts = command.lasting === true && mark !== undefined && !(stdin instanceof Secret)
    const compose = lasts ? composeJob(command, common.nonce, bytes, mark) : undefined
    const script = compose ?? composeInvocation(command, common.nonce, bytes, mark)
    return this.#session.exchange(as, { ...common, script })
  }

  async attach(job: string, options?: RunOptions): Promise<Answer> {
    return this.run(followJob(job), options)
  }

  async reconnect(): Promise<void> {
    await this.#line.close()
    this.#line = await reopenLine(this.options)
    this.#counts.connections++
  }

  async close(): Promise<void> {
    await this.#line.close()
  }

  #fencedOff(command: Command): DeployError {
    return new DeployError('LOCK_LOST', {
      what: `\`${nameOf(command)}\` was not started: this run does not hold the lock of the host any more`,
      where: this.#where,
      remedy:
        'look who does with "deploy-flask lock status"; then run the same command again: it goes on from what is there',
    })
  }

  #timedOut(command: Command, evidence: string): DeployError {
    return new DeployError('COMMAND_TIMEOUT', {
      what: `\`${nameOf(command)}\` did not end within ${secondsOf(command)} seconds`,
      where: this.#where,
      evidence: evidence.slice(-2_000),
      remedy: 'see on the host what keeps it; then run it again',
    })
  }

  #flooded(command: Command): DeployError {
    return new DeployError('OUTPUT_TOO_LONG', {
      what: `\`${nameOf(command)}\` said more than ${mostOutput / 1024 / 1024} MB; it was hung up on, and may still run`,
      where: this.#where,
      remedy: 'see on the host what it says; then run this again',
    })
  }

  #lost(meanwhile: string, ended: ShellEnded): DeployError {
    const lost = this.#session.lost
    if (lost === undefined && ended.fresh && !ended.started) return this.#noShell(ended)
    return new DeployError(
      'CONNECTION_LOST',
      {
        what:
          lost === undefined
            ? `the shell on ${this.target} ended while ${meanwhile}: the outcome is unknown`
            : `the connection to ${this.target} was lost while ${meanwhile}: the outcome is unknown`,
        where: this.#where,
        evidence: [lost?.message, ended.lastWords].filter((line) => line !== undefined && line !== '').join('\n'),
        remedy: 'run it again: what was done is found, and only the rest is done',
      },
      { cause: ended },
    )
  }

  #noShell(ended: ShellEnded): DeployError {
    return new DeployError('SHELL_MISSING', {
      what: `${this.target} logs in, but gets no bash`,
      where: this.#where,
      evidence: ended.lastWords === '' ? `the shell ended with code ${String(ended.exitCode)}` : ended.lastWords,
      remedy:
        'the account needs a login shell (not nologin), /bin/bash on the host, and no ForceCommand in sshd_config',
    })
  }
}

const unanswered = (question: string): never => {
  throw surveyCutShort(question, 'no answer came back')
}

/** Connects and logs in. What needs root is found out at the first question or command that needs it. */
export const connectSsh = async (options: SshOptions): Promise<Transport> => {
  const { first, again } = rememberAnswers(options)
  return new SshTransport(again, await openLine(first))
}
