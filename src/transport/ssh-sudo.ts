import { randomBytes } from 'node:crypto'
import type { Readable } from 'node:stream'
import { Secret } from '../core/secret.js'
import { DeployError, type ErrorCode } from '../errors.js'
import type { Ask } from './ask.js'
import { driver } from './frame.js'
import type { Channels } from './ssh-channel.js'
import type { SshHost } from './ssh-host.js'
import { Shell, type ShellEnded } from './ssh-shell.js'

/** More is no prompt, no lecture and no complaint of sudo. */
const longestTalk = 64 * 1024

/** Where sudo takes one attempt only, it does not ask again. */
const wrong = /incorrect password attempt/

const needsPassword = /a (?:terminal|password) is required|password is required/i

/** `env` and not an assignment: the login shell may be any. `-n` never reads stdin. */
const unasked = 'env LC_ALL=C sudo -n -H -- /bin/bash -s'

/** Opens shells as root by sudo; learns on the way whether that takes a password, and asks for it once. */
export class Sudo {
  #password: Secret | undefined
  #asking: Promise<Secret | undefined> | undefined
  /** The first use of the password. Whoever comes meanwhile waits for what becomes of it: a wrong one is tried once. */
  #first: Promise<Shell> | undefined

  constructor(
    private readonly host: SshHost,
    private readonly channels: Channels,
    password: Secret | undefined,
    private readonly ask: Ask | undefined,
    /** Seconds until there has to be a shell. */
    private readonly patience: number,
  ) {
    this.#password = password
  }

  /**
   * Without a password the shell's first script is sent at once, for `sudo -n` never reads stdin. With one, nothing
   * is sent but by the handshake: where sudo asks for none, the password would be the first line of the script.
   */
  async open(): Promise<Shell> {
    if (this.#password === undefined) return this.#openUnasked()
    if (this.#first === undefined) return (this.#first = this.#openWith(this.#password))
    await this.#first
    return this.#openWith(this.#password)
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
    const { user: account, hostname } = this.host.config
    const text = `sudo password of ${account} on ${hostname}`
    const password = await this.ask?.({ about: 'sudo-password', text, secret: true, account })
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
    // %p: whose password it is that sudo wants; rootpw and targetpw of sudoers make it another's
    const asks = `[ask-${nonce} %p]`
    const asked = new RegExp(`\\[ask-${nonce} ([\\w.-]{0,64})\\]`, 'g')
    const begins = `[root-${nonce}]`
    const inner = `printf %s "${begins}" >&2; exec /bin/bash -s`
    const program = `exec env LC_ALL=C sudo -S -k -H -p "${asks}" -- /bin/sh -c '${inner}'`
    const shell = new Shell()
    const heard = new Promise<void>((resolve, reject) => {
      let said = ''
      let whose = ''
      let answered = false
      let listening: Readable | undefined
      const timer = setTimeout(() => refuse(this.#failure(words())), this.patience * 1_000)
      const words = (): string => said.replaceAll(asked, '')
      const refuse = (failure: Error): void => {
        clearTimeout(timer)
        shell.close()
        reject(failure)
      }
      const hear = (piece: Buffer): void => {
        said += piece.toString()
        const prompts = [...said.matchAll(asked)]
        whose = prompts[0]?.[1] ?? ''
        if (said.includes(begins)) {
          clearTimeout(timer)
          listening?.off('data', hear)
          resolve()
        } else if (prompts.length > 1) {
          // One attempt: more could lock the account.
          refuse(this.#wrongPassword(words(), whose))
        } else if (said.length > longestTalk) {
          refuse(this.#failure(words().slice(-2_000)))
        } else if (prompts.length === 1 && !answered) {
          answered = true
          shell.write(`${password.reveal()}\n`)
        }
      }
      this.channels
        .open(program, (channel) => {
          shell.listen(channel)
          listening = channel.stderr.on('data', hear)
          channel.onEnd(() => {
            refuse(wrong.test(said) ? this.#wrongPassword(words(), whose) : this.#failure(words()))
          })
        })
        .catch(refuse)
    })
    await heard
    shell.write(driver('/'))
    return shell
  }

  #wrongPassword(evidence: string, whose: string): DeployError {
    const { user } = this.host.config
    const isOther = whose !== '' && whose !== user
    return new DeployError('SUDO_PASSWORD_WRONG', {
      what: isOther
        ? `sudo does not take this password: it asks for that of ${whose}, not for that of ${user}`
        : `sudo does not take this password of ${user}`,
      where: this.host.where,
      evidence: evidence.trim(),
      remedy: isOther
        ? `run it again with the password of ${whose}: sudoers says so (rootpw, targetpw or runaspw)`
        : 'run it again with the right one; it was tried once only, so that no account gets locked',
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
    const { code, what, remedy } = reasons.find(({ sign }) => sign.test(said)) ?? {
      code: 'SUDO_FAILED',
      what: 'sudo gave no root shell',
      remedy: 'try on the host: sudo /bin/bash',
    }
    return new DeployError(code, {
      what: what.replaceAll('USER', user),
      where: this.host.where,
      evidence: said.trim() === '' ? 'sudo ended without a word, or never answered' : said.trim(),
      remedy: remedy.replaceAll('USER', user),
    })
  }
}

/** What sudo says, and what it means. */
interface Reason {
  readonly sign: RegExp
  readonly code: ErrorCode
  readonly what: string
  readonly remedy: string
}

const reasons: readonly Reason[] = [
  {
    // nologin(8); sudo was never started
    sign: /account is currently not available/,
    code: 'SHELL_MISSING',
    what: 'USER has no login shell on this host (nologin)',
    remedy: 'log in as another account, or give this one a shell: usermod -s /bin/bash USER',
  },
  {
    sign: /is not in the sudoers file/,
    code: 'SUDO_FORBIDDEN',
    what: 'USER may not use sudo on this host',
    remedy: 'log in as root, or add USER to the group sudo',
  },
  {
    sign: /must have a tty/,
    code: 'SUDO_TTY_REQUIRED',
    what: 'sudo insists on a terminal (requiretty)',
    remedy: 'add to its sudoers file: Defaults:USER !requiretty',
  },
  {
    sign: /is not allowed to execute/,
    code: 'SUDO_FORBIDDEN',
    what: 'sudo does not allow USER a root shell',
    remedy: 'allow USER every command; a deployment installs packages, which is as much as root',
  },
  {
    sign: /sudo: (?:command )?not found|‘?sudo’?: No such file/,
    code: 'SUDO_MISSING',
    what: 'there is no sudo on the host, and USER is not root',
    remedy: 'log in as root, or install sudo',
  },
  {
    sign: /account validation failure|expired/i,
    code: 'SUDO_FAILED',
    what: 'the account of USER is locked or its password has expired',
    remedy: 'repair the account on the host',
  },
]
