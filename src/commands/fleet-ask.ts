import type { Ask } from '../transport/ask.js'

/** Whoever had to answer it once a host would sit there all day: the key of a host, a code of the moment. */
const neverAsked = ['host-key', 'login-prompt'] as const

/**
 * Asks a person once for all hosts: for each key file, and for the password of each account. Answers with what one host
 * asks by. Questions come one after the other, for there is one terminal.
 */
export const askingOnce = (ask: Ask): (() => Ask) => {
  const answers = new Map<string, Promise<string | undefined>>()
  let last: Promise<unknown> = Promise.resolve()
  const asked: Ask = (question) => {
    const { about, account } = question
    const what = about === 'sudo-password' ? 'sudo password' : 'password'
    const text = account === undefined ? question.text : `The ${what} of ${account} on all hosts`
    const answer = last.then(() => ask({ ...question, text }))
    last = answer.catch(() => undefined)
    return answer
  }
  return () => {
    const given = new Set<string>()
    return (question) => {
      if (neverAsked.some((one) => one === question.about)) return Promise.resolve(undefined)
      const key = `${question.about} ${question.account ?? question.text}`
      // a second time on the same host: the answer was wrong, and would be wrong everywhere
      if (given.has(key)) return Promise.resolve(undefined)
      given.add(key)
      const answer = answers.get(key) ?? asked(question)
      answers.set(key, answer)
      return answer
    }
  }
}
