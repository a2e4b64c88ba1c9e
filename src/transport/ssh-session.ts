import type { Readable } from 'node:stream'
import type { RunAs } from '../core/command.js'
import type { Secret } from '../core/secret.js'
import type { Ask } from './ask.js'
import type { Connection } from './connection.js'
import { driver, oneShot } from './frame.js'
import type { Patience } from './patience.js'
import { Channels } from './ssh-channel.js'
import { Shell, ShellEnded, type Exchange, type Exchanged } from './ssh-shell.js'
import { ShellPool } from './ssh-shell-pool.js'
import { Sudo } from './ssh-sudo.js'

/** The shells of one connection: some stay open for each account, a stream gets one of its own. */
export class SshSession {
  readonly #channels: Channels
  readonly #sudo: Sudo
  readonly #pools: Readonly<Record<RunAs, ShellPool>>

  constructor(
    private readonly connection: Connection,
    sudoPassword: Secret | undefined,
    ask: Ask | undefined,
    patience: Patience,
  ) {
    this.#channels = new Channels(connection, patience.open)
    this.#sudo = new Sudo(connection.host, this.#channels, sudoPassword, ask, patience.sudo)
    this.#pools = {
      root: new ShellPool(async () => this.#start('root')),
      login: new ShellPool(async () => this.#start('login')),
    }
  }

  get lost(): Error | undefined {
    return this.connection.lost
  }

  /** Whoever logged in as root is root either way. */
  account(as: RunAs): RunAs {
    return this.#isRoot ? 'root' : as
  }

  async exchange(as: RunAs, exchange: Exchange): Promise<Exchanged> {
    const account = this.account(as)
    return this.#retrying(account, async () => this.#pools[account].use(async (shell) => shell.exchange(exchange)))
  }

  /** Opens a shell for what will follow, where nobody has to be asked for it; if it fails, so will what follows, and tell. */
  prepare(as: RunAs): void {
    const account = this.account(as)
    const isAsked = account === 'root' && !this.#isRoot && this.#sudo.unasked === undefined
    if (!isAsked) this.#pools[account].use(async () => Promise.resolve()).catch(() => undefined)
  }

  /** As `exchange`, of several that are sent at once; what becomes of each. */
  exchangeAll(as: RunAs, exchanges: readonly Exchange[]): readonly Promise<Exchanged>[] {
    const account = this.account(as)
    const settle: ((answered: Exchanged) => void)[] = []
    const answered = (index: number, by: Exchanged): void => settle[index]?.(by)
    const all = this.#retrying(account, async () =>
      this.#pools[account].use(async (shell) => shell.exchangeAll(exchanges, answered)),
    )
    return exchanges.map(
      async (_exchange, index) =>
        new Promise((resolve, reject) => {
          // whoever has heard the last of it finds the shell idle
          const isLast = index === exchanges.length - 1
          settle.push(isLast ? (by) => void all.then(() => resolve(by), reject) : resolve)
          all.catch(reject)
        }),
    )
  }

  /** As `exchange`, and a round trip less where no shell is open yet: the script is the command. */
  async question(as: RunAs, exchange: Exchange): Promise<Exchanged> {
    const account = this.account(as)
    return this.#retrying(account, async () => {
      const program = this.#pools[account].isEmpty ? this.#oneShot(account, exchange.script) : undefined
      if (program === undefined) return this.#pools[account].use(async (shell) => shell.exchange(exchange))
      const shell = new Shell()
      return shell.answer(exchange, async () => this.#channels.open(program, shell.listen))
    })
  }

  #oneShot(account: RunAs, script: string): string | undefined {
    const bySudo = account === 'root' && !this.#isRoot
    const shell = bySudo ? this.#sudo.unasked : '/bin/bash -s'
    return shell === undefined ? undefined : oneShot(shell, script, bySudo || this.#isRoot ? '/' : undefined)
  }

  /** `open` makes the stream when there is a shell to take it, and once more where sudo wants to be asked again. */
  async stream(as: RunAs, exchange: Exchange, open: () => Readable): Promise<Exchanged> {
    const account = this.account(as)
    return this.#retrying(account, async () => {
      const shell = await this.#start(account)
      try {
        return await shell.exchange({ ...exchange, input: open() })
      } finally {
        shell.close()
      }
    })
  }

  close(): void {
    for (const pool of Object.values(this.#pools)) pool.close()
  }

  get #isRoot(): boolean {
    return this.connection.host.config.user === 'root'
  }

  /**
   * A shell that ended before the script began has done nothing; where sudo explains it, it is opened once more. More
   * than once only because others may meanwhile have opened one without the password that was being asked for.
   */
  async #retrying<T>(account: RunAs, attempt: () => Promise<T>, retries = 3): Promise<T> {
    try {
      return await attempt()
    } catch (error) {
      const bySudo = account === 'root' && !this.#isRoot
      if (!(error instanceof ShellEnded) || error.started || this.lost !== undefined || retries === 0) throw error
      // sudo that refuses says so with a code: another program has run than the one that was asked for
      if (error.fresh && (!bySudo || error.exitCode === 0)) throw error
      const failure = error.fresh ? await this.#sudo.explain(error) : undefined
      if (failure !== undefined) throw failure
      return this.#retrying(account, attempt, retries - 1)
    }
  }

  async #start(account: RunAs): Promise<Shell> {
    if (account === 'root' && !this.#isRoot) return this.#sudo.open()
    const shell = new Shell()
    await this.#channels.open('exec /bin/bash -s', shell.listen)
    shell.write(driver(this.#isRoot ? '/' : undefined))
    return shell
  }
}
