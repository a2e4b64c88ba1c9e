import { randomBytes } from 'node:crypto'
import { PassThrough } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { z } from 'zod'
import type { Command } from '../core/command.js'
import type { Waiting } from '../core/progress.js'
import { DeployError } from '../errors.js'
import type { RunOptions, Transport } from '../transport/transport.js'
import { holder, holderText, lockedBy, type Holder } from './holder.js'
import { KEEPER } from './keeper-script.js'
import { Lines } from './lines.js'

/** Often enough that a few may be late. */
const beatSeconds = 5
const longestRun = 24 * 60 * 60
/** The keeper says at once what it has, and each second for what it waits. */
const usualSilence = 60
const goodbyeSeconds = 10

const said = z.union([
  z.object({
    locked: z.literal(true),
    last: z.string().regex(/^\w{0,100}$/),
    journal: z.boolean(),
    jobs: z.array(z.string().regex(/^[\w-]{1,100}$/)).max(1000),
  }),
  z.object({ waiting: holder.nullable(), seconds: z.number() }),
  z.object({ busy: z.number() }),
  z.object({ held: holder.nullable() }),
  z.object({ lost: z.literal(true) }),
])

/** What an earlier run has left: its token, whether something is to be taken back, and what still runs of it. */
export interface Found {
  readonly last: string
  readonly journal: boolean
  readonly jobs: readonly string[]
}

/** How a run has left the host, in one word of base64. */
export interface Left {
  readonly site: string
  readonly text: string
}

export interface LockRequest {
  readonly holder: Holder
  /** How long another run is waited for. */
  readonly seconds: number
  readonly onWaiting: (waiting: Waiting) => void
  /** Seconds after which a keeper that says nothing is given up. */
  readonly silence?: number
}

const lockLost = (): DeployError =>
  new DeployError('LOCK_LOST', {
    what: 'the lock of the host went to another run, or the host was started anew, while the connection was lost',
    remedy:
      'look who is at work with "deploy-flask lock status"; then run the same command again: it goes on from what is there',
  })

const noLock = (evidence: string): DeployError =>
  new DeployError('STEP_FAILED', {
    what: 'the lock of the host cannot be taken',
    evidence,
    remedy: 'look at the folder /run/deploy-flask of the host, and whether /run has room',
  })

const silent = (): DeployError =>
  new DeployError('COMMAND_TIMEOUT', {
    what: 'the host does not say whether the lock can be had',
    remedy:
      'see on the host what keeps it: the process that runs "perl -e" with "deploy-flask" in its words; then run it again',
  })

const unreadable = (line: string): DeployError =>
  new DeployError('ANSWER_UNREADABLE', {
    what: 'the keeper of the lock on the host has said something that nobody understands',
    evidence: line,
    remedy: 'another version of deploy-flask may hold the lock: wait for its end',
  })

/**
 * The lock of a host, one for all its sites and accounts. It is kept by a process on the host, as long as that hears from
 * us; from then on no command of a run that held it before is started any more.
 */
export class Lock {
  readonly token = randomBytes(8).toString('hex')
  #input = new PassThrough()
  #beat: NodeJS.Timeout | undefined
  #ended: Promise<unknown> = Promise.resolve()

  constructor(
    private readonly transport: Transport,
    private readonly request: LockRequest,
  ) {}

  async take(): Promise<Found> {
    return this.#start(false)
  }

  /** Over a new connection. Fails where another run had the lock in between. */
  async retake(): Promise<void> {
    clearInterval(this.#beat)
    await this.#start(true)
  }

  /**
   * Says goodbye, and waits until it is free; not for ever, for it goes with the connection in any case. `audit`: a line
   * that is kept on the host; `left`: how a site was left, one word, which is kept too.
   */
  async release(audit?: string, left?: Left): Promise<void> {
    clearInterval(this.#beat)
    const said = [audit === undefined ? 'done' : `done ${audit}`, ...(left === undefined ? [] : [left.site, left.text])]
    this.#input.end(`${said.join('\t')}\n`)
    await Promise.race([this.#ended, sleep(goodbyeSeconds * 1_000, undefined, { ref: false })])
  }

  #command(again: boolean): Command {
    const { holder, seconds } = this.request
    return {
      argv: ['perl', '-e', KEEPER, this.token, String(seconds), again ? '1' : '', JSON.stringify(holder)],
      as: 'root',
      stdin: { name: 'the lock', open: () => (this.#input = new PassThrough()) },
      seconds: longestRun,
      label: 'keep the lock of the host',
    }
  }

  async #start(again: boolean): Promise<Found> {
    this.#beat = setInterval(() => void this.#input.write('\n'), beatSeconds * 1_000).unref()
    try {
      return await this.#answered(again)
    } catch (error) {
      clearInterval(this.#beat)
      this.#input.end()
      throw error
    }
  }

  /** What the keeper says first; it goes on keeping the lock after that. */
  async #answered(again: boolean): Promise<Found> {
    return new Promise((resolve, reject) => {
      const listening = setTimeout(() => reject(silent()), (this.request.silence ?? usualSilence) * 1_000)
      const lines = new Lines((line) => {
        listening.refresh()
        try {
          const found = this.#hear(line)
          if (found === undefined) return
          clearTimeout(listening)
          resolve(found)
        } catch (error) {
          reject(error instanceof DeployError ? error : unreadable(line))
        }
      })
      const onOutput: RunOptions['onOutput'] = (text, stream) => {
        if (stream === 'stdout') lines.push(text)
      }
      this.#ended = this.transport.run(this.#command(again), { onOutput }).then(
        ({ stderr }) => reject(noLock(stderr)),
        (error: unknown) => reject(error instanceof DeployError ? error : noLock(String(error))),
      )
      void this.#ended.finally(() => clearTimeout(listening))
    })
  }

  /** Undefined: it is still waiting. */
  #hear(line: string): Found | undefined {
    const told = said.safeParse(parsed(line))
    if (!told.success) throw unreadable(line)
    const { data } = told
    if ('locked' in data) return data
    if ('held' in data) throw lockedBy(data.held)
    if ('lost' in data) throw lockLost()
    const waiting =
      'busy' in data
        ? { holder: 'a run that has lost the lock', seconds: data.busy }
        : { holder: data.waiting === null ? '' : holderText(data.waiting), seconds: data.seconds }
    this.request.onWaiting({ for: 'the lock of the host', ...waiting })
    return undefined
  }
}

const parsed = (line: string): unknown => {
  try {
    return JSON.parse(line)
  } catch {
    return undefined
  }
}
