import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { Readable } from 'node:stream'
import { root } from '../../../src/core/command.js'
import { Secret } from '../../../src/core/secret.js'
import type { Asked } from '../../../src/transport/ask.js'
import { connectSsh, type SshOptions } from '../../../src/transport/ssh.js'
import type { Transport } from '../../../src/transport/transport.js'
import { createUser, sh, startSshd, type Sshd, type User } from '../../helpers/sshd.js'
import { transports } from '../../helpers/transports.js'

describe.each(transports)('over %s', (way) => {
  let sshd: Sshd
  const users: User[] = []
  const open: Transport[] = []

  beforeAll(async () => {
    sshd = await startSshd()
  })
  afterEach(async () => {
    for (const transport of open.splice(0)) await transport.close()
  })
  afterAll(async () => {
    for (const user of users) user.remove()
    await sshd.stop()
  })

  const account = (sudoers?: string): User => {
    const user = createUser(sudoers === undefined ? {} : { sudoers })
    users.push(user)
    return user
  }

  const connect = async (user: User, options: Partial<SshOptions> = {}): Promise<Transport> => {
    const transport = await connectSsh({
      transport: way,
      host: 'there',
      user: user.name,
      sshConfigFile: await sshd.config(),
      ...options,
    })
    open.push(transport)
    return transport
  }

  const whoAmI = async (transport: Transport): Promise<string | undefined> =>
    (await transport.ask([{ sh: 'id -un; echo $HOME', as: 'root' }]))[0]?.stdout

  /** Bytes that the command saw on its stdin, and all that the host remembers of the password. */
  const streamed = async (transport: Transport): Promise<string> =>
    (await transport.run({ ...root('cat'), stdin: { name: 'x', open: () => Readable.from(['payload']) } })).stdout

  describe('root by sudo', () => {
    test('without a password works at once, with the home of root', async () => {
      expect(await whoAmI(await connect(account('USER ALL=(ALL) NOPASSWD: ALL')))).toBe('root\n/root\n')
    })

    test('with the right password works for questions, commands and streams', async () => {
      const user = account('USER ALL=(ALL) ALL')
      const transport = await connect(user, { sudoPassword: new Secret(user.password) })
      expect(await whoAmI(transport)).toBe('root\n/root\n')
      expect(await transport.run({ ...root('cat'), stdin: 'payload' })).toMatchObject({ stdout: 'payload' })
      expect(await streamed(transport)).toBe('payload')
    })

    test('with a password that is not the one fails after one attempt', async () => {
      const user = account('USER ALL=(ALL) ALL')
      const transport = await connect(user, { sudoPassword: new Secret('wrong horse') })
      const error: unknown = await whoAmI(transport).catch((caught: unknown) => caught)
      expect(error).toMatchObject({
        code: 'SUDO_PASSWORD_WRONG',
        fault: { what: expect.stringContaining('does not take') as unknown },
      })
      expect(JSON.stringify(error)).not.toContain('wrong horse')
    })

    test('with a password where none is asked for never hands it to anybody', async () => {
      const user = account('USER ALL=(ALL) NOPASSWD: ALL')
      const transport = await connect(user, { sudoPassword: new Secret('hunter2canary') })
      expect(await whoAmI(transport)).toBe('root\n/root\n')
      const file = `${user.home}/written`
      await transport.run({ ...root('tee', file), stdin: 'payload' })
      expect(sh(`cat ${file}`)).toBe('payload')
      expect(await streamed(transport)).toBe('payload')
      const { stdout } = await transport.run(
        root('sh', '-c', 'cat /proc/[0-9]*/cmdline /proc/[0-9]*/environ 2>/dev/null | tr "\\0" "\\n"'),
      )
      expect(stdout).not.toContain('hunter2canary')
    })

    test('that needs a password asks a person for it, once for all that waits for it', async () => {
      const user = account('USER ALL=(ALL) ALL')
      const asked: Asked[] = []
      const transport = await connect(user, {
        ask: async (question) => (asked.push(question), Promise.resolve(user.password)),
      })
      const early = [whoAmI(transport), transport.run(root('id', '-un')), streamed(transport)]
      // Some come while the person is being asked.
      await new Promise((resolve) => setTimeout(resolve, 30))
      const answers = await Promise.all([...early, transport.run(root('id', '-un'))])
      expect(answers).toMatchObject(['root\n/root\n', { stdout: 'root\n' }, 'payload', { stdout: 'root\n' }])
      expect(asked).toMatchObject([{ about: 'sudo-password', secret: true }])
    })

    test('that needs a password which nobody has says so', async () => {
      const user = account('USER ALL=(ALL) ALL')
      await expect(whoAmI(await connect(user))).rejects.toMatchObject({ code: 'SUDO_PASSWORD_MISSING' })
      const nobody = await connect(user, { ask: async () => Promise.resolve(undefined) })
      await expect(whoAmI(nobody)).rejects.toMatchObject({ code: 'SUDO_PASSWORD_MISSING' })
    })

    test('still answers as the login user where root cannot be had', async () => {
      const transport = await connect(account())
      expect((await transport.ask([{ sh: 'echo mine', as: 'login' }]))[0]?.stdout).toBe('mine\n')
    })

    test('of somebody who may not use it says so', async () => {
      const user = account()
      const transport = await connect(user, { sudoPassword: new Secret(user.password) })
      await expect(whoAmI(transport)).rejects.toMatchObject({
        code: 'SUDO_FORBIDDEN',
        fault: { what: `${user.name} may not use sudo on this host` },
      })
    })

    test('that is limited to some commands says so', async () => {
      const transport = await connect(account('USER ALL=(ALL) NOPASSWD: /usr/bin/apt-get'))
      await expect(whoAmI(transport)).rejects.toMatchObject({ code: expect.stringMatching(/^SUDO_/) as unknown })
      const user = account('USER ALL=(ALL) /usr/bin/apt-get')
      const asked = await connect(user, { sudoPassword: new Secret(user.password) })
      await expect(whoAmI(asked)).rejects.toMatchObject({
        code: 'SUDO_FORBIDDEN',
        fault: { what: expect.stringContaining('does not allow') as unknown },
      })
    })

    test('that insists on a terminal says so', async () => {
      const transport = await connect(account('Defaults:USER requiretty\nUSER ALL=(ALL) NOPASSWD: ALL'))
      await expect(whoAmI(transport)).rejects.toMatchObject({
        code: 'SUDO_TTY_REQUIRED',
        fault: { what: expect.stringContaining('requiretty') as unknown },
      })
    })

    test('works with a lecture, a prompt of its own, no time stamps and a pty', async () => {
      const rules = [
        'Defaults:USER lecture=always,timestamp_timeout=0,use_pty,passprompt="Who are you? "',
        'USER ALL=(ALL) ALL',
      ]
      const user = account(rules.join('\n'))
      const transport = await connect(user, { sudoPassword: new Secret(user.password) })
      expect(await whoAmI(transport)).toBe('root\n/root\n')
      expect(await streamed(transport)).toBe('payload')
    })
  })
})
