import type { ChildProcess } from 'node:child_process'
import { DeployError } from '../errors.js'
import type { Ask } from './ask.js'
import { Deadline } from './deadline.js'
import { timedOut } from './ssh-failure.js'
import type { SshHost } from './ssh-host.js'

/** Twenty seconds for the connection, as many for the login. */
const readySeconds = 40

/** What may end a login before ssh does: the time, a person who does not want to, whoever calls the run off. */
export class Stopping {
  #why: DeployError | undefined
  #child: ChildProcess | undefined
  readonly #deadline: Deadline

  constructor(
    host: SshHost,
    private readonly signal: AbortSignal | undefined,
  ) {
    this.#deadline = new Deadline(readySeconds * 1_000, () => {
      this.#why = timedOut(host, new Error(`no session within ${readySeconds} seconds`))
      this.stop()
    })
  }

  /** undefined: nobody but ssh has ended it. */
  get why(): DeployError | undefined {
    return this.#why
  }

  watch(child: ChildProcess): void {
    this.#child = child
    this.signal?.addEventListener('abort', this.stop)
    if (this.signal?.aborted === true) this.stop()
  }

  /** The time stands still while a person thinks. */
  asking(ask: Ask): Ask {
    return async (question) => {
      try {
        return await this.#deadline.pausedFor(ask(question))
      } catch (error) {
        // Somebody who wants to stop is not somebody who was not let in.
        if (error instanceof DeployError) this.#why = error
        this.stop()
        throw error
      }
    }
  }

  readonly stop = (): void => void this.#child?.kill()

  end(): void {
    this.#deadline.cancel()
    this.signal?.removeEventListener('abort', this.stop)
  }
}
