import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { root } from '../../../src/core/command.js'
import { fingerprint } from '../../../src/transport/known-hosts.js'
import { connectSsh } from '../../../src/transport/ssh.js'
import { startSshd, type Sshd } from '../../helpers/sshd.js'
import { transports } from '../../helpers/transports.js'

describe.each(transports)('over %s', (way) => {
  let jump: Sshd
  let host: Sshd

  beforeAll(async () => {
    jump = await startSshd()
    host = await startSshd()
  })
  afterAll(async () => {
    await jump.stop()
    await host.stop()
  })

  const config = async (hostPort = host.port): Promise<string> => {
    const file = join(host.directory, `config_${hostPort}`)
    const common = [
      'User root',
      'IdentityAgent none',
      'IdentitiesOnly yes',
      'GlobalKnownHostsFile /dev/null',
      'HostName 127.0.0.1',
    ]
    const sections = {
      shop: [
        `Port ${hostPort}`,
        'ProxyJump gate',
        `IdentityFile ${host.key}`,
        `UserKnownHostsFile ${host.directory}/known_hosts`,
      ],
      gate: [`Port ${jump.port}`, `IdentityFile ${jump.key}`, `UserKnownHostsFile ${jump.directory}/known_hosts`],
    }
    const text = Object.entries(sections).map(
      ([name, lines]) => `Host ${name}\n  ${[...lines, ...common].join('\n  ')}\n`,
    )
    await writeFile(file, text.join(''))
    return file
  }

  test('a host behind a jump host is reached with the keys of each', async () => {
    const transport = await connectSsh({ transport: way, host: 'shop', sshConfigFile: await config() })
    expect(transport.target).toBe(`root@127.0.0.1:${host.port}`)
    expect(await transport.run(root('sh', '-c', 'echo $SSH_CONNECTION'))).toMatchObject({
      stdout: expect.stringContaining(` ${host.port}\n`) as unknown,
    })
    await transport.close()
  })

  test('each hop is verified under its own name', async () => {
    const [atGate, atShop] = [await jump.knownHosts(), await host.knownHosts()]
    await jump.know(`[127.0.0.1]:${jump.port} ${host.hostKeys.ed25519}\n`)
    await expect(connectSsh({ transport: way, host: 'shop', sshConfigFile: await config() })).rejects.toMatchObject({
      code: 'HOST_KEY_CHANGED',
      fault: { where: expect.stringContaining(String(jump.port)) as unknown },
    })
    await jump.know(atGate)
    await host.know('')
    await expect(connectSsh({ transport: way, host: 'shop', sshConfigFile: await config() })).rejects.toMatchObject({
      code: 'HOST_KEY_UNKNOWN',
      fault: { where: expect.stringContaining(String(host.port)) as unknown },
    })
    await host.know(atShop)
  })

  test('a pinned key is that of the host, not that of a jump host', async () => {
    const printOf = ({ hostKeys }: Sshd): string => fingerprint(hostKeys.ed25519.split(' ')[1] ?? '')
    const atShop = await host.knownHosts()
    await host.know('')
    const options = { transport: way, host: 'shop', sshConfigFile: await config() }
    const transport = await connectSsh({ ...options, hostKeys: [printOf(host)] })
    await transport.close()
    await expect(connectSsh({ ...options, hostKeys: [printOf(jump)] })).rejects.toMatchObject({
      code: 'HOST_KEY_NOT_PINNED',
      fault: { where: expect.stringContaining(String(host.port)) as unknown },
    })
    await host.know(atShop)
  })

  test('a host that the jump host cannot reach is told from a jump host that cannot be reached', async () => {
    await expect(connectSsh({ transport: way, host: 'shop', sshConfigFile: await config(1) })).rejects.toMatchObject({
      code: 'JUMP_HOST_FAILED',
      fault: { what: expect.stringContaining('the jump host') as unknown },
    })
  })
})
