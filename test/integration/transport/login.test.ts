import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { DeployError } from '../../../src/errors.js'
import { connectSsh } from '../../../src/transport/ssh.js'
import { createUser, sh } from '../../helpers/sshd.js'
import { useLogins } from '../../helpers/logins.js'
import { transports } from '../../helpers/transports.js'

describe.each(transports)('over %s', (way) => {
  const host = useLogins(way)

  describe('the login', () => {
    test('with a key behind a passphrase asks for it, also after a wrong one', async () => {
      // ssh tries the keys of ssh_config after the one that is named; here it has none.
      const locked = { identityFile: host.sshd.lockedKey, settings: ['IdentityFile none'] }
      const { who, asked } = await host.logIn({ ...locked, answers: { passphrase: host.sshd.passphrase } })
      expect([who, asked.length, asked[0]?.secret]).toEqual([host.user.name, 1, true])
      await expect(host.logIn({ ...locked, answers: { passphrase: 'wrong' } })).rejects.toMatchObject({
        code: 'LOGIN_FAILED',
        fault: { evidence: expect.stringContaining('could not be unlocked') as unknown },
      })
    })

    test('with a key behind a passphrase that nobody can be asked for says so', async () => {
      const settings = ['IdentityFile none']
      await expect(host.logIn({ identityFile: host.sshd.lockedKey, settings })).rejects.toMatchObject({
        code: 'KEY_LOCKED',
        fault: { evidence: expect.stringContaining('ssh-add') as unknown },
      })
    })

    test('with a key that is missing, or public, is refused before connecting', async () => {
      // To ssh the public half names a key of the agent.
      const publicHalf = way === 'openssh' ? [] : [`${host.sshd.key}.pub`]
      for (const identityFile of [join(host.sshd.directory, 'missing'), ...publicHalf, host.sshd.directory]) {
        await expect(host.logIn({ identityFile })).rejects.toMatchObject({
          code: 'KEY_UNREADABLE',
          fault: { where: identityFile },
        })
      }
    })

    test('that the host does not take says what was tried and what the host takes', async () => {
      await expect(host.logIn({ name: 'nosuchuser' })).rejects.toMatchObject({
        code: 'LOGIN_FAILED',
        fault: {
          evidence: expect.stringMatching(
            /tried: (?:ssh-ed25519|ED25519) .*key[^]*the host takes: .*publickey/,
          ) as unknown,
        },
      })
    })

    test('with a password asks for it, as often as ssh does, and sends it to nobody else', async () => {
      const settings = ['IdentityFile none']
      const { who, asked } = await host.logIn({ settings, answers: { 'login-password': host.user.password } })
      expect([who, asked.map(({ about }) => about)]).toEqual([host.user.name, ['login-password']])
      await expect(host.logIn({ settings, answers: { 'login-password': 'wrong' } })).rejects.toMatchObject({
        code: 'LOGIN_FAILED',
      })
      await expect(host.logIn({ settings })).rejects.toMatchObject({ code: 'LOGIN_FAILED' })
    })

    test('by an agent takes its keys, and with IdentitiesOnly only the named one of many', async () => {
      const socket = join(host.sshd.directory, 'agent.sock')
      const agent = spawn('ssh-agent', ['-D', '-a', socket], { stdio: 'ignore' })
      try {
        await expect.poll(() => sh(`[ -S ${socket} ] && echo yes || true`)).toBe('yes\n')
        const add = (file: string) => sh(`SSH_AUTH_SOCK=${socket} ssh-add -q ${file}`)
        for (let index = 0; index < 7; index++) {
          sh(`ssh-keygen -q -t ed25519 -N '' -C wrong${index} -f ${host.sshd.directory}/wrong${index}`)
          add(`${host.sshd.directory}/wrong${index}`)
        }
        add(host.sshd.key)
        const agentSettings = [`IdentityAgent ${socket}`]
        // Eight keys, of which sshd would take six: the one that ssh_config names comes first.
        expect((await host.logIn({ settings: agentSettings })).who).toBe(host.user.name)
        expect((await host.logIn({ settings: ['IdentitiesOnly no', ...agentSettings] })).who).toBe(host.user.name)
        await expect(
          host.logIn({ settings: ['IdentitiesOnly no', 'IdentityFile none', ...agentSettings] }),
        ).rejects.toMatchObject({
          code: 'LOGIN_FAILED',
          fault: {
            evidence: expect.stringMatching(
              way === 'openssh' ? /Too many authentication failures/ : /8 keys/,
            ) as unknown,
          },
        })
        sh(
          `SSH_AUTH_SOCK=${socket} ssh-add -q -D; cd ${host.sshd.directory}; ssh-keygen -q -s wrong0 -I me -n ${host.user.name} wrong1.pub`,
        )
        add(`${host.sshd.directory}/wrong1`)
        await expect(
          host.logIn({ settings: ['IdentitiesOnly no', 'IdentityFile none', ...agentSettings] }),
        ).rejects.toMatchObject({
          // ssh can use it; and nobody trusts it here
          code: way === 'openssh' ? 'LOGIN_FAILED' : 'CERTIFICATE_UNSUPPORTED',
          fault: {
            remedy: expect.stringMatching(way === 'openssh' ? /authorized_keys/ : /--transport openssh/) as unknown,
          },
        })
      } finally {
        agent.kill()
      }
    })

    test('does not stumble over an agent that is not there', async () => {
      expect(
        (await host.logIn({ settings: ['IdentitiesOnly no', `IdentityAgent ${host.sshd.directory}/none.sock`] })).who,
      ).toBe(host.user.name)
    })

    test('that a person breaks off is told from one that is refused', async () => {
      const ask = async (): Promise<undefined> =>
        Promise.reject(new DeployError('DECLINED', { what: 'nobody wants to', remedy: 'nothing' }))
      const sshConfigFile = await host.sshd.config()
      for (const settings of [
        { identityFile: host.sshd.lockedKey },
        { sshConfigFile: await host.sshd.config(['IdentityFile none']) },
      ]) {
        await expect(
          connectSsh({ transport: way, host: 'there', user: host.user.name, sshConfigFile, ask, ...settings }),
        ).rejects.toMatchObject({
          code: 'DECLINED',
        })
      }
    })

    test('to an account without a shell says so', async () => {
      const other = createUser({ shell: '/usr/sbin/nologin' })
      try {
        await expect(host.logIn({ name: other.name })).rejects.toMatchObject({
          code: 'SHELL_MISSING',
          fault: { what: expect.stringContaining('no bash') as unknown },
        })
      } finally {
        other.remove()
      }
    })
  })
})
