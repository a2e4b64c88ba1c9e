import { Readable } from 'node:stream'
import { isSource, type Answer, type Command, type RunAs } from '../core/command.js'
import type { Secret } from '../core/secret.js'
import { asAccount } from './as-account.js'
import type { Ask } from './ask.js'
import type { Approach } from './ssh-approach.js'
import { composeBatch, parseBatch, surveyCutShort } from './batch.js'
import { ifBefore, newNonce } from './frame.js'
import { secondsOf } from './guard.js'
import { bytesOf, composed, composeStreamed } from './invocation.js'
import { followJob } from './job.js'
import { usualPatience, type Patience } from './patience.js'
import { answerOf, answersOf, mostOutput, type About } from './ssh-answers.js'
import { openLine, rememberAnswers, reopenLine, type Line } from './ssh-line.js'
import type { SshSession } from './ssh-session.js'
import type { Exchange, Exchanged } from './ssh-shell.js'
import {
  isStreamed,
  type Mark,
  type RunOptions,
  type Sequence,
  type SequencedRun,
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

  get #about(): About {
    const { session, host } = this.#line
    return { target: host.target, where: host.where, lost: () => session.lost }
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
    const { exchange, answers } = this.#lookOf(scripts)
    return answers(this.#session.question(as, exchange))
  }

  #lookOf(scripts: readonly string[]) {
    const nonce = newNonce()
    const { batch, grace } = this.#patience
    const exchange: Exchange = {
      script: composeBatch(scripts, nonce, batch),
      nonce,
      keep: keptAnswers,
      most: keptAnswers,
      milliseconds: (batch + grace) * 1_000,
    }
    const answers = async (sent: Promise<Exchanged>): Promise<readonly Answer[]> =>
      answersOf(this.#about, sent, ({ stdout }) => parseBatch(stdout, scripts, nonce))
    return { exchange, answers }
  }

  async run(command: Command, options: RunOptions = {}): Promise<Answer> {
    this.#counts.commands++
    const wanted = this.#asRun(command, options.mark)
    const common = this.#exchangeOf(wanted, options)
    const { stdin, as } = wanted
    if (stdin === undefined || !isStreamed(stdin)) {
      const script = composed(wanted, common.nonce, options.mark)
      return answerOf(command, this.#about, this.#session.exchange(as, { ...common, script }))
    }
    const open = () => (isSource(stdin) ? stdin.open() : Readable.from([bytesOf(stdin)]))
    const script = composeStreamed(wanted, common.nonce, options.mark)
    return answerOf(command, this.#about, this.#session.stream(as, { ...common, script }, open))
  }

  sequence(runs: readonly SequencedRun[], questions: readonly ShellQuestion[]): Sequence {
    this.#counts.commands += runs.length
    const commands = runs.map(({ command, options: { mark } = {} }) => this.#asRun(command, mark))
    const scripts = commands.map((command, index): Exchange => {
      const { options = {} } = runs[index] ?? {}
      const common = this.#exchangeOf(command, options)
      return { ...common, script: ifBefore(index, composed(command, common.nonce, options.mark), common.nonce) }
    })
    const look = questions.length === 0 ? undefined : this.#lookOf(questions.map(({ sh }) => sh))
    if (look !== undefined) this.#counts.batches++
    const ask = look && { ...look.exchange, script: ifBefore(runs.length, look.exchange.script, look.exchange.nonce) }
    const sent = this.#session.exchangeAll('root', [...scripts, ...(ask === undefined ? [] : [ask])])
    return {
      answers: runs.map(async ({ command }, index) => {
        const [mine = neverSent(), before] = [sent[index], sent[index - 1]]
        return answerOf(command, this.#about, mine, before)
      }),
      looked: look === undefined ? Promise.resolve([]) : look.answers(sent[runs.length] ?? neverSent()),
    }
  }

  /** What changes the host is run by root, who sees to it that it runs once, also where it runs as the account. */
  #asRun(command: Command, mark: Mark | undefined): Command {
    const byRoot = mark !== undefined && this.#session.account(command.as) === 'login'
    return byRoot ? asAccount(this.#line.host.config.user, command) : command
  }

  #exchangeOf(command: Command, { onOutput, onSent }: RunOptions): Omit<Exchange, 'script'> {
    return {
      nonce: newNonce(),
      keep: keptOutput,
      most: command.endless === true ? Infinity : mostOutput,
      milliseconds: (secondsOf(command) + this.#patience.grace) * 1_000,
      ...(onOutput === undefined ? {} : { onOutput }),
      ...(onSent === undefined ? {} : { onSent }),
    }
  }

  prepare(): void {
    this.#session.prepare('root')
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
}

const unanswered = (question: string): never => {
  throw surveyCutShort(question, 'no answer came back')
}

const neverSent = (): never => {
  throw new TypeError('a session must answer every exchange')
}

/** Connects and logs in. What needs root is found out at the first question or command that needs it. */
export const connectSsh = async (options: SshOptions): Promise<Transport> => {
  const { first, again } = rememberAnswers(options)
  return new SshTransport(again, await openLine(first))
}
