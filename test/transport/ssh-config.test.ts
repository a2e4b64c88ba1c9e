import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { resolveWay } from '../../src/transport/ssh-host.js'
import { connectSsh } from '../../src/transport/ssh.js'
import { parseSshConfig, readSshConfig } from '../../src/transport/ssh-config.js'

let folder: string
beforeEach(async () => (folder = await mkdtemp(join(tmpdir(), 'config-'))))
afterEach(async () => {
  vi.unstubAllEnvs()
  await rm(folder, { recursive: true, force: true })
})

const write = async (text: string): Promise<string> => {
  const file = join(folder, 'config')
  await writeFile(file, text)
  return file
}

describe('ssh_config', () => {
  test('is read as ssh reads it: alias, tokens, Match, the first value counts', async () => {
    const file = await write(`
Match host *.shop.test user deploy
  Port 2222
Host shop
  HostName web.%h.test
  User deploy
  IdentityFile ~/.ssh/%h_%r
  IdentitiesOnly yes
  HostKeyAlias Shop
  HashKnownHosts yes
  UserKnownHostsFile ~/known ${folder}/known2
  GlobalKnownHostsFile none
Host *
  User nobody
  IdentityFile /keys/other
`)
    const config = await readSshConfig({ host: 'shop' }, file)
    const { homedir } = userInfo()
    expect(config).toMatchObject({
      hostname: 'web.shop.test',
      user: 'deploy',
      port: 22,
      identityFiles: [`${homedir}/.ssh/web.shop.test_deploy`, '/keys/other'],
      identitiesOnly: true,
      hostKeyAlias: 'shop',
      hashKnownHosts: true,
      userKnownHostsFiles: [`${homedir}/known`, `${folder}/known2`],
      globalKnownHostsFiles: [],
    })
    expect(await readSshConfig({ host: 'x.shop.test', user: 'deploy' }, file)).toMatchObject({ port: 2222 })
  })

  test('gives way to what was typed', async () => {
    const file = await write('Host shop\n  User deploy\n  Port 2222\n')
    expect(await readSshConfig({ host: 'shop', user: 'root', port: 22 }, file)).toMatchObject({
      user: 'root',
      port: 22,
    })
  })

  test('names the agent as ssh does: by variable, by path, or not at all', async () => {
    vi.stubEnv('SSH_AUTH_SOCK', '/run/agent')
    vi.stubEnv('OTHER_SOCK', '/run/other')
    const agentOf = async (line: string) =>
      (await readSshConfig({ host: 'x' }, await write(`Host x\n  ${line}\n`))).identityAgent
    expect(await agentOf('Port 22')).toBe('/run/agent')
    expect(await agentOf('IdentityAgent SSH_AUTH_SOCK')).toBe('/run/agent')
    expect(await agentOf('IdentityAgent $OTHER_SOCK')).toBe('/run/other')
    expect(await agentOf('IdentityAgent ~/agent.sock')).toBe(`${userInfo().homedir}/agent.sock`)
    expect(await agentOf('IdentityAgent none')).toBeUndefined()
  })

  test('that ssh cannot read is refused with what ssh says', async () => {
    const broken = await write('Host shop\n  NoSuchSetting yes\n')
    await expect(readSshConfig({ host: 'shop' }, broken)).rejects.toMatchObject({
      code: 'SSH_CONFIG_UNREADABLE',
      fault: { where: broken, evidence: expect.stringContaining('nosuchsetting') as unknown },
    })
    await expect(readSshConfig({ host: 'shop' }, join(folder, 'missing'))).rejects.toMatchObject({
      code: 'SSH_CONFIG_UNREADABLE',
    })
  })

  test('with a ProxyCommand is refused, and says what to use instead', async () => {
    const file = await write('Host shop\n  ProxyCommand nc %h %p\n')
    await expect(connectSsh({ host: 'shop', sshConfigFile: file })).rejects.toMatchObject({
      code: 'SSH_CONFIG_UNSUPPORTED',
      fault: { remedy: expect.stringMatching(/--transport openssh.*ProxyJump/) as unknown },
    })
    const none = await write('Host shop\n  ProxyCommand none\n')
    await expect(readSshConfig({ host: 'shop' }, none)).resolves.toMatchObject({ proxyCommand: undefined })
  })

  test('is replaced by the defaults of ssh where there is no ssh', async () => {
    vi.stubEnv('PATH', folder)
    expect(await readSshConfig({ host: 'shop', port: 2222 })).toMatchObject({
      hostname: 'shop',
      port: 2222,
      user: userInfo().username,
      identitiesOnly: false,
      proxyJump: undefined,
    })
    const file = await write('Host shop\n  Port 1\n')
    await expect(readSshConfig({ host: 'shop' }, file)).rejects.toMatchObject({ code: 'SSH_CONFIG_UNREADABLE' })
  })
})

test('settings that are not there have the values of ssh', () => {
  expect(parseSshConfig('hostname shop\nuser me\nport 22\n')).toMatchObject({
    identityFiles: [],
    hostKeyAlias: undefined,
  })
})

describe('the way to a host', () => {
  const targets = async (text: string, host: string) =>
    (await resolveWay(host, { sshConfigFile: await write(text) })).map(({ target }) => target)

  test('leads through its jump hosts in their order', async () => {
    expect(
      await targets(
        'Host shop\n  User deploy\n  ProxyJump me@one:2201,two\nHost two\n  HostName 10.0.0.2\n  User you\n',
        'shop',
      ),
    ).toEqual(['me@one:2201', 'you@10.0.0.2', 'deploy@shop'])
  })

  test('leads through the jump host of the first jump host', async () => {
    expect(
      await targets('Host *\n  User me\nHost shop\n  ProxyJump inner\nHost inner\n  ProxyJump outer\n', 'shop'),
    ).toEqual(['me@outer', 'me@inner', 'me@shop'])
  })

  test('that leads back to itself is refused', async () => {
    await expect(targets('Host shop\n  ProxyJump other\nHost other\n  ProxyJump shop\n', 'shop')).rejects.toMatchObject(
      {
        code: 'SSH_CONFIG_UNSUPPORTED',
      },
    )
  })
})
