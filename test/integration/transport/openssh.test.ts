import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { login, root } from '../../../src/core/command.js'
import { connectSsh, type SshOptions } from '../../../src/transport/ssh.js'
import { useRealHost } from '../../helpers/real-host.js'
import { sh, startSshd, type Sshd } from '../../helpers/sshd.js'
import { transports, type TransportName } from '../../helpers/transports.js'

afterEach(() => vi.unstubAllEnvs())

/** What only the ssh of this computer can do, and what the built-in transport says of it. */
const withSshd = async (
  settings: readonly string[],
  prepare: (directory: string) => void,
  work: (sshd: Sshd) => Promise<void>,
): Promise<void> => {
  const sshd = await startSshd(settings, prepare)
  try {
    await work(sshd)
  } finally {
    await sshd.stop()
  }
}

const whoIs = async (
  way: TransportName,
  sshd: Sshd,
  settings: readonly string[],
  options: Partial<SshOptions> = {},
) => {
  const transport = await connectSsh({
    transport: way,
    host: 'there',
    sshConfigFile: await sshd.config(settings),
    ...options,
  })
  try {
    return (await transport.run(root('id', '-un'))).stdout
  } finally {
    await transport.close()
  }
}

describe('only the ssh of this computer', () => {
  test('logs in with a user certificate, which lies beside the key or is named', async () => {
    const makeCa = (directory: string): string =>
      sh(`cd ${directory}
        ssh-keygen -q -t ed25519 -N '' -f ca; ssh-keygen -q -t ed25519 -N '' -f mine
        ssh-keygen -q -s ca -I me -n root mine.pub; cp mine-cert.pub elsewhere.pub`)
    await withSshd(['TrustedUserCAKeys DIRECTORY/ca.pub'], makeCa, async (sshd) => {
      const beside = [`IdentityFile ${sshd.directory}/mine`]
      const named = [...beside, `CertificateFile ${sshd.directory}/elsewhere.pub`]
      expect(await whoIs('openssh', sshd, beside)).toBe('root\n')
      await expect(whoIs('built-in', sshd, beside)).rejects.toMatchObject({
        code: 'CERTIFICATE_UNSUPPORTED',
        fault: { remedy: expect.stringMatching(/mine-cert\.pub.*need --transport openssh/) as unknown },
      })
      sh(`rm ${sshd.directory}/mine-cert.pub`)
      expect(await whoIs('openssh', sshd, named)).toBe('root\n')
      await expect(whoIs('built-in', sshd, named)).rejects.toMatchObject({
        code: 'CERTIFICATE_UNSUPPORTED',
        fault: { remedy: expect.stringMatching(/elsewhere\.pub.*need --transport openssh/) as unknown },
      })
    })
  })

  test('checks the certificate of a host against a known authority', async () => {
    const certify = (directory: string): string =>
      sh(
        `cd ${directory}; ssh-keygen -q -t ed25519 -N '' -f ca; ssh-keygen -q -s ca -h -I host -n 127.0.0.1 host_ed25519.pub`,
      )
    await withSshd(['HostCertificate DIRECTORY/host_ed25519-cert.pub'], certify, async (sshd) => {
      const authority = (name: string): string =>
        `@cert-authority [127.0.0.1]:${sshd.port} ${readFileSync(join(sshd.directory, `${name}.pub`), 'utf8')}`
      await sshd.know(authority('ca'))
      expect(await whoIs('openssh', sshd, [])).toBe('root\n')
      await expect(whoIs('built-in', sshd, [])).rejects.toMatchObject({
        code: 'HOST_CERTIFICATE_UNSUPPORTED',
        fault: { remedy: expect.stringContaining('--transport openssh') as unknown },
      })
      await sshd.know(authority('key'))
      await expect(whoIs('openssh', sshd, [])).rejects.toMatchObject({ code: 'HOST_KEY_UNKNOWN' })
    })
  })

  test('reaches a host by a ProxyCommand, and says whose fault it is when that leads nowhere', async () => {
    await withSshd(
      [],
      () => undefined,
      async (sshd) => {
        const byCommand = ['Port 9', `HostKeyAlias [127.0.0.1]:${sshd.port}`]
        const bridge = `${process.execPath} -e "const s=require('net').connect(${sshd.port},'127.0.0.1');process.stdin.pipe(s).pipe(process.stdout)"`
        expect(await whoIs('openssh', sshd, [...byCommand, `ProxyCommand ${bridge}`])).toBe('root\n')
        await expect(whoIs('openssh', sshd, [...byCommand, 'ProxyCommand no-such-program %h'])).rejects.toMatchObject({
          code: 'CONNECT_FAILED',
          fault: { evidence: expect.stringContaining('no-such-program') as unknown },
        })
        await expect(whoIs('built-in', sshd, [...byCommand, `ProxyCommand ${bridge}`])).rejects.toMatchObject({
          code: 'SSH_CONFIG_UNSUPPORTED',
          fault: { remedy: expect.stringContaining('--transport openssh') as unknown },
        })
      },
    )
  })

  test('agrees on a post-quantum key exchange', async () => {
    await withSshd(
      ['KexAlgorithms sntrup761x25519-sha512@openssh.com'],
      () => undefined,
      async (sshd) => {
        expect(await whoIs('openssh', sshd, [])).toBe('root\n')
        await expect(whoIs('built-in', sshd, [])).rejects.toMatchObject({
          code: 'NO_COMMON_ALGORITHM',
          fault: { remedy: expect.stringContaining('--transport openssh') as unknown },
        })
      },
    )
  })
})

test('a computer without ssh is told as that', async () => {
  const empty = mkdtempSync(join(tmpdir(), 'empty-'))
  vi.stubEnv('PATH', empty)
  const error: unknown = await connectSsh({ transport: 'openssh', host: '127.0.0.1' }).catch(
    (caught: unknown) => caught,
  )
  rmSync(empty, { recursive: true })
  expect(error).toMatchObject({
    code: 'SSH_PROGRAM_UNUSABLE',
    fault: { what: expect.stringContaining('no ssh on this computer') as unknown },
  })
})

const host = useRealHost('openssh')

/** Private folders of connections. */
const folders = (): string[] => readdirSync(tmpdir()).filter((name) => name.startsWith('df-'))

/** Everything that processes of this machine show to each other. */
const shown = (): string => sh('cat /proc/[0-9]*/cmdline /proc/[0-9]*/environ 2>/dev/null || true')

test('an answer to ssh is asked for once, and stands in no command line and no environment', async () => {
  const { passphrase: canary } = host.sshd
  const seen: string[] = []
  const transport = await host.connect(
    {
      identityFile: host.sshd.lockedKey,
      ask: async ({ about }) => {
        // ssh and its askpass program are waiting
        seen.push(about, shown())
        return Promise.resolve(canary)
      },
    },
    ['IdentityFile none'],
  )
  await Promise.all([
    transport.run(root('true')),
    transport.run(login('true')),
    transport.ask([{ sh: 'true', as: 'root' }]),
  ])
  expect(seen).toHaveLength(2)
  expect(seen[0]).toBe('passphrase')
  expect(seen[1]).toContain('askpass')
  expect(seen.join('')).not.toContain(canary)
  expect(shown()).not.toContain(canary)
})

test('the sockets lie where only this account can reach them, and are gone afterwards', async () => {
  const before = folders()
  const transport = await host.connect()
  const [own, ...others] = folders().filter((name) => !before.includes(name))
  expect(others).toEqual([])
  expect(statSync(join(tmpdir(), own ?? '')).mode & 0o777).toBe(0o700)
  await transport.close()
  expect(folders()).toEqual(before)
})

test('nothing of this computer is forwarded, whatever ssh_config says', async () => {
  const socket = join(host.sshd.directory, 'agent.sock')
  const agent = spawn('ssh-agent', ['-D', '-a', socket], { stdio: 'ignore' })
  try {
    await expect.poll(() => sh(`[ -S ${socket} ] && echo yes || true`)).toBe('yes\n')
    vi.stubEnv('SSH_AUTH_SOCK', socket)
    vi.stubEnv('DISPLAY', ':7')
    const ran = join(host.sshd.directory, 'local-command')
    const transport = await host.connect({}, [
      'ForwardAgent yes',
      'ForwardX11 yes',
      'RemoteForward 127.0.0.1:0 127.0.0.1:9',
      'PermitLocalCommand yes',
      `LocalCommand touch ${ran}`,
      'RequestTTY force',
      'RemoteCommand false',
    ])
    const { stdout } = await transport.run(login('sh', '-c', 'echo "$SSH_AUTH_SOCK$DISPLAY$SSH_TTY"; ls /tmp'))
    expect(stdout.split('\n')[0]).toBe('')
    expect(sh(`ls ${ran} 2>/dev/null || true`)).toBe('')
    expect(await host.sshd.log()).not.toMatch(/auth-agent-req|x11-req|tcpip-forward/)
  } finally {
    agent.kill()
  }
})

test('a program that is killed leaves no connection behind', async () => {
  const before = folders()
  const library = fileURLToPath(new URL('../../../dist/src/transport/ssh.js', import.meta.url))
  const options = { transport: 'openssh', host: 'there', user: host.user.name, sshConfigFile: await host.sshd.config() }
  const script = `import { connectSsh } from ${JSON.stringify(library)}
    const transport = await connectSsh(${JSON.stringify(options)})
    await transport.run({ argv: ['true'], as: 'login' })
    console.log('connected')`
  const program = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  await once(program.stdout, 'data')
  const masters = (): string => sh(`pgrep -fc -- '-l ${host.user.name} -- [t]here' || true`).trim()
  expect(masters()).toBe('1')
  program.kill('SIGKILL')
  await expect.poll(masters, { timeout: 30_000 }).toBe('0')
  // nobody was left to remove its folder
  for (const name of folders().filter((one) => !before.includes(one))) rmSync(join(tmpdir(), name), { recursive: true })
})

test.each(transports)('over %s a password for ssh is the same question', async (way) => {
  const asked: unknown[] = []
  const sshd = await startSshd(['PasswordAuthentication yes', 'KbdInteractiveAuthentication no'])
  const options: SshOptions = {
    transport: way,
    host: 'there',
    user: host.user.name,
    sshConfigFile: await sshd.config(['IdentityFile none']),
    ask: async (question) => (asked.push(question), Promise.resolve(host.user.password)),
  }
  await (await connectSsh(options)).close()
  await sshd.stop()
  const { name } = host.user
  const text = `Password of ${name} on 127.0.0.1`
  expect(asked).toEqual([{ about: 'login-password', account: name, text, secret: true }])
})
