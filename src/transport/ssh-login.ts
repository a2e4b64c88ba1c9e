import type { Duplex } from 'node:stream'
import type { Config } from 'node-ssh'
import type { NextAuthHandler } from 'ssh2'
import { DeployError } from '../errors.js'
import type { Ask } from './ask.js'
import { Deadline } from './deadline.js'
import { algorithms } from './ssh-algorithms.js'
import { gatherCredentials, methods, type Attempts } from './ssh-authentication.js'
import { SshConnection } from './ssh-connection.js'
import { certificatesFor, handshakeFailure, loginFailure, timedOut } from './ssh-failure.js'
import { checkHostKey, expectedKey, offeredAlgorithms, type ExpectedKey } from './ssh-host-key.js'
import type { SshHost } from './ssh-host.js'
import { loadLibrary, type Library } from './ssh-library.js'

export interface LoginOptions {
  readonly acceptNewHostKey: boolean
  readonly identityFile?: string
  /** Fingerprints of the host's key, instead of known_hosts. */
  readonly hostKeys?: readonly string[]
  readonly ask?: Ask
  /** Seconds until there has to be a session. */
  readonly patience: number
}

/** Logs in over a stream that is, or is about to be, connected to the host's sshd. */
export const logIn = async (opening: Promise<Duplex>, host: SshHost, options: LoginOptions): Promise<SshConnection> => {
  try {
    const [stream, library, expected] = await Promise.all([opening, loadLibrary(), expectedKey(host, options.hostKeys)])
    return await logInOver(stream, library, host, expected, options)
  } catch (error) {
    opening.then(
      (stream) => stream.destroy(),
      () => undefined,
    )
    throw error
  }
}

/** The host key is judged before anything else is sent. */
const logInOver = async (
  stream: Duplex,
  { NodeSSH, ssh2 }: Library,
  host: SshHost,
  expected: ExpectedKey,
  options: LoginOptions,
): Promise<SshConnection> => {
  const credentials = await gatherCredentials(ssh2, host, options.identityFile)
  if (stream.destroyed) throw handshakeFailure(host, new Error('Connection lost before handshake'))
  const ssh = new NodeSSH()
  let refused: DeployError | undefined
  let trusted: Buffer | undefined
  let expired = false
  let authenticating = false
  const deadline = new Deadline(options.patience * 1_000, () => {
    expired = true
    stream.destroy()
  })
  const { ask: askPerson } = options
  const ask: Ask | undefined =
    askPerson &&
    (async (question) => {
      try {
        return await deadline.pausedFor(askPerson(question))
      } catch (error) {
        // Somebody who wants to stop is not somebody who was not let in.
        if (error instanceof DeployError) refused = error
        throw error
      }
    })
  const attempts: Attempts = { tried: [], notes: [...credentials.notes], locked: [], expired: false, allowed: [] }
  const next = methods(ssh2, host, credentials, attempts, ask)
  const config: Config = {
    sock: stream,
    username: host.config.user,
    algorithms: { ...algorithms, serverHostKey: offeredAlgorithms(expected) },
    // Our own deadline stands still while a person types.
    readyTimeout: 0,
    keepaliveInterval: 10_000,
    keepaliveCountMax: 3,
    hostVerifier: (key: Buffer, verify: (valid: boolean) => void) => {
      // Asked again whenever the session keys are renewed, and then it is about the key that was trusted at first.
      if (trusted !== undefined) {
        verify(key.equals(trusted))
        return
      }
      checkHostKey(expected, key, host.where, { acceptNew: options.acceptNewHostKey, ...(ask ? { ask } : {}) }).then(
        (failure) => {
          refused = failure
          if (failure === undefined) trusted = Buffer.from(key)
          verify(failure === undefined)
        },
        (error: unknown) => {
          refused = error instanceof DeployError ? error : handshakeFailure(host, error)
          verify(false)
        },
      )
    },
    authHandler: (allowed, _partial, proceed: NextAuthHandler) => {
      authenticating = true
      // Whatever the types say, it is null before the host said anything.
      attempts.allowed = Array.isArray(allowed) ? allowed : []
      next.next().then(
        (method) => giveUpOr(proceed, method.done === true ? undefined : method.value),
        () => giveUpOr(proceed, undefined),
      )
    },
  }
  try {
    const connecting = ssh.connect(config)
    const client = ssh.connection
    if (client === null) throw new TypeError('node-ssh gives no connection')
    const connection = new SshConnection(client, host, stream)
    client.on('change password', () => {
      attempts.notes.push('the password has expired and must be changed')
      attempts.expired = true
      stream.destroy()
    })
    await connecting
    return connection
  } catch (error) {
    stream.destroy()
    if (refused !== undefined) throw refused
    if (expired) throw timedOut(host, new Error(`no session within ${options.patience} seconds`))
    if (!authenticating) throw handshakeFailure(host, error)
    throw loginFailure(host, attempts, await certificatesFor(host, options.identityFile), error)
  } finally {
    deadline.cancel()
  }
}

/** `false` ends the login; the types of ssh2 do not know it. */
const giveUpOr = (proceed: NextAuthHandler, method: Parameters<NextAuthHandler>[0] | undefined): void =>
  proceed(method ?? (false as unknown as Parameters<NextAuthHandler>[0]))
