import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { services } from '../../../src/commands/services.js'
import { connectSsh } from '../../../src/transport/ssh.js'
import { Approach } from '../../../src/transport/ssh-approach.js'
import { runIn } from '../../commands/fakes.js'
import { startDelayProxy } from '../../helpers/delay-proxy.js'
import { startSshd, type Sshd } from '../../helpers/sshd.js'

describe('before it is known that all is well with what is wanted', () => {
  let listening: Server
  let folder: string
  let came: { readonly ended: Promise<unknown>; readonly said: () => number }[]

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'deploy-flask-approach-'))
    listening = createServer((socket: Socket) => {
      let said = 0
      socket.on('data', (bytes) => (said += bytes.length))
      socket.on('error', () => undefined)
      came.push({ ended: once(socket, 'close'), said: () => said })
    }).listen(0, '127.0.0.1')
    await once(listening, 'listening')
    const { port } = listening.address() as AddressInfo
    writeFileSync(join(folder, 'config'), `Host web1\n  HostName 127.0.0.1\n  Port ${port}\n`)
  })
  beforeEach(() => (came = []))
  afterAll(() => {
    listening.close()
    rmSync(folder, { recursive: true })
  })

  const tried = async (text: string) => {
    writeFileSync(join(folder, 'flags.yml'), text)
    return runIn(folder, `plan -f ${join(folder, 'flags.yml')} --ssh-config ${join(folder, 'config')}`, {
      services: {
        approach: (...to) => services.approach(...to),
        loadSettings: (...from) => services.loadSettings(...from),
        resolveSite: (...written) => services.resolveSite(...written),
      },
    })
  }

  /** How much each that came has said, when it is gone. */
  const heard = async (): Promise<readonly number[]> => {
    await vi.waitFor(() => expect(came).not.toEqual([]))
    await Promise.all(came.map(({ ended }) => ended))
    return came.map(({ said }) => said())
  }

  test('a host is connected to, and told nothing: it is the file that is wrong', async () => {
    const { exitCode, stderr } = await tried('version: 1\nhost: web1\nprot: 80\n')
    expect(exitCode).toBe(2)
    expect(stderr).toContain('flags.yml:3:1: prot: unknown key')
    expect(await heard()).toEqual([0])
  })

  test('as where a secret is missing', async () => {
    const rest =
      'site: shop\nserver-name: shop.test\ncode: {path: /srv/code}\nwsgi: a:b\nsettings: {KEY: {env: NOWHERE}}'
    const { stderr } = await tried(`version: 1\nhost: web1\n${rest}\n`)
    expect(stderr).toContain('SECRET_MISSING')
    expect(await heard()).toEqual([0])
  })
})

describe('whoever logs in', () => {
  let sshd: Sshd
  beforeAll(async () => (sshd = await startSshd()))
  afterAll(async () => sshd.stop())

  /** Hosts that log in as this account does, through a proxy that counts. */
  const way = async () => {
    const proxy = await startDelayProxy(sshd.port, 0)
    const sshConfigFile = await sshd.config([`Port ${proxy.port}`, `HostKeyAlias [127.0.0.1]:${sshd.port}`])
    return { proxy, options: { host: 'there', sshConfigFile } }
  }

  test('goes on from there', async () => {
    const { proxy, options } = await way()
    const approach = new Approach(options, new AbortController().signal)
    await approach.begun
    const transport = await connectSsh({ ...options, approach })
    const [answer] = await transport.ask([{ sh: 'echo there', as: 'login' }])
    expect(answer?.stdout).toBe('there\n')
    expect(approach.takeSocket()).toBeUndefined()
    await transport.reconnect()
    expect(transport.counts.connections).toBe(2)
    await transport.close()
    await proxy.stop()
  })

  test('but not where it leads elsewhere', async () => {
    const { proxy, options } = await way()
    const approach = new Approach({ ...options, host: '127.0.0.1' }, new AbortController().signal)
    const transport = await connectSsh({ ...options, approach })
    expect(approach.takeSocket()).toBeDefined()
    approach.giveUp()
    await transport.close()
    await proxy.stop()
  })
})
