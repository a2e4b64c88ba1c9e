import { randomBytes } from 'node:crypto'
import type { Readable } from 'node:stream'
import { Secret } from '../core/secret.js'
import { DeployError } from '../errors.js'
import type { Ask } from './ask.js'
import { driver } from './frame.js'
import type { Channels } from './ssh-channel.js'
import type { SshHost } from './ssh-host.js'
import { Shell, type ShellEnded } from './ssh-shell.js'

/** Long enough for a host that looks up its own name in a DNS that does not answer. */
const handshakeSeconds = 60

const needsPassword = /a (?:terminal|password) is required|password is required/i

/** `env` and not an assignment: the login shell may be any. `-n` never reads stdin. */
const unasked = 'env LC_ALL=C sudo -n -H -- /bin/bash -s'

/** Opens shells as root by sudo; learns on the way whether that takes a password, and asks for it once. */
export class Sudo {
  #password: Secret | undefined
  #asking: Promise<Secret | undefined> | undefined

  constructor(
    private readonly host: SshHost,
    private readonly channels: Channels,
    password: Secret | undefined,
    private readonly ask: Ask | undefined,
  ) {
    this.#password = password
  }

  /**
   * Without a password the shell's first script is sent at once, for `sudo -n` never reads stdin. With one, nothing
   * is sent but by the handshake: where sudo asks for none, the password would be the first line of the script.
   */
  async open(): Promise<Shell> {
    return this.#password === undefined ? this.#openUnasked() : this.#openWith(this.#password)
  }

  /** What to do after a shell ended before its first script began: an error, or (undefined) open it once more. */
  async explain(ended: ShellEnded): Promise<DeployError | undefined> {
    if (!needsPassword.test(ended.lastWords)) return this.#failure(ended.lastWords)
    // Several may have waited for the same shell; the person is asked once.
    this.#asking ??= this.#askPassword()
    this.#password ??= await this.#asking
    return this.#password === undefined ? this.#passwordMissing(ended.lastWords) : undefined
  }

  async #askPassword(): Promise<Secret | undefined> {
    const text = `sudo password of ${this.host.config.user} on ${this.host.config.hostname}`
    const password = await this.ask?.({ about: 'sudo-password', text, secret: true })
    return password === undefined ? undefined : new Secret(password)
  }

  /** Root's bash, as long as nobody has said that it takes a password. */
  get unasked(): string | undefined {
    return this.#password === undefined ? unasked : undefined
  }

  async #openUnasked(): Promise<Shell> {
    const shell = new Shell()
    await this.channels.open(`exec ${unasked}`, shell.listen)
    shell.write(driver('/'))
    return shell
  }

  async #openWith(password: Secret): Promise<Shell> {
    const nonce = randomBytes(8).toString('hex')
    const asks = `[ask-${nonce}]`
    const begins = `[root-${nonce}]`
    const inner = `printf %s "${begins}" >&2; exec /bin/bash -s`
    const program = `exec env LC_ALL=C sudo -S -k -H -p "${asks}" -- /bin/sh -c '${inner}'`
    const shell = new Shell()
    const heard = new Promise<void>((resolve, reject) => {
      let said = ''
      let answered = false
      let listening: Readable | undefined
      const timer = setTimeout(() => refuse(this.#failure(words())), handshakeSeconds * 1_000)
      const words = (): string => said.replaceAll(asks, '')
      const refuse = (failure: Error): void => {
        clearTimeout(timer)
        shell.close()
        reject(failure)
      }
      const hear = (piece: Buffer): void => {
        said += piece.toString()
        const times = said.split(asks).length - 1
        if (said.includes(begins)) {
          clearTimeout(timer)
          listening?.off('data', hear)
          resolve()
        } else if (times > 1) {
          // One attempt: more could lock the account.
          refuse(this.#wrongPassword(words()))
        } else if (times === 1 && !answered) {
          answered = true
          shell.write(`${password.reveal()}\n`)
        }
      }
      this.channels
        .open(program, (channel) => {
          shell.listen(channel)
          listening = channel.stderr.on('data', hear)
          channel.once('close', () => refuse(this.#failure(words())))
        })
        .catch(refuse)
    })
    await heard
    shell.write(driver('/'))
    return shell
  }

  #wrongPassword(evidence: string): DeployError {
    return new DeployError('SUDO_FAILED', {
      what: `sudo does not take this password of ${this.host.config.user}`,
      where: this.host.where,
      evidence: evidence.trim(),
      remedy: 'run it again with the right one; it was tried once only, so that no account gets locked',
    })
  }

  #passwordMissing(evidence: string): DeployError {
    return new DeployError('SUDO_PASSWORD_MISSING', {
      what: `sudo asks ${this.host.config.user} for a password, and none was given`,
      where: this.host.where,
      evidence,
      remedy: 'give the sudo password, run it in a terminal to be asked for it, or allow sudo without one (NOPASSWD)',
    })
  }

  #failure(said: string): DeployError {
    const { user } = this.host.config
    const [what, remedy] = reasons.find(([sign]) => sign.test(said))?.slice(1) ?? [
      'sudo gave no root shell',
      'try on the host: sudo /bin/bash',
    ]
    return new DeployError('SUDO_FAILED', {
      what: String(what).replaceAll('USER', user),
      where: this.host.where,
      evidence: said.trim() === '' ? 'sudo ended without a word, or never answered' : said.trim(),
      remedy: String(remedy).replaceAll('USER', user),
    })
  }
}

const reasons: readonly (readonly [RegExp, string, string])[] = [
  [/is not in the sudoers file/, 'USER may not use sudo on this host', 'log in as root, or add USER to the group sudo'],
  [/must have a tty/, 'sudo insists on a terminal (requiretty)', 'add to its sudoers file: Defaults:USER !requiretty'],
  [
    /is not allowed to execute/,
    'sudo does not allow USER a root shell',
    'allow USER every command; a deployment installs packages, which is as much as root',
  ],
  [
    /sudo: (?:command )?not found|‘?sudo’?: No such file/,
    'there is no sudo on the host, and USER is not root',
    'log in as root, or install sudo',
  ],
  [
    /account validation failure|expired/i,
    'the account of USER is locked or its password has expired',
    'repair the account on the host',
  ],
]
