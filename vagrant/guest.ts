import { existsSync } from 'node:fs'
import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { addressOf } from './address.js'
import { bootAs, hostKeyFiles, waitForBoot } from './boot.js'
import {
  attach,
  containerFolder,
  copyContainer,
  isRunning,
  killContainer,
  listContainers,
  removeContainer,
  rootfsOf,
  startContainer,
  shutDown,
} from './lxc.js'
import type { RunResult } from './lxc.js'
import { prepareMachine } from './packages.js'
import { keyFileOf, provideTemplate, type Release, type TemplateName } from './templates.js'

export { NoGuestsHere } from './packages.js'

const guestPrefix = 'deploy-flask-guest-'

/** A throwaway host. One can log in as `vagrant` (sudo without a password), `deploy` (sudo asks) and root. */
export interface Guest {
  readonly name: string
  /** Its IPv4 address on the bridge. */
  readonly host: string
  readonly port: number
  readonly user: string
  readonly keyFile: string
  /** The guest's real host keys, from its disk and not from the network. */
  readonly knownHostsFile: string
  /** For `ssh -F FILE NAME`. */
  readonly sshConfigFile: string
  /** Its file system, as a folder of this machine. */
  readonly rootfs: string
  /** Bash as root inside, past SSH and past everything that is under test. */
  run(script: string, options?: { readonly stdin?: string }): Promise<RunResult>
  destroy(): Promise<void>
}

export interface GuestOptions {
  readonly release?: Release
  /** Outlives this process, so it is never taken for the rest of a crashed run. */
  readonly keep?: boolean
}

/** A guest that was prepared once and then stopped: further guests are copies of it. */
export interface PreparedGuest {
  readonly container: string
}

/** Makes a guest, lets it be changed, and stops it, so that others can be copied from it. */
export async function prepareGuest(
  template: TemplateName,
  name: string,
  change: (guest: Guest) => Promise<void>,
): Promise<PreparedGuest> {
  const guest = await createGuest(template, name)
  const container = guestPrefix + name
  try {
    await change(guest)
  } catch (error) {
    await guest.destroy()
    throw error
  }
  await shutDown(container)
  return { container }
}

/** A fresh copy of a template or of a prepared guest: booted, network up, sshd answering. */
export async function createGuest(
  template: TemplateName | PreparedGuest,
  name: string,
  options: GuestOptions = {},
): Promise<Guest> {
  if (!/^[a-z][a-z0-9-]{0,39}$/.test(name)) {
    throw new Error(`a guest's name is at most 40 of a-z 0-9 and "-", a letter first; got "${name}"`)
  }
  const container = guestPrefix + name
  const source =
    typeof template === 'string' ? await provideTemplate(template, options.release ?? 'bionic') : template.container
  await reserve(container, name, options.keep ?? false)
  try {
    await copyContainer(source, container)
    await copyFile(keyFileOf(source), keyFileOf(container))
    await bootAs(container, name)
    const guest = await openGuest(container, name)
    await writeSshFiles(container, guest)
    return guest
  } catch (error) {
    await removeContainer(container)
    throw error
  }
}

/** Names of all guests on this machine, of this and of other processes. */
export async function listGuests(): Promise<string[]> {
  const containers = await listContainers()
  return containers.filter((name) => name.startsWith(guestPrefix)).map((name) => name.slice(guestPrefix.length))
}

/** As when the power is cut: nothing is told to anybody. Answers when it is up again, perhaps at another address. */
export async function cutPower({ name }: Guest): Promise<Guest> {
  await killContainer(guestPrefix + name)
  const guest = await findGuest(name)
  if (guest === undefined) throw new Error(`there is no guest "${name}"`)
  await writeSshFiles(guestPrefix + name, guest)
  return guest
}

export async function destroyGuest(name: string): Promise<void> {
  await removeContainer(guestPrefix + name)
}

/** A guest made by another process, started again if this machine was. */
export async function findGuest(name: string): Promise<Guest | undefined> {
  const container = guestPrefix + name
  if (!existsSync(join(containerFolder(container), 'ssh_config'))) return undefined
  await prepareMachine()
  if (!(await isRunning(container))) await startContainer(container)
  await waitForBoot(container)
  return await openGuest(container, name)
}

async function openGuest(container: string, name: string): Promise<Guest> {
  const folder = containerFolder(container)
  return {
    name,
    host: await addressOf(container),
    port: 22,
    user: 'vagrant',
    keyFile: keyFileOf(container),
    knownHostsFile: join(folder, 'known_hosts'),
    sshConfigFile: join(folder, 'ssh_config'),
    rootfs: rootfsOf(container),
    run: (script, options) => attach(container, script, options?.stdin),
    destroy: () => removeContainer(container),
  }
}

/** A guest whose process is gone is the rest of a crashed run and makes room; any other one is in use. */
async function reserve(container: string, name: string, keep: boolean): Promise<void> {
  const folder = containerFolder(container)
  const ownerFile = join(folder, 'owner')
  if (existsSync(folder)) {
    const owner = existsSync(ownerFile) ? await readFile(ownerFile, 'utf8') : ''
    if (owner === 'keep' || existsSync(`/proc/${owner}`)) {
      throw new Error(`there is a guest "${name}" already; remove it: npm run host -- down --name ${name}`)
    }
    await removeContainer(container)
  }
  await mkdir(folder)
  await writeFile(ownerFile, keep ? 'keep' : String(process.pid))
}

async function writeSshFiles(container: string, guest: Guest): Promise<void> {
  const publicKeys = (await hostKeyFiles(container)).filter((file) => file.endsWith('.pub'))
  const names = `${guest.name},${guest.host}`
  const lines = await Promise.all(publicKeys.map(async (file) => `${names} ${await readFile(file, 'utf8')}`))
  await writeFile(guest.knownHostsFile, lines.join(''))
  const config = [
    `Host ${guest.name}`,
    `  HostName ${guest.host}`,
    `  Port ${guest.port}`,
    `  User ${guest.user}`,
    `  IdentityFile ${guest.keyFile}`,
    '  IdentitiesOnly yes',
    `  UserKnownHostsFile ${guest.knownHostsFile}`,
    '  GlobalKnownHostsFile /dev/null',
    '  StrictHostKeyChecking yes',
  ]
  await writeFile(guest.sshConfigFile, config.join('\n') + '\n')
}
