import type { Duplex } from 'node:stream'
import { setImmediate } from 'node:timers/promises'
import type { Whereabouts } from '../core/site.js'
import { resolveWay, type SshHost } from './ssh-host.js'
import { loadLibrary } from './ssh-library.js'
import { openSocket } from './ssh-stream.js'

/**
 * The first steps towards a host, taken while it is still being checked what is wanted there: the way is looked up in
 * ssh_config, and the first host on it is connected to. Nothing is sent there, and nobody is asked anything.
 */
export class Approach {
  readonly way: Promise<readonly [...SshHost[], SshHost]>
  /** When the host is being connected to, or cannot be yet: the time for work that does not wait for anything. */
  readonly begun: Promise<void>
  #socket: Promise<Duplex> | undefined

  constructor(
    private readonly to: Whereabouts,
    signal: AbortSignal,
  ) {
    this.way = resolveWay(to.host, to)
    // while ssh reads its configuration; whoever logs in is told what is wrong
    loadLibrary().catch(() => undefined)
    this.#socket = this.way.then(async ([first]) => {
      if (first.config.proxyCommand !== undefined) throw new Error('ssh_config has a program for the way')
      return openSocket(first, signal)
    })
    this.#socket.catch(() => undefined)
    // Node connects when it has nothing else to do
    this.begun = this.way.then(
      () => setImmediate(),
      () => undefined,
    )
  }

  leadsTo({ host, user, port, sshConfigFile }: Whereabouts): boolean {
    const { to } = this
    return host === to.host && user === to.user && port === to.port && sshConfigFile === to.sshConfigFile
  }

  /** The connection to the first host on the way, once: a second login needs one of its own. */
  takeSocket(): Promise<Duplex> | undefined {
    const socket = this.#socket
    this.#socket = undefined
    return socket
  }

  /** Nobody goes there. */
  giveUp(): void {
    this.takeSocket()?.then(
      (socket) => socket.destroy(),
      () => undefined,
    )
  }
}
