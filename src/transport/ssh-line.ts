import { setTimeout as sleep } from 'node:timers/promises'
import { DeployError, type ErrorCode } from '../errors.js'
import type { Ask } from './ask.js'
import type { Connection } from './connection.js'
import { usualPatience } from './patience.js'
import type { SshHost } from './ssh-host.js'
import { SshSession } from './ssh-session.js'
import { connectAlong } from './ssh-way.js'
import type { SshOptions } from './ssh.js'

/** Everything that is gone when the connection is: the connections along the way, and the shells. */
export interface Line {
  readonly host: SshHost
  readonly session: SshSession
  close(): Promise<void>
}

export const openLine = async (options: SshOptions): Promise<Line> => {
  const connections: readonly Connection[] = await connectAlong(options)
  const connection = connections.at(-1)
  if (connection === undefined) throw new TypeError('a way has at least one connection')
  const patience = { ...usualPatience, ...options.patience }
  const session = new SshSession(connection, options.sudoPassword, options.ask, patience)
  return {
    host: connection.host,
    session,
    close: async () => {
      session.close()
      for (const one of [...connections].reverse()) await one.close()
    },
  }
}

/** What may be otherwise a moment later; a key or a login that is refused stays so. */
const passing: readonly ErrorCode[] = [
  'CONNECT_FAILED',
  'CONNECT_REFUSED',
  'CONNECT_TIMEOUT',
  'CONNECTION_LOST',
  'HOST_NAME_UNKNOWN',
  'HOST_UNREACHABLE',
  'JUMP_HOST_FAILED',
  'NO_SSH_SERVER',
]

/** An sshd that is started anew is back after a second; a cable, or a wireless network, takes longer. */
const longestPause = 8
const reopenSeconds = 60

/** Tries for a minute, ever less often, then says what the last attempt has met. */
export const reopenLine = async (options: SshOptions): Promise<Line> => {
  const since = performance.now()
  for (let pause = 0.5; ; pause = Math.min(longestPause, pause * 2)) {
    try {
      return await openLine(options)
    } catch (error) {
      const isPassing = error instanceof DeployError && passing.includes(error.code)
      if (!isPassing || performance.now() - since > reopenSeconds * 1_000) throw error
      await sleep(pause * 1_000, undefined, { signal: options.signal })
    }
  }
}

/**
 * A person is asked once: what was answered last is answered again when the line is opened anew. Not before, for whoever
 * is asked a second time in one login has given a wrong answer.
 */
export const rememberAnswers = (options: SshOptions): { readonly first: SshOptions; readonly again: SshOptions } => {
  const { ask } = options
  if (ask === undefined) return { first: options, again: options }
  const answers = new Map<string, Promise<string | undefined>>()
  const keyOf: (...question: Parameters<Ask>) => string = ({ about, text }) => `${about} ${text}`
  const first: Ask = (question) => {
    const answer = ask(question)
    answers.set(keyOf(question), answer)
    return answer
  }
  const again: Ask = (question) => answers.get(keyOf(question)) ?? first(question)
  return { first: { ...options, ask: first }, again: { ...options, ask: again } }
}
