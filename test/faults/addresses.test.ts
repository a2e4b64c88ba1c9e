import { mkdtemp, readFile, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'
import { expect } from 'vitest'
import { bin, nothingToDo } from '../helpers/cli.js'
import { canary } from './sites.js'
import { fault } from './fault.js'
import type { Rig } from './rig.js'

/** Applies the notebook to a name that /etc/hosts knows these addresses for, in a mount namespace of its own. */
const applyTo = async (rig: Rig, addresses: readonly string[], name = 'several.test'): Promise<string> => {
  const folder = await mkdtemp(join(tmpdir(), 'deploy-flask-test-'))
  const hosts = join(folder, 'hosts')
  await writeFile(hosts, addresses.map((address) => `${address} several.test\n`).join(''))
  const config = join(folder, 'ssh_config')
  const usual = await readFile(rig.guest.sshConfigFile, 'utf8')
  const named = `HostName ${name}\n  HostKeyAlias ${rig.guest.name}`
  await writeFile(config, usual.replace(/HostName .*/, named))
  const flags = await rig.file({ ...rig.notes(), ssh: { 'config-file': config } })
  const script = 'mount --bind "$1" /etc/hosts; shift; exec "$@"'
  const args = ['-m', 'sh', '-c', script, 'sh', hosts, process.execPath, bin, 'apply', '-f', flags, '--yes']
  const env = { NOTES_SECRET_KEY: canary, NO_COLOR: '1', CI: '' }
  const { stdout, stderr } = await execa('unshare', args, { reject: false, stdin: 'ignore', env })
  rig.outputs.push(stdout, stderr)
  return stdout === '' ? stderr : `${stdout}\n`
}

/** In the guests' network, and nobody's. */
const dead = (rig: Rig): string => rig.guest.host.replace(/\d+$/, '254')

fault('F85', 'the first address of the host is dead', async (rig) => {
  rig.flags = rig.notes()
  expect(await applyTo(rig, [dead(rig), rig.guest.host])).toMatch(nothingToDo)
  rig.sees('done, by the second address')
})

fault('F85', 'the host has a dead IPv6 address, and an IPv4 one', async (rig) => {
  rig.flags = rig.notes()
  expect(await applyTo(rig, ['2001:db8::1', rig.guest.host])).toMatch(nothingToDo)
  rig.sees('done, by IPv4')
})

fault('F85', 'the host has an IPv6 address only', async (rig) => {
  rig.flags = rig.notes()
  const [address = ''] = /fe80::[0-9a-f:]+/.exec(await rig.host('ip -6 addr show dev eth0')) ?? []
  expect(await applyTo(rig, [], `${address}%%lxcbr0`)).toMatch(nothingToDo)
  rig.sees('done, by IPv6')
})
