import type { Answer, Command } from '../core/command.js'
import { DeployError } from '../errors.js'
import type { RunOptions, ShellQuestion, Transport, TransportCounts } from './transport.js'

/** What a recorded host says. `undefined`: it was never recorded, which is an error of the test. */
export interface Recording {
  answer?(question: ShellQuestion): Partial<Answer> | undefined
  result?(command: Command): Partial<Answer> | undefined
}

const complete = (answer: Partial<Answer>): Answer => ({ stdout: '', stderr: '', exitCode: 0, ...answer })

const recorded = (answer: Partial<Answer> | undefined, what: string): Answer => {
  if (answer === undefined) throw new Error(`nothing is recorded for: ${what}`)
  return complete(answer)
}

/** A host that is played back; what it was asked and told to do is kept. */
export class RecordedTransport implements Transport {
  readonly questions: ShellQuestion[] = []
  readonly commands: Command[] = []
  #batches = 0

  constructor(
    private readonly recording: Recording,
    readonly target = 'recorded',
  ) {}

  get counts(): TransportCounts {
    return { connections: 1, batches: this.#batches, commands: this.commands.length }
  }

  async ask(questions: readonly ShellQuestion[]): Promise<readonly Answer[]> {
    if (questions.length > 0) this.#batches++
    this.questions.push(...questions)
    return Promise.resolve(questions.map((question) => recorded(this.recording.answer?.(question), question.sh)))
  }

  async run(command: Command, options: RunOptions = {}): Promise<Answer> {
    this.commands.push(command)
    // A command of which nothing was recorded just succeeds.
    const answer = complete(this.recording.result?.(command) ?? {})
    for (const stream of ['stdout', 'stderr'] as const) {
      if (answer[stream] !== '') options.onOutput?.(answer[stream], stream)
    }
    return Promise.resolve(answer)
  }

  async attach(job: string, options?: RunOptions): Promise<Answer> {
    return this.run({ argv: ['attach', job], as: 'root' }, options)
  }

  async reconnect(): Promise<void> {
    return Promise.reject(
      new DeployError('CONNECT_FAILED', { what: 'what is played back has no connection', remedy: 'connect to a host' }),
    )
  }

  async close(): Promise<void> {
    return Promise.resolve()
  }
}
