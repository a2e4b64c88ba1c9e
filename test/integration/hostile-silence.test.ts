import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { root } from '../../src/core/command.js'
import { Secret } from '../../src/core/secret.js'
import { Lock } from '../../src/engine/lock.js'
import { usualPatience } from '../../src/transport/patience.js'
import { connectSsh, type SshOptions } from '../../src/transport/ssh.js'
import type { Transport } from '../../src/transport/transport.js'
import { begun } from '../helpers/hostile-answers.js'
import {
  startHostileHost,
  type Hostility,
  type HostileHost,
  type SudoAsked,
  type Voice,
} from '../helpers/hostile-host.js'

const password = 'hunter2-of-the-hostile-host'

let host: HostileHost
const open: Transport[] = []
beforeAll(async () => (host = await startHostileHost()))
afterEach(async () => {
  for (const transport of open.splice(0)) await transport.close()
})
afterAll(async () => host.stop())

/** The usual patience, but thirty times shorter: a busy computer must be able to keep up. */
const patience = Object.fromEntries(Object.entries(usualPatience).map(([name, seconds]) => [name, seconds / 30]))

const connect = async (hostility: Hostility, options: Partial<SshOptions> = {}): Promise<Transport> => {
  host.become(hostility)
  const transport = await connectSsh({ host: 'there', sshConfigFile: host.sshConfigFile, patience, ...options })
  open.push(transport)
  return transport
}

const question = [{ sh: 'id', as: 'root' }] as const

const holder = { who: 'a', from: '', since: '', command: '', site: 'a' }

describe('a host that says nothing is given up', () => {
  it('where it never says whether a program is started', async () => {
    const transport = await connect({ mute: true })
    await expect(transport.ask(question)).rejects.toMatchObject({
      code: expect.stringMatching(/LOST|CUT_SHORT/) as string,
    })
    await expect(transport.run(root('id'))).rejects.toMatchObject({ code: 'CONNECTION_LOST' })
  })

  it('where it never answers a question', async () => {
    const transport = await connect({ answer: () => undefined })
    await expect(transport.ask(question)).rejects.toMatchObject({ code: 'SURVEY_CUT_SHORT' })
  })

  it('where it answers with little words for ever', async () => {
    const transport = await connect({ answer: ({ nonce }, voice) => (voice.out(begun(nonce)), voice.endlessly('é')) })
    await expect(transport.ask(question)).rejects.toMatchObject({ code: 'SURVEY_CUT_SHORT' })
  })

  it('where a command never ends', async () => {
    const transport = await connect({ answer: ({ nonce }, voice) => voice.out(begun(nonce)) })
    await expect(transport.run({ ...root('id'), seconds: 0.1 })).rejects.toMatchObject({ code: 'COMMAND_TIMEOUT' })
  })

  it('where the keeper of the lock never says that it has it, nor that it lets go of it', async () => {
    const mute = await connect({ answer: ({ nonce }, voice) => voice.out(begun(nonce)) })
    const lock = new Lock(mute, { holder, seconds: 0, onWaiting: () => undefined, silence: 0.3 })
    await expect(lock.take()).rejects.toMatchObject({ code: 'COMMAND_TIMEOUT' })
  })
})

/** How often the password was sent, and what became of a question that takes root. */
const withSudo = async (sudo: (asked: SudoAsked, voice: Voice) => void) => {
  const transport = await connect({ sudo }, { user: 'deployer', sudoPassword: new Secret(password) })
  const questions = [transport.ask(question), transport.run(root('id')), transport.ask(question)]
  const ends = await Promise.allSettled(questions)
  return { ends, sent: host.heard().split(password).length - 1, heard: host.heard() }
}

const failed = (code: string) => ({ status: 'rejected', reason: expect.objectContaining({ code }) as unknown })

describe('the password of sudo is sent to our own prompt only, and once', () => {
  it('never, where the prompt is that of another program', async () => {
    const { ends, sent } = await withSudo((_, voice) => {
      voice.err('[sudo] password for deployer: [ask-0123456789abcdef deployer]Password:')
    })
    expect(sent).toBe(0)
    expect(ends).toEqual([failed('SUDO_FAILED'), failed('SUDO_FAILED'), failed('SUDO_FAILED')])
  })

  it('never, where the prompt comes on stdout', async () => {
    const { ends, sent } = await withSudo(({ asks }, voice) => voice.out(asks.repeat(3)))
    expect(sent).toBe(0)
    expect(ends[0]).toEqual(failed('SUDO_FAILED'))
  })

  it('never, where root is there without it', async () => {
    const { ends, sent } = await withSudo(({ begins }, voice) => {
      voice.err(`[root-0123456789abcdef]${begins}`)
      voice.usual()
    })
    expect(sent).toBe(0)
    expect(ends.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'fulfilled'])
  })

  it('once, where the prompt comes again and again', async () => {
    const { ends, sent } = await withSudo(({ asks }, voice) => {
      voice.err(asks)
      voice.channel.once('data', () => voice.err(asks.repeat(100)))
    })
    expect(sent).toBe(1)
    expect(ends).toEqual([failed('SUDO_PASSWORD_WRONG'), failed('SUDO_PASSWORD_WRONG'), failed('SUDO_PASSWORD_WRONG')])
  })

  it('never, where the prompt comes twice at once', async () => {
    const { sent } = await withSudo(({ asks }, voice) => voice.err(asks + asks))
    expect(sent).toBe(0)
  })

  it('once, where the host hangs up with it', async () => {
    const { ends, sent } = await withSudo(({ asks }, voice) => {
      voice.err(asks)
      voice.channel.once('data', () => voice.hangUp())
    })
    expect(sent).toBe(1)
    expect(ends[0]).toEqual(failed('SUDO_FAILED'))
    expect(host.logins()).toBe(1)
  })

  it('once, where the host says nothing more', async () => {
    const { ends, sent } = await withSudo(({ asks }, voice) => voice.err(asks))
    expect(sent).toBe(1)
    expect(ends[0]).toEqual(failed('SUDO_FAILED'))
  })

  it('never, where the host lectures without end', async () => {
    const { ends, sent } = await withSudo((_, voice) => voice.endlessly('We trust you have received\n', 'stderr'))
    expect(sent).toBe(0)
    expect(ends[0]).toEqual(failed('SUDO_FAILED'))
  })

  it('says whose password sudo asks for, where it is not that of the account', async () => {
    const { ends } = await withSudo(({ asks }, voice) => {
      voice.err(asks.replace('deployer', 'root'))
      voice.channel.once('data', () => voice.err(asks.replace('deployer', 'root')))
    })
    expect(ends[0]).toMatchObject({
      reason: {
        fault: { what: expect.stringContaining('asks for that of root, not for that of deployer') as unknown },
      },
    })
  })
})
