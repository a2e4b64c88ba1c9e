import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { startDelayProxy, type DelayProxy } from '../../test/helpers/delay-proxy.js'
import type { Guest } from '../guest.js'

/** A way to a guest that takes time, the same for all sides: `ssh -F sshConfigFile host`. */
export interface Line {
  readonly host: string
  readonly sshConfigFile: string
  /** For clients that do not know HostKeyAlias: the guest's key under the address of the line. */
  readonly knownHostsFile: string
  /** How often the client spoke after it had listened, since the last call. */
  turns(): number
  /** What it goes through, which can fail in many ways. */
  readonly proxy: DelayProxy
  stop(): Promise<void>
}

export async function openLine(guest: Guest, roundTrip: number, folder: string): Promise<Line> {
  const proxy = await startDelayProxy(guest.port, roundTrip / 2, guest.host)
  const sshConfigFile = join(folder, `ssh_config-${guest.name}-${roundTrip}`)
  const knownHostsFile = join(folder, `known_hosts-${guest.name}-${roundTrip}`)
  const config = [
    'Host bench',
    '  HostName 127.0.0.1',
    `  Port ${proxy.port}`,
    // Its key is known by the name of the guest.
    `  HostKeyAlias ${guest.name}`,
    `  User ${guest.user}`,
    `  IdentityFile ${guest.keyFile}`,
    '  IdentitiesOnly yes',
    '  IdentityAgent none',
    `  UserKnownHostsFile ${guest.knownHostsFile}`,
    '  GlobalKnownHostsFile /dev/null',
    '  StrictHostKeyChecking yes',
  ]
  await writeFile(sshConfigFile, config.join('\n') + '\n')
  const known = await readFile(guest.knownHostsFile, 'utf8')
  await writeFile(knownHostsFile, known.replace(/^\S+/gm, `[127.0.0.1]:${proxy.port}`))
  return {
    host: 'bench',
    sshConfigFile,
    knownHostsFile,
    proxy,
    turns: () => {
      const turns = proxy.turns()
      proxy.reset()
      return turns
    },
    stop: () => proxy.stop(),
  }
}

/** A line for as long as the work takes, however it ends. */
export async function overLine<T>(
  guest: Guest,
  roundTrip: number,
  folder: string,
  work: (line: Line) => Promise<T>,
): Promise<T> {
  const line = await openLine(guest, roundTrip, folder)
  try {
    return await work(line)
  } finally {
    await line.stop()
  }
}
