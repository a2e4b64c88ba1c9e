import { readFileSync } from 'node:fs'
import ssh2 from 'ssh2'
import { z } from 'zod'
import { describe, expect, test } from 'vitest'
import type { Asked } from '../../../src/transport/ask.js'
import { fingerprint } from '../../../src/transport/known-hosts.js'
import { connectSsh } from '../../../src/transport/ssh.js'
import { useLogins } from '../../helpers/logins.js'
import { sh, startSshd } from '../../helpers/sshd.js'
import { transports } from '../../helpers/transports.js'

describe.each(transports)('over %s', (way) => {
  const host = useLogins(way)

  describe('the host key', () => {
    test('that is unknown is refused before anything of a login is sent', async () => {
      await host.known('', async () => {
        const log = await host.logOf(async () => {
          await expect(host.logIn({})).rejects.toMatchObject({
            code: 'HOST_KEY_UNKNOWN',
            fault: { evidence: expect.stringMatching(/ssh-ed25519 SHA256:/) as unknown },
          })
        })
        expect(log).not.toMatch(/userauth|publickey|Postponed|Accepted|Failed/i)
        expect(await host.sshd.knownHosts()).toBe('')
      })
    })

    test('that changed is refused before anything of a login is sent, also with accept-new', async () => {
      const other = `[127.0.0.1]:${host.sshd.port} ssh-ed25519 ${Buffer.concat([Buffer.from([0, 0, 0, 11]), Buffer.from('ssh-ed25519'), Buffer.from([0, 0, 0, 32]), Buffer.alloc(32, 7)]).toString('base64')}\n`
      await host.known(other, async () => {
        const log = await host.logOf(async () => {
          await expect(host.logIn({ acceptNewHostKey: true, answers: { 'host-key': 'yes' } })).rejects.toMatchObject({
            code: 'HOST_KEY_CHANGED',
            fault: {
              evidence: expect.stringMatching(/known: +ssh-ed25519 SHA256:[^]*offered: ssh-ed25519 SHA256:/) as unknown,
              remedy: expect.stringContaining(`-R '[127.0.0.1]:${host.sshd.port}'`) as unknown,
            },
          })
        })
        expect(log).not.toMatch(/userauth|publickey|Postponed|Accepted|Failed/i)
        expect(await host.sshd.knownHosts()).toBe(other)
      })
    })

    test('that is revoked is refused', async () => {
      await host.known(`@revoked * ${host.sshd.hostKeys.ed25519}\n`, async () => {
        await expect(host.logIn({ acceptNewHostKey: true })).rejects.toMatchObject({ code: 'HOST_KEY_REVOKED' })
      })
    })

    test('of a new host is written down with accept-new, and is known from then on', async () => {
      await host.known('', async () => {
        expect((await host.logIn({ acceptNewHostKey: true })).who).toBe(host.user.name)
        expect(await host.sshd.knownHosts()).toBe(`[127.0.0.1]:${host.sshd.port} ${host.sshd.hostKeys.ed25519}\n`)
        expect((await host.logIn({})).who).toBe(host.user.name)
      })
    })

    test('of a new host is asked about once, although the session keys are renewed again and again', async () => {
      const busy = await startSshd(['RekeyLimit 1M'])
      try {
        await busy.know('')
        const asked: Asked[] = []
        const ask = async (question: Asked): Promise<string> => (asked.push(question), Promise.resolve('yes'))
        const transport = await connectSsh({ transport: way, host: 'there', sshConfigFile: await busy.config(), ask })
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
      await host.known('', async () => {
        await expect(host.logIn({ answers: { 'host-key': 'no' } })).rejects.toMatchObject({ code: 'HOST_KEY_UNKNOWN' })
        expect(await host.sshd.knownHosts()).toBe('')
        const { asked } = await host.logIn({ answers: { 'host-key': 'yes' } })
        expect(asked).toMatchObject([{ about: 'host-key', text: expect.stringContaining('SHA256:') as unknown }])
        expect(await host.sshd.knownHosts()).toContain(host.sshd.hostKeys.ed25519)
      })
    })

    test('is taken of the type that is known, although the host has others', async () => {
      await host.known(`[127.0.0.1]:${host.sshd.port} ${host.sshd.hostKeys.ecdsa}\n`, async () => {
        expect((await host.logIn({})).who).toBe(host.user.name)
      })
    })

    test('may be known without the port, as for ssh', async () => {
      await host.known(`127.0.0.1 ${host.sshd.hostKeys.ed25519}\n`, async () => {
        expect((await host.logIn({})).who).toBe(host.user.name)
      })
    })

    test('that is pinned alone decides: known_hosts is not asked, and nothing is written', async () => {
      const pinned = fingerprint(host.sshd.hostKeys.ed25519.split(' ')[1] ?? '')
      const other = fingerprint(Buffer.from('another'))
      for (const text of ['', `@revoked * ${host.sshd.hostKeys.ed25519}\n`]) {
        await host.known(text, async () => {
          expect((await host.logIn({ hostKeys: [other, pinned] })).who).toBe(host.user.name)
          expect(await host.sshd.knownHosts()).toBe(text)
        })
      }
    })

    test('that is not the pinned one is refused before anything of a login is sent, though it is known', async () => {
      const other = fingerprint(Buffer.from('another'))
      const offered = fingerprint(host.sshd.hostKeys.ed25519.split(' ')[1] ?? '')
      const log = await host.logOf(async () => {
        const attempt = host.logIn({ hostKeys: [other], acceptNewHostKey: true, answers: { 'host-key': 'yes' } })
        await expect(attempt).rejects.toMatchObject({
          code: 'HOST_KEY_NOT_PINNED',
          fault: { evidence: `wanted:  ${other}\noffered: ssh-ed25519 ${offered}` },
        })
      })
      expect(log).not.toMatch(/userauth|publickey|Postponed|Accepted|Failed/i)
    })

    test('of a type that is not known is refused where another one is, also with accept-new', async () => {
      const rsa = sh(
        `f=${host.sshd.directory}/rsa_${way}; ssh-keygen -q -t rsa -b 2048 -N '' -f $f; cut -d' ' -f1,2 $f.pub`,
      )
      await host.known(`[127.0.0.1]:${host.sshd.port} ${rsa}`, async () => {
        const attempt = host.logIn({ acceptNewHostKey: true, answers: { 'host-key': 'yes' } })
        await expect(attempt).rejects.toMatchObject({ code: 'HOST_KEY_CHANGED' })
      })
    })

    test('that is refused is all that a server gets to show: no packet of a login reaches it', async () => {
      const packets: string[] = []
      const key = readFileSync(`${host.sshd.directory}/host_ecdsa`, 'utf8')
      const server = new ssh2.Server(
        { hostKeys: [key], debug: (line) => packets.push(line) },
        (client) => void client.on('error', () => undefined),
      )
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
      const address: unknown = server.address()
      const port = z.object({ port: z.number() }).parse(address).port
      const refused = [
        ['', 'HOST_KEY_UNKNOWN'],
        [`[127.0.0.1]:${port} ${host.sshd.hostKeys.ed25519}\n`, 'HOST_KEY_CHANGED'],
        [`@revoked * ${host.sshd.hostKeys.ecdsa}\n`, 'HOST_KEY_REVOKED'],
      ] as const
      for (const [text, code] of refused) {
        await host.known(text, async () => {
          await expect(host.logIn({ settings: [`Port ${port}`] })).rejects.toMatchObject({ code })
        })
      }
      server.close()
      expect(packets.join('\n')).toMatch(/Received DH Init/)
      expect(packets.join('\n')).not.toMatch(/SERVICE_REQUEST|USERAUTH/)
    })

    test('is refused where the known hosts cannot be read', async () => {
      const settings = [`UserKnownHostsFile ${host.sshd.directory}`]
      await expect(host.logIn({ settings, acceptNewHostKey: true })).rejects.toMatchObject({
        code: 'KNOWN_HOSTS_UNREADABLE',
      })
    })
  })
})
