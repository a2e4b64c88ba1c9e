import { randomUUID } from 'node:crypto'
import { readdir, rm, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { execa } from 'execa'
import { addressOf, networkFile, reserveAddress, type Address } from './address.js'
import { attach, containerFolder, rootfsOf, startContainer, writeConfig } from './lxc.js'

const patience = 60_000

/** Starts a copy of a template as a machine of its own and waits until one can use it. */
export async function bootAs(container: string, name: string): Promise<void> {
  const address = await reserveAddress(container)
  await giveIdentity(container, name, address)
  await writeConfig(container, name, address.mac)
  await startContainer(container)
  await waitForBoot(container)
}

/** The files of a machine's host keys, private and public. */
export async function hostKeyFiles(container: string): Promise<string[]> {
  const folder = join(rootfsOf(container), 'etc/ssh')
  return (await readdir(folder)).filter((file) => file.startsWith('ssh_host_')).map((file) => join(folder, file))
}

async function giveIdentity(container: string, name: string, address: Address): Promise<void> {
  const etc = join(rootfsOf(container), 'etc')
  await writeFile(join(etc, 'machine-id'), randomUUID().replaceAll('-', '') + '\n')
  await writeFile(join(etc, 'hostname'), `${name}\n`)
  await writeFile(join(etc, 'hosts'), `127.0.0.1 localhost\n127.0.1.1 ${name}\n`)
  await writeFile(join(etc, 'systemd/network/80-eth0.network'), networkFile(address))
  // Two guests must not pass for each other.
  for (const file of await hostKeyFiles(container)) await rm(file)
  await execa('ssh-keygen', ['-A', '-f', rootfsOf(container)])
}

/** Waits until a started container is a host that one can use. */
export async function waitForBoot(container: string): Promise<void> {
  const host = await addressOf(container)
  // "degraded" is a booted system too, one with a failed unit.
  await until(container, 'the end of the boot', async () => {
    const { stdout } = await attach(container, 'systemctl is-system-running')
    return ['running', 'degraded'].includes(stdout.trim())
  })
  // Not earlier: the kernel would look for a neighbour who is not there yet, a second per try.
  await until(container, `sshd on ${host}`, () => sshAnswers(host))
}

async function until(container: string, what: string, ask: () => Promise<boolean>): Promise<void> {
  const end = performance.now() + patience
  while (performance.now() < end) {
    if (await ask()) return
    await sleep(30)
  }
  const log = `${containerFolder(container)}/start.log`
  throw new Error(`${container}: waited ${patience / 1000} s for ${what}; lxc-start wrote ${log}`)
}

/** The banner, not only an open port: connections may be accepted before sshd serves them. */
function sshAnswers(host: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port: 22, timeout: 200 })
    const finish = (answer: boolean): void => {
      socket.destroy()
      resolve(answer)
    }
    socket.once('data', (banner: Buffer) => finish(banner.toString('latin1').startsWith('SSH-')))
    socket.once('error', () => finish(false))
    socket.once('timeout', () => finish(false))
    socket.once('close', () => finish(false))
  })
}
