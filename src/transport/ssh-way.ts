import type { Duplex } from 'node:stream'
import pLimit, { type LimitFunction } from 'p-limit'
import { DeployError } from '../errors.js'
import type { Connection } from './connection.js'
import { usualPatience } from './patience.js'
import type { Approach } from './ssh-approach.js'
import type { SshConnection } from './ssh-connection.js'
import { resolveWay, type SshHost } from './ssh-host.js'
import { loadLibrary } from './ssh-library.js'
import { CutInFlight, logIn, type LoginOptions } from './ssh-login.js'
import { openSocket, openTunnel } from './ssh-stream.js'
import type { SshOptions } from './ssh.js'

/** Logs in to a host, through the one before it where there is one. */
type LogIn<C> = (before: C | undefined, host: SshHost, options: LoginOptions) => Promise<C>

/** Connects to each jump host through the one before, and to the host through the last: one connection for each. */
export const connectAlong = async (options: SshOptions): Promise<readonly Connection[]> => {
  if (options.transport !== 'openssh') loadMeanwhile()
  const approach = options.approach?.leadsTo(options) === true ? options.approach : undefined
  const way = await (approach?.way ?? resolveWay(options.host, options))
  const { open } = { ...usualPatience, ...options.patience }
  if (options.transport !== 'openssh') return logInAlong(way, options, builtIn(open, options.signal, approach))
  const { logInByOpenssh } = await import('./openssh.js')
  return logInAlong(way, options, logInByOpenssh(options.signal))
}

/** While `ssh -G` reads the configuration; whoever needs it learns then what was wrong with it. */
const loadMeanwhile = (): void => void loadLibrary().catch(() => undefined)

/** An sshd begins to turn strangers away when ten of them are logging in at a time (MaxStartups 10:30:100). */
const mostStrangers = 8

const turns = new Map<string, LimitFunction>()

/** Many hosts may lie behind the same jump host: they log in there one after the other, a few at a time. */
const turnAt = ({ config: { hostname, port } }: SshHost): LimitFunction => {
  const turn = turns.get(`${hostname} ${port}`) ?? pLimit(mostStrangers)
  turns.set(`${hostname} ${port}`, turn)
  return turn
}

const logInAlong = async <C extends Connection>(
  way: readonly SshHost[],
  { identityFile, hostKeys, acceptNewHostKey = false, ask, patience, loginsFile }: SshOptions,
  logInTo: LogIn<C>,
): Promise<readonly C[]> => {
  const connections: C[] = []
  try {
    for (const [place, host] of way.entries()) {
      const next = way[place + 1]
      const isLast = next === undefined
      const options: LoginOptions = {
        acceptNewHostKey,
        destination: isLast ? { sessions: host.config.user === 'root' ? 1 : 2 } : next.config,
        step: 'ahead',
        ...(loginsFile === undefined ? {} : { loginsFile }),
        patience: patience?.login ?? usualPatience.login,
        // The keys that were named are those of the host, not of those on the way.
        ...(isLast && identityFile !== undefined ? { identityFile } : {}),
        ...(isLast && hostKeys !== undefined ? { hostKeys } : {}),
        ...(ask === undefined ? {} : { ask }),
      }
      const logInNext = (): Promise<C> => logInTo(connections.at(-1), host, options)
      connections.push(await (isLast ? logInNext() : turnAt(host)(logInNext)))
    }
    return connections
  } catch (error) {
    await Promise.all(connections.map((connection) => connection.close()))
    throw error
  }
}

const builtIn =
  (patience: number, signal: AbortSignal | undefined, approach: Approach | undefined): LogIn<SshConnection> =>
  async (before, host, options) => {
    const { proxyCommand } = host.config
    // Behind a jump host ssh does not ask for it either.
    if (before === undefined && proxyCommand !== undefined) throw proxyCommandUnsupported(host, proxyCommand)
    const connect = async (): Promise<Duplex> => {
      if (before !== undefined) return openTunnel(before, host, patience)
      return approach?.takeSocket() ?? openSocket(host, signal)
    }
    try {
      return await logIn(connect(), host, options)
    } catch (error) {
      if (!(error instanceof CutInFlight)) throw error
      return await logIn(connect(), host, { ...options, step: 'by step' })
    }
  }

const proxyCommandUnsupported = (host: SshHost, command: string): DeployError =>
  new DeployError('SSH_CONFIG_UNSUPPORTED', {
    what: `ssh_config asks for a ProxyCommand to reach ${host.address.host}, which the built-in transport cannot use`,
    where: host.sshConfigFile ?? '~/.ssh/config',
    evidence: `ProxyCommand ${command}`,
    remedy: 'use --transport openssh, or say it as ProxyJump',
  })
