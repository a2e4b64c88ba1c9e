import { join } from 'node:path'
import { readFileSync, writeFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, describe, expect, test } from 'vitest'
import { login, root } from '../../../src/core/command.js'
import type { Asked } from '../../../src/transport/ask.js'
import { connectSsh, type SshOptions } from '../../../src/transport/ssh.js'
import { startDelayProxy } from '../../helpers/delay-proxy.js'
import { recordLine } from '../../helpers/recorded-line.js'
import { startOtherServer, type Behaviour } from '../../helpers/other-server.js'
import { createUser, sh, startSshd, type Sshd, type User } from '../../helpers/sshd.js'

/** What is undone after a test, the last first. */
const undo: (() => unknown)[] = []
afterEach(async () => {
  for (const one of undo.splice(0).reverse()) await one()
})

const host = async (settings: readonly string[] = []): Promise<Sshd> => {
  const sshd = await startSshd(settings)
  undo.push(async () => sshd.stop())
  return sshd
}

const account = (options: Parameters<typeof createUser>[0] = { sudoers: 'USER ALL=(ALL) NOPASSWD: ALL' }): User => {
  const user = createUser(options)
  undo.push(() => user.remove())
  return user
}

/** Logs in twice, for the second time knows what the first has learned; answers who it was, and what was asked. */
const twice = async (sshd: Sshd, user: User, settings: readonly string[] = [], answers: Answers = {}) => {
  const asked: string[] = []
  const options: SshOptions = {
    host: 'there',
    user: user.name,
    sshConfigFile: await sshd.config(settings),
    loginsFile: join(sshd.directory, 'cache/logins.json'),
    ask: async ({ about }) => (asked.push(about), Promise.resolve(answers[about])),
  }
  const who: string[] = []
  for (let time = 0; time < 2; time++) {
    const transport = await connectSsh(options)
    try {
      const told = await transport.ask([
        { sh: 'id -un', as: 'root' },
        { sh: 'id -un', as: 'login' },
      ])
      const ran = await Promise.all([transport.run(root('id', '-un')), transport.run(login('id', '-un'))])
      who.push([...told, ...ran].map(({ stdout }) => stdout.trim()).join(' '))
    } finally {
      await transport.close()
    }
  }
  expect(who).toEqual(Array.from({ length: 2 }, () => `root ${user.name} root ${user.name}`))
  return asked
}

type Answers = Partial<Record<Asked['about'], string>>

const count = async (sshd: Sshd, sign: RegExp): Promise<number> =>
  [...(await sshd.log()).matchAll(new RegExp(sign, 'g'))].length

/** What sshd writes of a packet that comes before its time. */
const early = /dispatch_protocol_error: type \d+/

const wrongKey = (sshd: Sshd): string => {
  sh(`[ -e ${sshd.directory}/wrong ] || ssh-keygen -q -t ed25519 -N '' -f ${sshd.directory}/wrong`)
  return `IdentityFile ${sshd.directory}/wrong`
}

describe('before the verdict on the host key nothing of a login is sent', () => {
  const [keyExchangeInit, diffieHellmanInit, newKeys, disconnect] = [20, 30, 21, 1]

  /** A real sshd whose key is another one than that which is known. */
  const meet = async (known: string) => {
    const sshd = await host()
    const line = await recordLine(sshd.port)
    undo.push(() => line.stop())
    await sshd.know(known.replace('KEY', sshd.hostKeys.ed25519).replace('PORT', String(sshd.port)))
    const settings = [`Port ${line.port}`, `HostKeyAlias [127.0.0.1]:${sshd.port}`]
    return { sshd, line, options: { host: 'there', sshConfigFile: await sshd.config(settings) } }
  }

  test.each([
    ['unknown', 'HOST_KEY_UNKNOWN', ''],
    [
      'changed',
      'HOST_KEY_CHANGED',
      '[127.0.0.1]:PORT ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcH',
    ],
    ['revoked', 'HOST_KEY_REVOKED', '@revoked * KEY'],
  ])('and none where it is %s', async (_what, code, known) => {
    const { line, options } = await meet(`${known}\n`)
    await expect(connectSsh(options)).rejects.toMatchObject({ code })
    await expect.poll(() => line.clearMessages()).toEqual([keyExchangeInit, diffieHellmanInit, disconnect])
    expect(line.sealedBytes()).toBe(0)
  })

  test('while a person is asked about it, and everything at once when they say yes', async () => {
    const { line, options } = await meet('')
    const seen: (readonly number[])[] = []
    const ask = async (): Promise<string> => {
      // long enough for whatever would not wait
      await sleep(300)
      seen.push(line.clearMessages(), [line.sealedBytes()])
      return 'yes'
    }
    const transport = await connectSsh({ ...options, ask })
    expect(seen).toEqual([[keyExchangeInit, diffieHellmanInit], [0]])
    expect(line.clearMessages()).toEqual([keyExchangeInit, diffieHellmanInit, newKeys])
    expect(line.sealedBytes()).toBeGreaterThan(0)
    await transport.close()
  })
})

describe('a host that wants more than a key', () => {
  test.each([
    ['publickey,password', 'login-password', []],
    ['publickey,keyboard-interactive', 'login-prompt', ['UsePAM yes', 'KbdInteractiveAuthentication yes']],
    ['keyboard-interactive', 'login-prompt', ['UsePAM yes', 'KbdInteractiveAuthentication yes']],
  ] as const)('gets it: %s', async (methods, about, settings) => {
    const sshd = await host([`AuthenticationMethods ${methods}`, 'PasswordAuthentication yes', ...settings])
    const user = account()
    const asked = await twice(sshd, user, [], { [about]: user.password })
    expect(asked).toEqual([about, about])
    expect(await count(sshd, /Failed (?!none)\w+ for|authentication failure/)).toBe(0)
    // two requests for a session; the second time it is known that no key suffices
    expect(await count(sshd, early)).toBe(2)
  })

  test('and gets it not says what was tried', async () => {
    const sshd = await host(['AuthenticationMethods publickey,password', 'PasswordAuthentication yes'])
    const attempt = twice(sshd, account(), [], { 'login-password': 'wrong' })
    await expect(attempt).rejects.toMatchObject({
      code: 'LOGIN_FAILED',
      fault: { evidence: expect.stringMatching(/tried: ssh-ed25519 .*key\ntried: password/) as unknown },
    })
  })
})

describe('a key that the host does not take', () => {
  test('is one attempt, and nothing that follows it is another', async () => {
    const sshd = await host(['MaxAuthTries 1'])
    await expect(twice(sshd, account(), [wrongKey(sshd)])).rejects.toMatchObject({
      code: 'LOGIN_FAILED',
      fault: { evidence: expect.stringContaining('tried: ssh-ed25519') as unknown },
    })
    expect(await count(sshd, /Connection from/)).toBe(2)
    expect(await count(sshd, /Too many authentication failures/)).toBe(1)
  })

  test('leaves the others their attempts', async () => {
    const sshd = await host(['MaxAuthTries 2'])
    await twice(sshd, account(), [wrongKey(sshd), `IdentityFile ${sshd.key}`])
    // nothing goes along with a key that may be the wrong one
    expect(await count(sshd, early)).toBe(0)
    expect(await count(sshd, /Failed publickey/)).toBe(1)
  })

  test('does not take away what a person can type', async () => {
    const sshd = await host(['PasswordAuthentication yes'])
    const user = account()
    const asked = await twice(sshd, user, [wrongKey(sshd)], { 'login-password': user.password })
    expect(asked).toEqual(['login-password', 'login-password'])
  })

  test('any more since the last time is not the last that is tried', async () => {
    const sshd = await host()
    const user = account()
    await twice(sshd, user)
    const keys = ['key', 'locked'].map((name) => readFileSync(join(sshd.directory, `${name}.pub`), 'utf8'))
    const [, other = ''] = keys
    writeFileSync(join(sshd.directory, 'authorized_keys'), other)
    const settings = [`IdentityFile ${sshd.key}`, `IdentityFile ${sshd.lockedKey}`]
    const asked = await twice(sshd, user, settings, { passphrase: sshd.passphrase })
    expect(asked).toEqual(['passphrase', 'passphrase'])
  })
})

describe('a host that refuses what follows the login says', () => {
  test('nothing where it allows one session at a time', async () => {
    const sshd = await host(['MaxSessions 1'])
    const transport = await connectSsh({ host: 'there', user: account().name, sshConfigFile: await sshd.config() })
    undo.push(async () => transport.close())
    expect((await transport.ask([{ sh: 'id -un', as: 'root' }]))[0]?.stdout).toBe('root\n')
  })

  test.each([
    ['that it allows no session at all', 'SESSIONS_TOO_FEW', ['MaxSessions 0'], '/bin/bash'],
    ['that it runs another program', 'SHELL_MISSING', ['ForceCommand /bin/echo no'], '/bin/bash'],
    ['that the account has no shell', 'SHELL_MISSING', [], '/usr/sbin/nologin'],
  ] as const)('%s', async (_what, code, settings, shell) => {
    const sshd = await host(settings)
    const user = account({ shell })
    await expect(twice(sshd, user)).rejects.toMatchObject({ code })
    await expect(twice(sshd, user)).rejects.toMatchObject({ code })
  })

  test('that it leads nowhere else', async () => {
    const sshd = await host(['AllowTcpForwarding no'])
    const there = readFileSync(await sshd.config(), 'utf8')
    const sshConfigFile = join(sshd.directory, 'jump_config')
    writeFileSync(sshConfigFile, `${there.replace('Host there', 'Host gate')}${there}  ProxyJump gate\n`)
    await expect(connectSsh({ host: 'there', sshConfigFile })).rejects.toMatchObject({
      code: 'JUMP_HOST_FAILED',
      fault: { evidence: expect.stringContaining('open failed') as unknown },
    })
  })
})

describe('a server that only calls itself OpenSSH', () => {
  const meet = async (behaviour: Behaviour) => {
    const sshd = await host()
    const server = await startOtherServer(join(sshd.directory, 'host_ed25519'), { ident: 'OpenSSH_9.9', ...behaviour })
    undo.push(() => server.stop())
    const settings = [`Port ${server.port}`, `HostKeyAlias [127.0.0.1]:${sshd.port}`]
    const options = { host: 'there', sshConfigFile: await sshd.config(settings) }
    return { server, connect: async () => connectSsh(options) }
  }

  test('and hangs up on what follows the login is logged in to step by step', async () => {
    let times = 0
    const { server, connect } = await meet({
      judge: (attempt, hangUp) => (times++ === 0 ? hangUp() : attempt.accept()),
    })
    const transport = await connect()
    expect((await transport.ask([{ sh: 'echo yes', as: 'root' }]))[0]?.stdout).toBe('yes\n')
    await transport.close()
    expect(server.asked).toEqual(['publickey signed', 'publickey signed'])
  })

  test('and always hangs up is tried twice, and not said to have refused a key', async () => {
    const { server, connect } = await meet({ judge: (_attempt, hangUp) => hangUp() })
    await expect(connect()).rejects.toMatchObject({ code: 'CONNECT_FAILED' })
    expect(server.asked).toHaveLength(2)
  })
})

describe('a line that is cut while somebody logs in', () => {
  const moments = ['before it is sent', 'before the reply', 'after the reply'] as const

  // what is said later than that is no login any more
  test.each([1, 2, 3, 4])('at message %i is told as that, or made again, and the next login works', async (message) => {
    const sshd = await host()
    const user = account()
    const proxy = await startDelayProxy(sshd.port, 5)
    undo.push(async () => proxy.stop())
    const settings = [`Port ${proxy.port}`, `HostKeyAlias [127.0.0.1]:${sshd.port}`]
    const options = { host: 'there', user: user.name, sshConfigFile: await sshd.config(settings) }
    const once = async (): Promise<string> => {
      const transport = await connectSsh(options)
      try {
        return (await transport.ask([{ sh: 'id -un', as: 'root' }]))[0]?.stdout ?? ''
      } finally {
        await transport.close()
      }
    }
    for (const when of moments) {
      for (const how of ['reset', 'end'] as const) {
        const cut = proxy.cutAt({ message, when }, how)
        const outcome = await once().catch((error: unknown) => error)
        const told: unknown = outcome === 'root\n' ? { code: 'none' } : outcome
        expect(told).toMatchObject({
          code: expect.stringMatching(/^(none|CONNECTION_LOST|CONNECT_FAILED|NO_SSH_SERVER)$/) as unknown,
        })
        await cut
        expect(await once()).toBe('root\n')
      }
    }
  })

  test('by silence is given up in time', async () => {
    const sshd = await host()
    const proxy = await startDelayProxy(sshd.port, 5)
    undo.push(async () => proxy.stop())
    const settings = [`Port ${proxy.port}`, `HostKeyAlias [127.0.0.1]:${sshd.port}`]
    const sshConfigFile = await sshd.config(settings)
    void proxy.cutAt({ message: 3, when: 'before the reply' }, 'silence')
    await expect(connectSsh({ host: 'there', sshConfigFile, patience: { login: 2 } })).rejects.toMatchObject({
      code: 'CONNECT_TIMEOUT',
    })
  })
})
