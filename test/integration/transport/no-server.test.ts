import { createServer, type Server } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { connectSsh } from '../../../src/transport/ssh.js'
import { startSshd, type Sshd } from '../../helpers/sshd.js'
import { transports } from '../../helpers/transports.js'

describe.each(transports)('over %s', (way) => {
  let sshd: Sshd

  beforeAll(async () => {
    sshd = await startSshd()
  })

  afterAll(() => sshd.stop())

  describe('an address where no SSH server is', () => {
    const listen = async (server: Server): Promise<number> =>
      new Promise((resolve) => {
        server.listen(0, '127.0.0.1', () => {
          const address = server.address()
          resolve(typeof address === 'object' && address !== null ? address.port : 0)
        })
      })
    const refusal = async (host: string): Promise<unknown> =>
      connectSsh({ transport: way, host, user: 'root', sshConfigFile: await sshd.config() }).then(
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
        [`127.0.0.1:${closedPort}`, 'CONNECT_REFUSED', /nothing listens/],
        ['no-such-host.invalid', 'HOST_NAME_UNKNOWN', /no address is known/],
        [`127.0.0.1:${await listen(web)}`, 'NO_SSH_SERVER', /is not an SSH server/],
        [`127.0.0.1:${await listen(mute)}`, 'NO_SSH_SERVER', /is not an SSH server/],
      ] as const
      for (const [host, code, text] of texts) {
        expect(await refusal(host)).toMatchObject({
          code,
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
      for (const error of await Promise.all(hosts.map(refusal)))
        expect(error).toMatchObject({ code: expect.stringMatching(/^(CONNECT_TIMEOUT|NO_SSH_SERVER)$/) as unknown })
      silent.close()
      endless.close()
    })
  })
})
