import { sanitise } from '../core/sanitise.js'
import type { Ask, Asked } from './ask.js'
import type { Answering, Prompt } from './openssh-folder.js'
import type { SshHost } from './ssh-host.js'

/** NumberOfPasswordPrompts */
const mostPassphrases = 3

/** What is asked of a person for ssh; `expired`: the account wants a new password, which is no question of ours. */
type Question = Asked | 'expired' | 'notice'

/** As the other transport words it, so that an answer is remembered alike. */
export const questionOf = ({ kind, text: said }: Prompt, host: SshHost, token: string): Question => {
  const text = sanitise(said).trim()
  if (kind === 'none') return 'notice'
  const passphrase = /^Enter passphrase for (?:key )?'([^]+)'/.exec(text)?.[1]
  if (passphrase !== undefined) return { about: 'passphrase', text: `Passphrase of ${passphrase}`, secret: true }
  if (/\(yes\/no/.test(text)) {
    const [, type = 'unknown type', print = ''] = /(\S+) key fingerprint is (SHA256:\S+?)\.?$/m.exec(text) ?? []
    const shown = `The host key of ${token} is not known: ${type} ${print}. Is it the right one?`
    return { about: 'host-key', text: print === '' ? text : shown, secret: false }
  }
  if (/(?:old|new) password/i.test(text)) return 'expired'
  const { user, hostname } = host.config
  if (/'s password:$/.test(text)) {
    return { about: 'login-password', text: `Password of ${user} on ${hostname}`, secret: true, account: user }
  }
  return { about: 'login-prompt', text: `${host.target} asks: ${text}`, secret: kind !== 'confirm' }
}

/** Asks what ssh asks, for one login. */
export class Questions {
  readonly #passphrases = new Map<string, number>()
  #expired = false

  constructor(
    private readonly host: SshHost,
    private readonly token: string,
    private readonly ask: Ask,
    private readonly stop: () => void,
  ) {}

  /** The account's password must be changed before it lets anybody in. */
  get expired(): boolean {
    return this.#expired
  }

  /** `Passphrase of FILE`, where each answer was a wrong one. */
  get unanswered(): readonly string[] {
    return [...this.#passphrases].filter(([, times]) => times >= mostPassphrases).map(([text]) => text)
  }

  readonly answer: Answering = async (prompt) => {
    const question = questionOf(prompt, this.host, this.token)
    if (question === 'notice') return ''
    if (question === 'expired') {
      this.#expired = true
      this.stop()
      return undefined
    }
    const answer = await this.ask({ ...question, text: this.#counted(question) })
    return question.about === 'host-key' && answer !== 'yes' ? 'no' : answer
  }

  /** A passphrase that is asked for again was the wrong one, and is said to be. */
  #counted({ about, text }: Asked): string {
    if (about !== 'passphrase') return text
    const times = this.#passphrases.get(text) ?? 0
    this.#passphrases.set(text, times + 1)
    return times === 0 ? text : `${text} (that was not the one)`
  }
}
