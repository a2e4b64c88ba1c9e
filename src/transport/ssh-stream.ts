import { connect as dial, type Socket } from 'node:net'
import { once } from 'node:events'
import type { Duplex } from 'node:stream'
import { DeployError } from '../errors.js'
import type { SshConnection } from './ssh-connection.js'
import { dialFailure } from './ssh-failure.js'
import type { SshHost } from './ssh-host.js'

const connectSeconds = 20

/** Our own socket, for ssh2 leaves Nagle's algorithm on, which costs a delayed acknowledgement a request. */
export const openSocket = async (host: SshHost, signal?: AbortSignal): Promise<Socket> => {
  const { hostname, port } = host.config
  const socket = dial({
    host: hostname,
    port,
    noDelay: true,
    keepAlive: true,
    // The default of a quarter of a second gives up on every address of a host that is far away.
    autoSelectFamilyAttemptTimeout: 5_000,
    ...(signal === undefined ? {} : { signal }),
  })
  socket.setTimeout(connectSeconds * 1_000, () =>
    socket.destroy(Object.assign(new Error('connect timed out'), { code: 'ETIMEDOUT' })),
  )
  try {
    await once(socket, 'connect')
  } catch (error) {
    throw dialFailure(host, error)
  }
  socket.setTimeout(0)
  // Between here and ssh2's own listener an error must not end the process; ssh2 finds the socket destroyed.
  socket.on('error', () => undefined)
  return socket
}

/** The connection to a jump host carries the one to the host behind it. */
export const openTunnel = async (jump: SshConnection, host: SshHost, patience: number): Promise<Duplex> =>
  new Promise((resolve, reject) => {
    const silent = (): void => reject(tunnelFailure(jump.host, host, new Error('it does not say whether it can')))
    const timer = setTimeout(silent, patience * 1_000)
    jump.ahead.tunnel((error, channel) => {
      clearTimeout(timer)
      if (error) reject(tunnelFailure(jump.host, host, error))
      else resolve(channel)
    })
  })

export const tunnelFailure = (jump: SshHost, host: SshHost, error: Error): DeployError =>
  new DeployError(
    'JUMP_HOST_FAILED',
    {
      what: `the jump host ${jump.target} cannot connect to ${host.config.hostname} port ${host.config.port}`,
      where: host.where,
      evidence: error.message,
      remedy: 'check the address as seen from the jump host, and AllowTcpForwarding in its sshd_config',
    },
    { cause: error },
  )
