import { appendFile, mkdtemp, readFile, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { createGuest, type Guest } from '../../vagrant/guest.js'
import { deployFlask, type CliResult, nothingToDo } from '../helpers/cli.js'
import { output, whileWatching } from '../helpers/eyes.js'
import { expectRefusal } from '../helpers/failure.js'
import { notesFlags, writeFlags } from '../helpers/flags.js'

const password = 'deploy-password'

let guest: Guest

beforeAll(async () => {
  guest = await createGuest({ container: inject('deployed') }, 'a-logins')
  await output(
    guest,
    `useradd --create-home --shell /bin/bash plain; echo plain:${password} | chpasswd
install -d -m 700 -o plain -g plain /home/plain/.ssh
install -m 600 -o plain -g plain /home/vagrant/.ssh/authorized_keys /home/plain/.ssh/authorized_keys`,
  )
})
afterAll(() => guest.destroy())

interface Login {
  readonly ssh: Readonly<Record<string, unknown>>
  readonly env?: Readonly<Record<string, string>>
  readonly options?: readonly string[]
}

/** Applies to a host on which nothing is to be done: whoever gets so far has root there. */
const logIn = async ({ ssh, env = {}, options = [] }: Login): Promise<CliResult> => {
  const flags = { ...notesFlags(guest), ssh: { 'config-file': guest.sshConfigFile, ...ssh } }
  return deployFlask(['apply', '-f', await writeFlags(flags), '--yes', ...options], env)
}

const welcome = { exitCode: 0, stdout: expect.stringMatching(nothingToDo) as string }

describe('a login', () => {
  it('as root needs no sudo', async () => {
    await output(guest, 'chmod -x /usr/bin/sudo')
    const result = await logIn({ ssh: { user: 'root' } }).finally(() => guest.run('chmod 4755 /usr/bin/sudo'))
    expect(result, result.stderr).toMatchObject(welcome)
  })

  it('whose sudo asks for nothing needs no password', async () => {
    const result = await logIn({ ssh: { user: 'vagrant' } })
    expect(result, result.stderr).toMatchObject(welcome)
  })

  it('whose sudo asks for nothing may come with a password, which then goes nowhere', async () => {
    const ssh = { user: 'vagrant', 'sudo-password': { env: 'SUDO_PASSWORD' } }
    const result = await logIn({ ssh, env: { SUDO_PASSWORD: 'not needed here' } })
    expect(result, result.stderr).toMatchObject(welcome)
  })

  it('whose sudo asks for a password gets it answered, and it stands in no process and no journal', async () => {
    const ssh = { user: 'deploy', 'sudo-password': { env: 'SUDO_PASSWORD' } }
    const { result, seen } = await whileWatching(guest, password, () =>
      logIn({ ssh, env: { SUDO_PASSWORD: password } }),
    )
    expect(result, result.stderr).toMatchObject(welcome)
    expect(seen).toBe('')
    expect(await output(guest, 'journalctl --sync; journalctl --no-pager')).not.toContain(password)
    expect(result.stderr).not.toContain(password)
  })

  it('with a wrong sudo password is refused after one attempt, so that no account gets locked', async () => {
    const ssh = { user: 'deploy', 'sudo-password': { env: 'SUDO_PASSWORD' } }
    const attempts = async (): Promise<number> => {
      const journal = await output(guest, 'journalctl --sync; journalctl --no-pager -o cat')
      return journal.match(/pam_unix\(sudo:auth\): authentication failure/g)?.length ?? 0
    }
    const before = await attempts()
    const result = await logIn({ ssh, env: { SUDO_PASSWORD: 'wrong-password' } })
    expectRefusal(result, 'SUDO_PASSWORD_WRONG', 'does not take this password of deploy')
    expect(result.stderr).not.toContain('wrong-password')
    expect((await attempts()) - before).toBe(1)
  })

  it('whose sudo asks for a password says so when none was given', async () => {
    const result = await logIn({ ssh: { user: 'deploy' } })
    expectRefusal(result, 'SUDO_PASSWORD_MISSING', 'sudo asks deploy for a password')
  })

  it('of somebody who may not use sudo is refused, with the reason of sudo', async () => {
    const ssh = { user: 'plain', 'sudo-password': { env: 'SUDO_PASSWORD' } }
    const result = await logIn({ ssh, env: { SUDO_PASSWORD: password } })
    expectRefusal(result, 'SUDO_FORBIDDEN', 'plain is not in the sudoers file')
  })

  it('of an account that does not exist is refused', async () => {
    expectRefusal(await logIn({ ssh: { user: 'stranger' } }), 'LOGIN_FAILED', 'does not let stranger in')
  })
})

describe('a host key', () => {
  /** An ssh_config of its own with these known hosts. */
  const withKnownHosts = async (known: string): Promise<{ readonly config: string; readonly knownHosts: string }> => {
    const folder = await mkdtemp(join(tmpdir(), 'deploy-flask-test-'))
    const [config, knownHosts] = [join(folder, 'config'), join(folder, 'known_hosts')]
    await writeFile(knownHosts, known)
    const text = await readFile(guest.sshConfigFile, 'utf8')
    await writeFile(config, text.replace(guest.knownHostsFile, knownHosts))
    return { config, knownHosts }
  }

  it('that is not known is refused with its fingerprint, and nothing is written down', async () => {
    const { config, knownHosts } = await withKnownHosts('')
    const fingerprint = await output(guest, 'ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub')
    const result = await logIn({ ssh: { 'config-file': config } })
    expectRefusal(result, 'HOST_KEY_UNKNOWN', fingerprint.split(' ')[1] ?? '')
    expect(result.stderr).toContain('--accept-new-host-key')
    expect(await readFile(knownHosts, 'utf8')).toBe('')
  })

  it('that is not known is trusted when that was asked for, and is known from then on', async () => {
    const { config, knownHosts } = await withKnownHosts('')
    const ssh = { 'config-file': config }
    const first = await logIn({ ssh, options: ['--accept-new-host-key'] })
    expect(first, first.stderr).toMatchObject(welcome)
    const key = (await output(guest, 'cat /etc/ssh/ssh_host_ed25519_key.pub')).split(' ')[1] ?? ''
    expect(await readFile(knownHosts, 'utf8')).toContain(key)
    const second = await logIn({ ssh })
    expect(second, second.stderr).toMatchObject(welcome)
    const real = await execa('ssh', ['-F', config, guest.name, 'true'], { reject: false })
    expect(real.exitCode, real.stderr).toBe(0)
  })

  it('that has changed is refused, also when new ones were to be accepted', async () => {
    const { config, knownHosts } = await withKnownHosts('')
    const stranger = join(config, '../stranger')
    await execa('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', stranger])
    const [type = '', key = ''] = (await readFile(`${stranger}.pub`, 'utf8')).split(' ')
    await appendFile(knownHosts, `${guest.host} ${type} ${key}\n`)
    const before = await readFile(knownHosts, 'utf8')
    for (const options of [[], ['--accept-new-host-key']]) {
      const result = await logIn({ ssh: { 'config-file': config }, options })
      expectRefusal(result, 'HOST_KEY_CHANGED', guest.host)
    }
    expect(await readFile(knownHosts, 'utf8')).toBe(before)
  })
})
