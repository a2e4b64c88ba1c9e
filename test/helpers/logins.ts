import { afterAll, beforeAll, expect } from 'vitest'
import { login } from '../../src/core/command.js'
import type { Asked } from '../../src/transport/ask.js'
import { connectSsh } from '../../src/transport/ssh.js'
import type { TransportName } from './transports.js'
import { createUser, startSshd, type Sshd, type User } from './sshd.js'

export interface Attempt {
  readonly settings?: readonly string[]
  readonly answers?: Partial<Record<Asked['about'], string>>
  readonly acceptNewHostKey?: boolean
  readonly identityFile?: string
  readonly name?: string
  readonly hostKeys?: readonly string[]
}

/** A real sshd of this machine that takes passwords too, an account on it, and ways to log in. */
export const useLogins = (way: TransportName) => {
  let sshd: Sshd
  let user: User
  beforeAll(async () => {
    sshd = await startSshd(['PasswordAuthentication yes'])
    user = createUser()
  })
  afterAll(async () => {
    user.remove()
    await sshd.stop()
  })

  /** Logs in, says who it is, and what was asked. */
  const logIn = async ({
    settings = [],
    answers,
    acceptNewHostKey = false,
    identityFile,
    hostKeys,
    name = user.name,
  }: Attempt) => {
    const asked: Asked[] = []
    const transport = await connectSsh({
      transport: way,
      host: 'there',
      user: name,
      sshConfigFile: await sshd.config(settings),
      acceptNewHostKey,
      ...(identityFile === undefined ? {} : { identityFile }),
      ...(hostKeys === undefined ? {} : { hostKeys }),
      ...(answers === undefined
        ? {}
        : { ask: async (question: Asked) => (asked.push(question), Promise.resolve(answers[question.about])) }),
    })
    try {
      const { stdout } = await transport.run(login('id', '-un'))
      return { who: stdout.trim(), asked }
    } finally {
      await transport.close()
    }
  }

  /** What this attempt adds to the log of sshd. */
  const logOf = async (attempt: () => Promise<unknown>): Promise<string> => {
    const before = (await sshd.log()).length
    await attempt()
    // sshd writes what it saw of a client when that hung up.
    await expect
      .poll(async () => (await sshd.log()).slice(before), { timeout: 5_000 })
      .toMatch(/closed|disconnect|reset/i)
    return (await sshd.log()).slice(before)
  }

  const known = async (text: string, run: () => Promise<void>): Promise<void> => {
    const before = await sshd.knownHosts()
    await sshd.know(text)
    try {
      await run()
    } finally {
      await sshd.know(before)
    }
  }

  return {
    get sshd() {
      return sshd
    },
    get user() {
      return user
    },
    logIn,
    logOf,
    known,
  }
}
