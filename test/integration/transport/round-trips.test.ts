import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Secret } from '../../../src/core/secret.js'
import type { Asked } from '../../../src/transport/ask.js'
import { connectSsh, type SshOptions } from '../../../src/transport/ssh.js'
import { startDelayProxy, type DelayProxy } from '../../helpers/delay-proxy.js'
import { startOtherServer } from '../../helpers/other-server.js'
import { createUser, sh, startSshd, type Sshd, type User } from '../../helpers/sshd.js'

/** What a run that finds nothing to do asks, here as one account: what the other has answered ends while this is thought of. */
const survey = [{ sh: 'id -un', as: 'root' as const }]

/** What is said too late counts as one more, never as one less: on a busy machine it is counted again. */
const again = { retry: 3 }

/** Milliseconds each way: longer than it takes to say several things in a row, also on a busy machine. */
const slow = 60

let sshd: Sshd
let user: User
let agent: number

const file = (name: string): string => join(sshd.directory, name)
const config = async (port: number, settings: readonly string[] = []): Promise<string> =>
  sshd.config([`Port ${port}`, `HostKeyAlias [127.0.0.1]:${sshd.port}`, ...settings])

beforeAll(async () => {
  sshd = await startSshd(['PasswordAuthentication yes', 'Banner /etc/issue'])
  for (const type of ['rsa', 'ecdsa', 'wrong']) {
    sh(`ssh-keygen -q -t ${type === 'wrong' ? 'ed25519' : type} -N '' -C ${type} -f ${file(`id_${type}`)}`)
  }
  for (const type of ['rsa', 'ecdsa']) sh(`cat ${file(`id_${type}.pub`)} >>${file('authorized_keys')}`)
  user = createUser({ sudoers: 'USER ALL=(ALL) NOPASSWD: ALL' })
  agent = Number(/SSH_AGENT_PID=(\d+)/.exec(sh(`ssh-agent -s -a ${file('agent')}`))?.[1])
  sh(`SSH_AUTH_SOCK=${file('agent')} ssh-add -q ${sshd.key}`)
})
afterAll(async () => {
  process.kill(agent)
  user.remove()
  await sshd.stop()
})

/** How many round trips it takes to log in, to ask, and to leave. */
const tripsOf = async (proxy: DelayProxy, options: SshOptions): Promise<number> => {
  proxy.reset()
  const transport = await connectSsh(options)
  const answers = await transport.ask(survey)
  expect(answers.map(({ stdout }) => stdout)).toEqual(['root\n'])
  await transport.close()
  return proxy.trips()
}

/** To a port, through a line that takes its time. */
const over = async (
  port: number,
  settings: readonly string[] = [],
  options: Partial<SshOptions> = {},
): Promise<() => Promise<number>> => {
  const proxy = await startDelayProxy(port, slow)
  const sshConfigFile = await config(proxy.port, settings)
  return async () => tripsOf(proxy, { host: 'there', user: user.name, sshConfigFile, ...options })
}

const answering = (answers: Partial<Record<Asked['about'], string>>, asked: string[] = []): Partial<SshOptions> => ({
  ask: async ({ about }) => (asked.push(about), Promise.resolve(answers[about])),
})

let files = 0
const loginsFile = (): string => file(`cache${files++}/logins.json`)

describe('a run that finds nothing to do waits for the network', again, () => {
  test.each(['key', 'id_ecdsa', 'id_rsa'])('5 times with the key file %s, the connection included', async (key) => {
    const run = await over(sshd.port, [`IdentityFile ${file(key)}`])
    expect(await run()).toBe(5)

    // nor was it asked beforehand whether the key would do; by SHA-1 this sshd takes no signature at all
    expect(await sshd.log()).not.toMatch(/Postponed|Failed/)
  })

  test('5 times when both accounts are asked', async () => {
    // much longer than sudo thinks
    const proxy = await startDelayProxy(sshd.port, 400)
    const transport = await connectSsh({ host: 'there', user: user.name, sshConfigFile: await config(proxy.port) })
    const answers = await transport.ask([...survey, { sh: 'id -un', as: 'login' }])
    expect(answers.map(({ stdout }) => stdout)).toEqual(['root\n', `${user.name}\n`])
    await transport.close()
    expect(proxy.trips()).toBe(5)
    await proxy.stop()
  })

  test('5 times as root', async () => {
    const run = await over(sshd.port, [], { user: 'root' })
    expect(await run()).toBe(5)
  })

  test('once more with a key of an agent that was never used there, for an agent may ask a person', async () => {
    const run = await over(sshd.port, [`IdentityAgent ${file('agent')}`], { loginsFile: loginsFile() })
    expect([await run(), await run()]).toEqual([6, 5])
  })

  test('twice more where the first key is not the one, but only the first time', async () => {
    const keys = [`IdentityFile ${file('id_wrong')}`, `IdentityFile ${sshd.key}`]
    const run = await over(sshd.port, keys, { loginsFile: loginsFile() })
    expect([await run(), await run(), await run()]).toEqual([7, 5, 5])
  })

  test('no more often where the key that was used last is not offered any more', async () => {
    const logins = loginsFile()
    const proxy = await startDelayProxy(sshd.port, slow)
    const trips: number[] = []
    for (const key of [file('id_ecdsa'), sshd.key, sshd.key]) {
      const sshConfigFile = await config(proxy.port, [`IdentityFile ${key}`])
      trips.push(await tripsOf(proxy, { host: 'there', user: user.name, sshConfigFile, loginsFile: logins }))
    }
    expect(trips).toEqual([5, 5, 5])
    await proxy.stop()
  })

  test('twice more where sudo asks for its password: for the prompt, and for the shell', async () => {
    const asking = createUser({ sudoers: 'USER ALL=(ALL) ALL' })
    try {
      const options = { user: asking.name, sudoPassword: new Secret(asking.password) }
      const run = await over(sshd.port, [], options)
      expect(await run()).toBe(7)
    } finally {
      asking.remove()
    }
  })

  test('3 times more with a password: for what the host takes, for its yes, and for a session', async () => {
    const asked: string[] = []
    const run = await over(sshd.port, ['IdentityFile none'], answering({ 'login-password': user.password }, asked))
    expect([await run(), asked]).toEqual([8, ['login-password']])
  })
})

describe('a server that is not OpenSSH', again, () => {
  test('is waited for at each step, but signed for at once', async () => {
    const server = await startOtherServer(file('host_ed25519'))
    const run = await over(server.port, [], { user: 'root' })
    expect(await run()).toBe(7)
    expect(server.asked).toEqual(['publickey signed'])
    server.stop()
  })
})

test('a line that is opened again waits as little', again, async () => {
  const proxy = await startDelayProxy(sshd.port, slow)
  const sshConfigFile = await config(proxy.port)
  const transport = await connectSsh({ host: 'there', user: user.name, sshConfigFile })
  proxy.reset()
  await transport.reconnect()
  await transport.ask(survey)
  expect(proxy.trips()).toBe(5)
  await transport.close()
  await proxy.stop()
})

test('a host behind a jump host is waited for 8 times: 4 up to it, 4 at it', again, async () => {
  const proxy = await startDelayProxy(sshd.port, slow)
  const common = readFileSync(await config(sshd.port), 'utf8')
    .split('\n')
    .slice(1)
    .join('\n')
  const sshConfigFile = file('jump_config')
  const gate = common.replace(/Port .*/, `Port ${proxy.port}`)
  writeFileSync(sshConfigFile, `Host there\n  ProxyJump gate\n${common}\nHost gate\n${gate}`)
  expect(await tripsOf(proxy, { host: 'there', user: user.name, sshConfigFile })).toBe(8)
  await proxy.stop()
})
