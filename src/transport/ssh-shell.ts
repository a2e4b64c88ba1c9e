import type { Readable } from 'node:stream'
import { StringDecoder } from 'node:string_decoder'
import type { Channel } from './connection.js'
import { envelope } from './frame.js'
import { MarkedOutput } from './marked-output.js'
import type { RunOptions } from './transport.js'

const keptNoise = 4096

/** One script for the open shell, and what is wanted of it. */
export interface Exchange extends RunOptions {
  readonly script: string
  readonly nonce: string
  /** The last characters of each stream that are kept. */
  readonly keep: number
  readonly milliseconds: number
  /** Characters of all that may come; whoever says more is hung up on. */
  readonly most: number
  /** What follows the script on the shell's stdin, to its end. */
  readonly input?: Readable
}

export interface Exchanged {
  readonly stdout: string
  readonly stderr: string
  readonly status: number
  /** Characters of stdout that were not kept. */
  readonly dropped: number
}

/**
 * The shell is gone. `started` says whether the script had begun; if not, it never ran. `fresh`: no script before it
 * ran either, so there may never have been a shell.
 */
export class ShellEnded extends Error {
  override readonly name = 'ShellEnded'

  constructor(
    readonly started: boolean,
    readonly fresh: boolean,
    readonly exitCode: number | undefined,
    /** What was printed outside of all frames, or in this unfinished one: the last words of sudo or of the shell. */
    readonly lastWords: string,
  ) {
    super('the shell on the host ended')
  }
}

/** The script took longer than it may; whether it still runs is not known. The shell is of no more use. */
export class ShellSilent extends Error {
  override readonly name = 'ShellSilent'
}

/** More was said than any answer of ours can be; whether the script still runs is not known. */
export class ShellFlooded extends Error {
  override readonly name = 'ShellFlooded'
}

interface Pending {
  room: number
  readonly stdout: MarkedOutput
  readonly stderr: MarkedOutput
  /** Called when it is its turn, and its time begins to run. */
  begin(): void
  settle(result: Exchanged | Error): void
}

/** What the stream has given less what waits in the channel, because the host has not made room for it yet. */
const countSent = (input: Readable, { stdin }: Channel, onSent: (bytes: number) => void): void => {
  let given = 0
  const count = (): void => onSent(Math.max(0, given - stdin.writableLength))
  input.on('data', (piece: Buffer) => {
    given += piece.length
    count()
  })
  stdin.on('drain', count)
  stdin.on('finish', count)
}

const streamNames = ['stdout', 'stderr'] as const
type StreamName = (typeof streamNames)[number]

/** A bash on the host that runs `driver` and is sent one script after the other. */
export class Shell {
  /** What was sent and is not answered yet, in its order. */
  #pending: Pending[] = []
  #noise = ''
  #fresh = true
  #closing = false
  #ended: ShellEnded | undefined
  #channel: Channel | undefined
  #queue: Promise<unknown> = Promise.resolve()

  /** Called by the channel's opener, before anything can have arrived. */
  readonly listen = (channel: Channel): void => {
    this.#channel = channel
    for (const name of streamNames) {
      // a character may be split over two pieces
      const decoder = new StringDecoder('utf8')
      channel[name].on('data', (piece: Buffer) => this.#take(name, decoder.write(piece)))
    }
    channel.onEnd((exitCode) => this.#end(exitCode))
  }

  get isOpen(): boolean {
    return this.#channel !== undefined && this.#ended === undefined && !this.#closing
  }

  write(text: string): void {
    this.#channel?.stdin.write(text)
  }

  close(): void {
    this.#closing = true
    this.#channel?.close()
  }

  /** One at a time, in the order of the calls. */
  async exchange(exchange: Exchange): Promise<Exchanged> {
    return this.#inTurn(async () => this.#exchange(exchange))
  }

  /**
   * All of them are sent at once; none of them has an input. Each is told of as soon as it is answered; fulfilled when
   * all are, rejected with what became of the first of them that was not.
   */
  async exchangeAll(exchanges: readonly Exchange[], answered: (index: number, by: Exchanged) => void): Promise<void> {
    await this.#inTurn(async () => {
      const all = exchanges.map(async (one, index) => answered(index, await this.#exchange(one)))
      const settled = await Promise.allSettled(all)
      const failed = settled.find((one) => one.status === 'rejected')
      if (failed !== undefined) throw failed.reason
    })
  }

  async #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const mine = this.#queue.then(work)
    this.#queue = mine.catch(() => undefined)
    return mine
  }

  /** For a shell that brings its script along: the answer is waited for before there is a channel. */
  async answer(exchange: Exchange, open: () => Promise<unknown>): Promise<Exchanged> {
    const answered = this.#expect(exchange)
    open().catch((error: unknown) => {
      this.#pending[0]?.settle(error instanceof Error ? error : new Error(String(error)))
    })
    return answered
  }

  async #exchange(exchange: Exchange): Promise<Exchanged> {
    const channel = this.#channel
    if (channel === undefined) throw new TypeError('the shell has no channel yet')
    if (this.#ended !== undefined) {
      throw new ShellEnded(false, this.#fresh, this.#ended.exitCode, this.#ended.lastWords)
    }
    const answered = this.#expect(exchange)
    channel.stdin.write(envelope(exchange.script))
    const { input, onSent } = exchange
    input?.on('error', (error) => {
      this.#pending[0]?.settle(error)
      this.close()
    })
    if (input !== undefined && onSent !== undefined) countSent(input, channel, onSent)
    input?.pipe(channel.stdin)
    return answered
  }

  async #expect({ nonce, keep, milliseconds, most, onOutput, input }: Exchange): Promise<Exchanged> {
    return new Promise((resolve, reject) => {
      let timer: NodeJS.Timeout | undefined
      const giveUp = (): void => {
        pending.settle(new ShellSilent(`no end within ${milliseconds / 1000} seconds`))
        this.close()
      }
      const pending: Pending = {
        room: most,
        stdout: new MarkedOutput(nonce, keep, (text) => onOutput?.(text, 'stdout')),
        stderr: new MarkedOutput(nonce, keep, (text) => onOutput?.(text, 'stderr')),
        begin: () => (timer = setTimeout(giveUp, milliseconds)),
        settle: (result) => {
          clearTimeout(timer)
          this.#pending = this.#pending.filter((one) => one !== pending)
          if (this.#channel !== undefined) input?.unpipe(this.#channel.stdin)
          input?.destroy()
          if (result instanceof Error) reject(result)
          else resolve(result)
          this.#pending[0]?.begin()
        },
      }
      this.#pending.push(pending)
      if (this.#pending.length === 1) pending.begin()
    })
  }

  /** The streams come independently of each other: one of them may be at the next answer already. */
  #take(stream: StreamName, text: string): void {
    const pending = this.#pending.find((one) => one[stream].status === undefined)
    if (pending === undefined) {
      this.#hear(text)
      return
    }
    pending.room -= text.length
    if (pending.room < 0) {
      pending.settle(new ShellFlooded('it said more than anybody would read'))
      this.close()
      return
    }
    this.#hear(pending[stream].push(text))
    if (pending.stdout.begun) this.#fresh = false
    const { rest } = pending[stream]
    this.#settleAnswered()
    if (rest !== '') this.#take(stream, rest)
  }

  #settleAnswered(): void {
    const [first] = this.#pending
    if (first?.stdout.status === undefined || first.stderr.status === undefined) return
    const { stdout, stderr } = first
    first.settle({ stdout: stdout.text, stderr: stderr.text, status: first.stdout.status, dropped: stdout.dropped })
    this.#settleAnswered()
  }

  #hear(noise: string): void {
    if (noise !== '') this.#noise = (this.#noise + noise).slice(-keptNoise)
  }

  #end(exitCode: number | undefined): void {
    const [first] = this.#pending
    const unfinished = first === undefined ? '' : first.stdout.unfinished + first.stderr.unfinished
    const lastWords = (this.#noise + unfinished).slice(-keptNoise).trim()
    const endOf = (one?: Pending): ShellEnded =>
      new ShellEnded(one?.stdout.begun === true || one?.stderr.begun === true, this.#fresh, exitCode, lastWords)
    this.#ended = endOf(first)
    for (const one of [...this.#pending]) one.settle(endOf(one))
  }
}
