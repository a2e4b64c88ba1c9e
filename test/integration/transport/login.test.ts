import { spawn } from 'node:child_process'
import { createServer, type Server } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { login } from '../../../src/core/command.js'
import { DeployError } from '../../../src/errors.js'
import { connectSsh } from '../../../src/transport/ssh.js'
import type { Asked } from '../../../src/transport/ask.js'
import { createUser, sh, startSshd, type Sshd, type User } from '../../helpers/sshd.js'

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

interface Attempt {
  readonly settings?: readonly string[]
  readonly answers?: Partial<Record<Asked['about'], string>>
  readonly acceptNewHostKey?: boolean
  readonly identityFile?: string
  readonly name?: string
}

/** Logs in, says who it is, and what was asked. */
const logIn = async ({ settings = [], answers, acceptNewHostKey = false, identityFile, name = user.name }: Attempt) => {
  const asked: Asked[] = []
  const transport = await connectSsh({
    host: 'there',
    user: name,
    sshConfigFile: await sshd.config(settings),
    acceptNewHostKey,
    ...(identityFile === undefined ? {} : { identityFile }),
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

describe('the host key', () => {
  test('that is unknown is refused before anything of a login is sent', async () => {
    await known('', async () => {
      const log = await logOf(async () => {
        await expect(logIn({})).rejects.toMatchObject({
          code: 'HOST_KEY_UNKNOWN',
          fault: { evidence: expect.stringMatching(/ssh-ed25519 SHA256:/) as unknown },
        })
      })
      expect(log).not.toMatch(/userauth|publickey|Postponed|Accepted|Failed/i)
      expect(await sshd.knownHosts()).toBe('')
    })
  })

  test('that changed is refused before anything of a login is sent, also with accept-new', async () => {
    const other = `[127.0.0.1]:${sshd.port} ssh-ed25519 ${Buffer.concat([Buffer.from([0, 0, 0, 11]), Buffer.from('ssh-ed25519'), Buffer.from([0, 0, 0, 32]), Buffer.alloc(32, 7)]).toString('base64')}\n`
    await known(other, async () => {
      const log = await logOf(async () => {
        await expect(logIn({ acceptNewHostKey: true, answers: { 'host-key': 'yes' } })).rejects.toMatchObject({
          code: 'HOST_KEY_CHANGED',
          fault: {
            evidence: expect.stringMatching(/known: +ssh-ed25519 SHA256:[^]*offered: ssh-ed25519 SHA256:/) as unknown,
            remedy: expect.stringContaining(`-R '[127.0.0.1]:${sshd.port}'`) as unknown,
          },
        })
      })
      expect(log).not.toMatch(/userauth|publickey|Postponed|Accepted|Failed/i)
      expect(await sshd.knownHosts()).toBe(other)
    })
  })

  test('that is revoked is refused', async () => {
    await known(`@revoked * ${sshd.hostKeys.ed25519}\n`, async () => {
      await expect(logIn({ acceptNewHostKey: true })).rejects.toMatchObject({ code: 'HOST_KEY_REVOKED' })
    })
  })

  test('of a new host is written down with accept-new, and is known from then on', async () => {
    await known('', async () => {
      expect((await logIn({ acceptNewHostKey: true })).who).toBe(user.name)
      expect(await sshd.knownHosts()).toBe(`[127.0.0.1]:${sshd.port} ${sshd.hostKeys.ed25519}\n`)
      expect((await logIn({})).who).toBe(user.name)
    })
  })

  test('of a new host is asked about once, although the session keys are renewed again and again', async () => {
    const busy = await startSshd(['RekeyLimit 1M'])
    try {
      await busy.know('')
      const asked: Asked[] = []
      const ask = async (question: Asked): Promise<string> => (asked.push(question), Promise.resolve('yes'))
      const transport = await connectSsh({ host: 'there', sshConfigFile: await busy.config(), ask })
      const stdin = Buffer.alloc(5_000_000, 7)
      expect(await transport.run({ argv: ['wc', '-c'], as: 'root', stdin })).toMatchObject({ stdout: '5000000\n' })
      await transport.close()
      expect(asked).toHaveLength(1)
      expect((await busy.knownHosts()).match(/ssh-ed25519/g)).toHaveLength(1)
    } finally {
      await busy.stop()
    }
  })

  test('of a new host is written down when a person says yes, and is not when they say no', async () => {
    await known('', async () => {
      await expect(logIn({ answers: { 'host-key': 'no' } })).rejects.toMatchObject({ code: 'HOST_KEY_UNKNOWN' })
      expect(await sshd.knownHosts()).toBe('')
      const { asked } = await logIn({ answers: { 'host-key': 'yes' } })
      expect(asked).toMatchObject([{ about: 'host-key', text: expect.stringContaining('SHA256:') as unknown }])
      expect(await sshd.knownHosts()).toContain(sshd.hostKeys.ed25519)
    })
  })

  test('is taken of the type that is known, although the host has others', async () => {
    await known(`[127.0.0.1]:${sshd.port} ${sshd.hostKeys.ecdsa}\n`, async () => {
      expect((await logIn({})).who).toBe(user.name)
    })
  })

  test('may be known without the port, as for ssh', async () => {
    await known(`127.0.0.1 ${sshd.hostKeys.ed25519}\n`, async () => {
      expect((await logIn({})).who).toBe(user.name)
    })
  })

  test('is refused where the known hosts cannot be read', async () => {
    const settings = [`UserKnownHostsFile ${sshd.directory}`]
    await expect(logIn({ settings, acceptNewHostKey: true })).rejects.toMatchObject({ code: 'KNOWN_HOSTS_UNREADABLE' })
  })
})

describe('the login', () => {
  test('with a key behind a passphrase asks for it, also after a wrong one', async () => {
    const identityFile = sshd.lockedKey
    const { who, asked } = await logIn({ identityFile, answers: { passphrase: 'open sesame' } })
    expect([who, asked.length, asked[0]?.secret]).toEqual([user.name, 1, true])
    await expect(logIn({ identityFile, answers: { passphrase: 'wrong' } })).rejects.toMatchObject({
      code: 'LOGIN_FAILED',
      fault: { evidence: expect.stringContaining('could not be unlocked') as unknown },
    })
  })

  test('with a key behind a passphrase that nobody can be asked for says so', async () => {
    await expect(logIn({ identityFile: sshd.lockedKey })).rejects.toMatchObject({
      code: 'LOGIN_FAILED',
      fault: { evidence: expect.stringContaining('ssh-add') as unknown },
    })
  })

  test('with a key that is missing, or public, is refused before connecting', async () => {
    for (const identityFile of [join(sshd.directory, 'missing'), `${sshd.key}.pub`, sshd.directory]) {
      await expect(logIn({ identityFile })).rejects.toMatchObject({
        code: 'KEY_UNREADABLE',
        fault: { where: identityFile },
      })
    }
  })

  test('that the host does not take says what was tried and what the host takes', async () => {
    await expect(logIn({ name: 'nosuchuser' })).rejects.toMatchObject({
      code: 'LOGIN_FAILED',
      fault: { evidence: expect.stringMatching(/tried: ssh-ed25519 .*key[^]*the host takes: .*publickey/) as unknown },
    })
  })

  test('with a password asks for it, as often as ssh does, and sends it to nobody else', async () => {
    const settings = ['IdentityFile none']
    const { who, asked } = await logIn({ settings, answers: { 'login-password': user.password } })
    expect([who, asked.map(({ about }) => about)]).toEqual([user.name, ['login-password']])
    await expect(logIn({ settings, answers: { 'login-password': 'wrong' } })).rejects.toMatchObject({
      code: 'LOGIN_FAILED',
    })
    await expect(logIn({ settings })).rejects.toMatchObject({ code: 'LOGIN_FAILED' })
  })

  test('by an agent takes its keys, and with IdentitiesOnly only the named one of many', async () => {
    const socket = join(sshd.directory, 'agent.sock')
    const agent = spawn('ssh-agent', ['-D', '-a', socket], { stdio: 'ignore' })
    try {
      await expect.poll(() => sh(`[ -S ${socket} ] && echo yes || true`)).toBe('yes\n')
      const add = (file: string) => sh(`SSH_AUTH_SOCK=${socket} ssh-add -q ${file}`)
      for (let index = 0; index < 7; index++) {
        sh(`ssh-keygen -q -t ed25519 -N '' -C wrong${index} -f ${sshd.directory}/wrong${index}`)
        add(`${sshd.directory}/wrong${index}`)
      }
      add(sshd.key)
      const agentSettings = [`IdentityAgent ${socket}`]
      // Eight keys, of which sshd would take six: the one that ssh_config names comes first.
      expect((await logIn({ settings: agentSettings })).who).toBe(user.name)
      expect((await logIn({ settings: ['IdentitiesOnly no', ...agentSettings] })).who).toBe(user.name)
      await expect(
        logIn({ settings: ['IdentitiesOnly no', 'IdentityFile none', ...agentSettings] }),
      ).rejects.toMatchObject({
        code: 'LOGIN_FAILED',
        fault: { evidence: expect.stringContaining('8 keys') as unknown },
      })
      sh(
        `SSH_AUTH_SOCK=${socket} ssh-add -q -D; cd ${sshd.directory}; ssh-keygen -q -s wrong0 -I me -n ${user.name} wrong1.pub`,
      )
      add(`${sshd.directory}/wrong1`)
      await expect(
        logIn({ settings: ['IdentitiesOnly no', 'IdentityFile none', ...agentSettings] }),
      ).rejects.toMatchObject({
        code: 'LOGIN_FAILED',
        fault: { remedy: expect.stringContaining('certificates') as unknown },
      })
    } finally {
      agent.kill()
    }
  })

  test('does not stumble over an agent that is not there', async () => {
    expect((await logIn({ settings: ['IdentitiesOnly no', `IdentityAgent ${sshd.directory}/none.sock`] })).who).toBe(
      user.name,
    )
  })

  test('that a person breaks off is told from one that is refused', async () => {
    const ask = async (): Promise<undefined> =>
      Promise.reject(new DeployError('DECLINED', { what: 'nobody wants to', remedy: 'nothing' }))
    const sshConfigFile = await sshd.config()
    for (const settings of [
      { identityFile: sshd.lockedKey },
      { sshConfigFile: await sshd.config(['IdentityFile none']) },
    ]) {
      await expect(
        connectSsh({ host: 'there', user: user.name, sshConfigFile, ask, ...settings }),
      ).rejects.toMatchObject({
        code: 'DECLINED',
      })
    }
  })

  test('to an account without a shell says so', async () => {
    const other = createUser({ shell: '/usr/sbin/nologin' })
    try {
      await expect(logIn({ name: other.name })).rejects.toMatchObject({
        code: 'SHELL_MISSING',
        fault: { what: expect.stringContaining('no bash') as unknown },
      })
    } finally {
      other.remove()
    }
  })
})

describe('an address where no SSH server is', () => {
  const listen = async (server: Server): Promise<number> =>
    new Promise((resolve) => {
      server.listen(0, '127.0.0.1', () => {
        const address = server.address()
        resolve(typeof address === 'object' && address !== null ? address.port : 0)
      })
    })
  const refusal = async (host: string): Promise<unknown> =>
    connectSsh({ host, user: 'root', sshConfigFile: await sshd.config() }).then(
      () => undefined,
      (error: unknown) => error,
    )

  test('that refuses is told from one that has no name, and from one where something else answers', async () => {
    const gone = createServer()
    const closedPort = await listen(gone)
    await new Promise((resolve) => gone.close(resolve))
    const web = createServer((socket) => socket.end('HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n'))
    const mute = createServer((socket) => socket.end())
    const texts = [
      [`127.0.0.1:${closedPort}`, /nothing listens/],
      ['no-such-host.invalid', /no address is known/],
      [`127.0.0.1:${await listen(web)}`, /is not an SSH server/],
      [`127.0.0.1:${await listen(mute)}`, /is not an SSH server/],
    ] as const
    for (const [host, text] of texts) {
      expect(await refusal(host)).toMatchObject({
        code: 'CONNECT_FAILED',
        fault: { what: expect.stringMatching(text) as unknown },
      })
    }
    web.close()
    mute.close()
  })

  test('that says nothing at all, or talks without end, is given up', async () => {
    const silent = createServer((socket) => socket.on('error', () => undefined).resume())
    const endless = createServer((socket) => {
      const talk = setInterval(() => socket.write('still no SSH\r\n'), 50)
      socket.on('error', () => undefined).on('close', () => clearInterval(talk))
    })
    const hosts = [`127.0.0.1:${await listen(silent)}`, `127.0.0.1:${await listen(endless)}`]
    for (const error of await Promise.all(hosts.map(refusal))) expect(error).toMatchObject({ code: 'CONNECT_FAILED' })
    silent.close()
    endless.close()
  })
})
