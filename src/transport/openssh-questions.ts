import { sanitise } from '../core/sanitise.js'
import type { Ask, Asked } from './ask.js'
import type { Answering, Prompt } from './openssh-folder.js'
import type { SshHost } from './ssh-host.js'

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
    return { about: 'login-password', text: `Password of ${user} on ${hostname}`, secret: true }
  }
  return { about: 'login-prompt', text: `${host.target} asks: ${text}`, secret: kind !== 'confirm' }
}

/** Asks what ssh asks. A passphrase that is asked for again was the wrong one, and is said to be. */
export const answerFor = (host: SshHost, token: string, ask: Ask, onExpired: () => void): Answering => {
  const passphrases = new Set<string>()
  return async (prompt) => {
    const question = questionOf(prompt, host, token)
    if (question === 'notice') return ''
    if (question === 'expired') {
      onExpired()
      return undefined
    }
    const { about, text } = question
    const again = about === 'passphrase' && passphrases.has(text)
    if (about === 'passphrase') passphrases.add(text)
    const answer = await ask({ ...question, text: again ? `${text} (that was not the one)` : text })
    return about === 'host-key' && answer !== 'yes' ? 'no' : answer
  }
}
