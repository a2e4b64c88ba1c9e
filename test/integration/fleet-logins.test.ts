import { mkdtemp, readFile, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, it } from 'vitest'
import { askingOnce } from '../../src/commands/fleet-ask.js'
import { root } from '../../src/core/command.js'
import { connectSsh } from '../../src/transport/ssh.js'
import { secrets } from '../fixtures/sites.js'
import { deployFlask } from '../helpers/cli.js'
import { examples } from '../helpers/flags.js'
import { startSimulatedHosts } from '../helpers/simulated-hosts.js'
import { createUser, startSshd } from '../helpers/sshd.js'

/** What is undone after a test, the last first. */
const undo: (() => unknown)[] = []
afterEach(async () => {
  for (const one of undo.splice(0).reverse()) await one()
})

const folder = (): Promise<string> => mkdtemp(join(tmpdir(), 'deploy-flask-test-'))

it('twenty hosts behind one jump host are all reached, and its sshd turns none away', async () => {
  // of more than ten that are not logged in yet it turns all away, as every sshd does of some
  const jump = await startSshd(['MaxStartups 10:100:10'])
  const fleet = await startSimulatedHosts(20)
  undo.push(
    () => jump.stop(),
    () => fleet.stop(),
  )
  const gate = [
    'HostName 127.0.0.1',
    `Port ${jump.port}`,
    'User root',
    `IdentityFile ${jump.key}`,
    'IdentityAgent none',
  ]
  const known = [`UserKnownHostsFile ${jump.directory}/known_hosts`, 'GlobalKnownHostsFile /dev/null']
  const config = join(await folder(), 'ssh_config')
  const hosts = (await readFile(fleet.sshConfigFile, 'utf8')).replace('\n', '\n  ProxyJump gate\n')
  await writeFile(config, `Host gate\n  ${[...gate, ...known].join('\n  ')}\n${hosts}`)
  const words = ['fleet', 'apply', '-f', join(examples, 'notes.yml'), '--inventory', fleet.inventory, '--yes']
  const env = { ...secrets, XDG_STATE_HOME: await folder() }
  const { exitCode, stdout, stderr } = await deployFlask([...words, '--ssh-config', config], env)
  expect(exitCode, stderr).toBe(0)
  expect(stdout.match(/nothing to do/g)).toHaveLength(20)
  const log = await jump.log()
  expect(log.match(/Accepted publickey for root/g)).toHaveLength(20)
  expect(log).not.toMatch(/drop connection|past MaxStartups/)
})

it('the passphrase of a key and the password of sudo are asked for once, whatever the number of hosts', async () => {
  const sshd = await startSshd(['MaxStartups 100'])
  const user = createUser({ sudoers: 'USER ALL=(ALL) ALL' })
  undo.push(
    () => sshd.stop(),
    () => user.remove(),
  )
  const asked: string[] = []
  const askOf = askingOnce(({ about }) => {
    asked.push(about)
    return Promise.resolve(about === 'passphrase' ? sshd.passphrase : user.password)
  })
  const sshConfigFile = await sshd.config([`IdentityFile ${sshd.lockedKey}`, `User ${user.name}`])
  const who = await Promise.all(
    Array.from({ length: 12 }, async () => {
      const transport = await connectSsh({ host: 'there', sshConfigFile, ask: askOf() })
      try {
        return (await transport.run(root('id', '-un'))).stdout
      } finally {
        await transport.close()
      }
    }),
  )
  expect(who).toEqual(Array.from({ length: 12 }, () => 'root\n'))
  expect(asked).toEqual(['passphrase', 'sudo-password'])
})
