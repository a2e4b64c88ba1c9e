import type { Readable, Writable } from 'node:stream'
import type { SshHost } from './ssh-host.js'

/** A program that runs on the host. */
export interface Channel {
  readonly stdin: Writable
  readonly stdout: Readable
  readonly stderr: Readable
  /** Called once it has ended and all that it said was heard; undefined: it did not say with what code. */
  onEnd(listener: (exitCode: number | undefined) => void): void
  close(): void
}

/** A session that is logged in, whoever speaks the protocol. */
export interface Connection {
  readonly host: SshHost
  /** Why there is no connection any more; undefined while there is one. */
  readonly lost: Error | undefined
  /**
   * Starts a program. `listen` is called before anything can have been missed: a listener that is added after an `await`
   * does not hear what a quick program says. Rejects with `ChannelRefused` where the host gives no further session.
   */
  start(program: string, listen: (channel: Channel) => void): Promise<Channel>
  close(): Promise<void>
}

/** Nothing was started: safe to try again. */
export class ChannelRefused extends Error {
  override readonly name = 'ChannelRefused'
}
