import type { Duplex } from 'node:stream'
import { usualPatience } from './patience.js'
import type { SshConnection } from './ssh-connection.js'
import { resolveWay, type SshHost } from './ssh-host.js'
import { logIn } from './ssh-login.js'
import { openSocket, openTunnel } from './ssh-stream.js'
import type { SshOptions } from './ssh.js'

/** Connects to each jump host through the one before, and to the host through the last: one connection for each. */
export const connectAlong = async (options: SshOptions): Promise<readonly SshConnection[]> => {
  const way = await resolveWay(options.host, options)
  const { login, open } = { ...usualPatience, ...options.patience }
  const connections: SshConnection[] = []
  try {
    for (const host of way) {
      const stream = openStream(connections.at(-1), host, open, options.signal)
      const isLast = host === way.at(-1)
      connections.push(
        await logIn(stream, host, {
          acceptNewHostKey: options.acceptNewHostKey ?? false,
          patience: login,
          // The key that was named is for the host, not for those on the way.
          ...(isLast && options.identityFile !== undefined ? { identityFile: options.identityFile } : {}),
          ...(options.ask === undefined ? {} : { ask: options.ask }),
        }),
      )
    }
    return connections
  } catch (error) {
    await Promise.all(connections.map((connection) => connection.close()))
    throw error
  }
}

const openStream = async (
  jump: SshConnection | undefined,
  host: SshHost,
  patience: number,
  signal: AbortSignal | undefined,
): Promise<Duplex> => (jump === undefined ? openSocket(host, signal) : openTunnel(jump, host, patience))
