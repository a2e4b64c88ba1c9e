import { Readable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { login, root } from '../../../src/core/command.js'
import { Secret } from '../../../src/core/secret.js'
import { runFolder } from '../../../src/core/host-paths.js'
import type { SshOptions } from '../../../src/transport/ssh.js'
import type { Transport } from '../../../src/transport/transport.js'
import { startDelayProxy } from '../../helpers/delay-proxy.js'
import { useRealHost } from '../../helpers/real-host.js'
import { createUser, sh } from '../../helpers/sshd.js'
import { transports } from '../../helpers/transports.js'

describe.each(transports)('over %s', (way) => {
  const host = useRealHost(way)

  const lost = { code: 'CONNECTION_LOST', exitCode: 4 }

  /** Ends the process of the host that serves the connections of its account. */
  const kill = (): string => sh(`for p in $(pgrep -f '^sshd: ${host.user.name}@'); do kill -9 $p; done`)

  /** Kills the connection when a command on it has made this file. */
  const killWhen = async (file: string): Promise<void> => {
    await expect.poll(() => sh(`[ -e ${file} ] && echo yes || true`), { timeout: 20_000 }).toBe('yes\n')
    kill()
  }

  const marker = (): string => `/tmp/deploy-flask-test-${process.pid}-${Math.random().toString(36).slice(2)}`

  /** Works as before, for each account. */
  const expectSound = async (transport: Transport): Promise<void> => {
    expect(await transport.run(root('id', '-un'))).toMatchObject({ stdout: 'root\n', exitCode: 0 })
    expect(await transport.run(login('id', '-un'))).toMatchObject({ stdout: `${host.user.name}\n`, exitCode: 0 })
    const told = await transport.ask([{ sh: 'id -un', as: 'root' }])
    expect(told).toMatchObject([{ stdout: 'root\n' }])
  }

  describe('a connection that is killed', () => {
    test('while questions are asked is opened again', async () => {
      const transport = await host.connect()
      const file = marker()
      const asking = transport.ask([{ sh: `touch ${file}; sleep 30`, as: 'login' }])
      const refused = expect(asking).rejects.toMatchObject(lost)
      await killWhen(file)
      await refused
      await transport.reconnect()
      await expectSound(transport)
      expect(transport.counts.connections).toBe(2)
    })

    test('while a command runs is opened again', async () => {
      const transport = await host.connect()
      const file = marker()
      const refused = expect(transport.run(root('sh', '-c', `touch ${file}; sleep 5`))).rejects.toMatchObject(lost)
      await killWhen(file)
      await refused
      await transport.reconnect()
      await expectSound(transport)
    })

    test('while a stream is sent is opened again, and a stream can be sent', async () => {
      const transport = await host.connect()
      const file = marker()
      const endless = { name: 'a stream', open: () => new Readable({ read: () => undefined }) }
      const receiving = root('sh', '-c', `touch ${file}; cat >/dev/null`)
      const refused = expect(transport.run({ ...receiving, stdin: endless })).rejects.toMatchObject(lost)
      await killWhen(file)
      await refused
      await transport.reconnect()
      const stdin = { name: 'a stream', open: () => Readable.from(['all ', 'of it']) }
      expect(await transport.run({ ...root('cat'), stdin })).toMatchObject({ stdout: 'all of it' })
    })

    test('several times is opened each time', async () => {
      const transport = await host.connect()
      for (let times = 0; times < 3; times++) {
        await transport.run(login('true'))
        kill()
        await transport.reconnect()
      }
      await expectSound(transport)
      expect(transport.counts.connections).toBe(4)
    })

    test('can be opened again also where it is whole', async () => {
      const transport = await host.connect()
      await transport.run(root('true'))
      await transport.reconnect()
      await expectSound(transport)
    })
  })

  describe('who connects again', () => {
    const overProxy = async (options: Partial<SshOptions> = {}) => {
      const proxy = await startDelayProxy(host.sshd.port, 0)
      const settings = [`Port ${proxy.port}`, `HostKeyAlias [127.0.0.1]:${host.sshd.port}`]
      return { proxy, transport: await host.connect(options, settings) }
    }

    test('asks a person nothing that was answered before: a passphrase, a password of sudo', async () => {
      const user = createUser({ sudoers: 'USER ALL=(ALL) ALL' })
      try {
        const asked: string[] = []
        const ask: NonNullable<SshOptions['ask']> = async ({ about }) => {
          asked.push(about)
          const answers: Readonly<Record<string, string>> = {
            passphrase: host.sshd.passphrase,
            'sudo-password': user.password,
          }
          return Promise.resolve(answers[about])
        }
        const transport = await host.connect({ user: user.name, identityFile: host.sshd.lockedKey, ask })
        await transport.run(root('true'))
        const once = [...asked]
        expect(once).toEqual(['passphrase', 'sudo-password'])
        for (let times = 0; times < 2; times++) {
          await transport.reconnect()
          expect(await transport.run(root('id', '-un'))).toMatchObject({ stdout: 'root\n' })
        }
        expect(asked).toEqual(once)
      } finally {
        user.remove()
      }
    })

    test('knows the password of sudo that was given', async () => {
      const user = createUser({ sudoers: 'USER ALL=(ALL) ALL' })
      try {
        const transport = await host.connect({ user: user.name, sudoPassword: new Secret(user.password) })
        await transport.run(root('true'))
        await transport.reconnect()
        expect(await transport.run(root('id', '-un'))).toMatchObject({ stdout: 'root\n' })
      } finally {
        user.remove()
      }
    })

    test('does not trust another key than before', async () => {
      const transport = await host.connect()
      const known = await host.sshd.knownHosts()
      const impostor = sh(
        `ssh-keygen -q -t ed25519 -N '' -f ${host.sshd.directory}/impostor; cut -d' ' -f1,2 ${host.sshd.directory}/impostor.pub`,
      )
      try {
        await host.sshd.know(`[127.0.0.1]:${host.sshd.port} ${impostor}`)
        kill()
        await expect(transport.reconnect()).rejects.toMatchObject({ code: 'HOST_KEY_CHANGED', exitCode: 4 })
      } finally {
        await host.sshd.know(known)
      }
    })

    test('tries again until the host is back', async () => {
      const { transport, proxy } = await overProxy()
      await proxy.stop()
      await expect(transport.run(root('true'))).rejects.toMatchObject(lost)
      const reconnecting = transport.reconnect()
      await sleep(700)
      const back = await startDelayProxy(host.sshd.port, 0, '127.0.0.1', proxy.port)
      await reconnecting
      await expectSound(transport)
      await transport.close()
      await back.stop()
    })

    test('is told at once when the run is called off meanwhile', async () => {
      const calledOff = new AbortController()
      const { transport, proxy } = await overProxy({ signal: calledOff.signal })
      await proxy.stop()
      const reconnecting = expect(transport.reconnect()).rejects.toMatchObject({ name: 'AbortError' })
      setTimeout(() => calledOff.abort(), 300)
      await reconnecting
    })
  })

  describe('a command that changes the host', () => {
    test('as the account that logged in runs as that account, under the eyes of root', async () => {
      const holding = sh(`[ -e ${runFolder}/holder ] && echo held || true`)
      expect(holding, 'nobody else may use this machine as a host meanwhile').toBe('')
      sh(`mkdir -p ${runFolder}/run; printf 'token\\n1\\n{}\\n' >${runFolder}/holder`)
      try {
        const transport = await host.connect()
        const who = login('sh', '-c', 'id -un; echo "$HOME $1"; pwd; exit 3', 'sh', "it's")
        const answer = await transport.run(who, { mark: { lock: 'token', number: 1 } })
        expect(answer).toMatchObject({
          stdout: `${host.user.name}\n${host.user.home} it's\n${host.user.home}\n`,
          exitCode: 3,
        })
        await expect(transport.run(who, { mark: { lock: 'other', number: 2 } })).rejects.toMatchObject({
          code: 'LOCK_LOST',
          exitCode: 75,
        })
      } finally {
        sh(`rm -rf ${runFolder}`)
      }
    })
  })
})
