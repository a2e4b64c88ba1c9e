import type { Duplex } from 'node:stream'
import type { Config } from 'node-ssh'
import type { NextAuthHandler } from 'ssh2'
import { DeployError } from '../errors.js'
import type { Ask } from './ask.js'
import { Deadline } from './deadline.js'
import type { Destination } from './ssh-ahead.js'
import { algorithms } from './ssh-algorithms.js'
import { gatherCredentials, methods, type Attempts, type Credentials } from './ssh-authentication.js'
import { SshConnection } from './ssh-connection.js'
import { certificatesFor, handshakeFailure, loginFailure, timedOut, wasCut } from './ssh-failure.js'
import { takeOff, type Flight } from './ssh-flight.js'
import { flightPlan } from './ssh-flight-plan.js'
import { checkHostKey, expectedKey, offeredAlgorithms, type ExpectedKey } from './ssh-host-key.js'
import type { SshHost } from './ssh-host.js'
import { loadLibrary, type Library } from './ssh-library.js'
import { keepLastKey, lastKeyFor, type LastKey } from './ssh-logins.js'

export interface LoginOptions {
  readonly acceptNewHostKey: boolean
  readonly identityFile?: string
  /** Fingerprints of the host's key, instead of known_hosts. */
  readonly hostKeys?: readonly string[]
  readonly ask?: Ask
  /** Seconds until there has to be a session. */
  readonly patience: number
  /** What the connection is for. */
  readonly destination: Destination
  /** Where it is kept which key was the right one. */
  readonly loginsFile?: string
  /** Whether nothing is sent before the answer to what comes before it. */
  readonly step: 'by step' | 'ahead'
}

/**
 * The line was cut while the host had more than a login to answer. `failure` is what that comes to; but whoever can
 * connect once more may log in step by step, in case it is the rest that the host does not put up with.
 */
export class CutInFlight extends Error {
  override readonly name = 'CutInFlight'

  constructor(readonly failure: DeployError) {
    super(failure.message, { cause: failure })
  }
}

/** What is known beforehand of whoever logs in. */
interface Ready {
  readonly library: Library
  readonly expected: ExpectedKey
  readonly last: LastKey | undefined
  readonly credentials: Credentials
}

/** Logs in over a stream that is, or is about to be, connected to the host's sshd. */
export const logIn = async (opening: Promise<Duplex>, host: SshHost, options: LoginOptions): Promise<SshConnection> => {
  try {
    const [stream, ready] = await Promise.all([opening, getReady(host, options)])
    return await logInOver(stream, ready, host, options)
  } catch (error) {
    opening.then(
      (stream) => stream.destroy(),
      () => undefined,
    )
    throw error
  }
}

const getReady = async (host: SshHost, { identityFile, hostKeys, loginsFile }: LoginOptions): Promise<Ready> => {
  const last = loginsFile === undefined ? undefined : lastKeyFor(loginsFile, host)
  const gather = async (): Promise<Omit<Ready, 'expected'>> => {
    const library = await loadLibrary()
    const hints = { ...(identityFile === undefined ? {} : { identityFile }), ...(last === undefined ? {} : { last }) }
    return { library, last, credentials: await gatherCredentials(library.ssh2, host, hints) }
  }
  const [expected, gathered] = await Promise.all([expectedKey(host, hostKeys), gather()])
  return { expected, ...gathered }
}

/** The host key is judged before anything else is sent. */
const logInOver = async (
  stream: Duplex,
  { library: { NodeSSH, ssh2 }, expected, last, credentials }: Ready,
  host: SshHost,
  options: LoginOptions,
): Promise<SshConnection> => {
  if (stream.destroyed) throw handshakeFailure(host, new Error('Connection lost before handshake'))
  const ssh = new NodeSSH()
  let refused: DeployError | undefined
  let trusted: Buffer | undefined
  let expired = false
  let authenticating = false
  let flight: Flight | undefined
  let alone = true
  const deadline = new Deadline(options.patience * 1_000, () => {
    expired = true
    stream.destroy()
  })
  const { ask: askPerson, loginsFile } = options
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
      if (flight === undefined) attempts.allowed = Array.isArray(allowed) ? allowed : []
      next
        .next()
        .then((method) => giveUpOr(proceed, method.done === true ? undefined : method.value))
        // also where it cannot be signed with what there is
        .catch(() => giveUpOr(proceed, undefined))
    },
  }
  try {
    const connecting = ssh.connect(config)
    const client = ssh.connection
    if (client === null) throw new TypeError('node-ssh gives no connection')
    const connection = new SshConnection(client, host, stream, options.destination)
    flight = takeOff(client, {
      ...flightPlan(credentials, last, options.step),
      ahead: () => connection.ahead.ask(),
      onRefusal: (allowed, isPartial) => {
        attempts.allowed = allowed
        alone &&= !isPartial
        connection.ahead.forget()
      },
    })
    client.on('change password', () => {
      attempts.notes.push('the password has expired and must be changed')
      attempts.expired = true
      stream.destroy()
    })
    await connecting
    if (flight !== undefined && loginsFile !== undefined) {
      const { key } = flight
      keepLastKey(loginsFile, host, key === undefined ? { key: 'none', alone: false } : { key, alone })
    }
    return connection
  } catch (error) {
    stream.destroy()
    if (refused !== undefined) throw refused
    if (expired) throw timedOut(host, new Error(`no session within ${options.patience} seconds`))
    const isUnanswered = attempts.allowed.length === 0 && !attempts.expired && wasCut(error)
    if (flight?.isInTheAir === true && isUnanswered) throw new CutInFlight(handshakeFailure(host, error))
    if (!authenticating || isUnanswered) throw handshakeFailure(host, error)
    throw loginFailure(host, attempts, await certificatesFor(host, options.identityFile), error)
  } finally {
    deadline.cancel()
  }
}

/** `false` ends the login; the types of ssh2 do not know it. */
const giveUpOr = (proceed: NextAuthHandler, method: Parameters<NextAuthHandler>[0] | undefined): void =>
  proceed(method ?? (false as unknown as Parameters<NextAuthHandler>[0]))
