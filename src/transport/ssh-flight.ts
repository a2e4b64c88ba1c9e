import type { Client, ParsedKey } from 'ssh2'
import { fingerprint } from './known-hosts.js'
import { insidesOf, type Insides } from './ssh-insides.js'

/** What is to be known, and decided, of a login that does not wait for each answer. */
export interface FlightPlan {
  /** The key that the login begins with; undefined: with something else, or a person is asked first. */
  readonly first: ParsedKey | undefined
  /** Whether it may be signed with without asking the host before whether the key would do. */
  readonly signsAtOnce: (key: ParsedKey) => boolean
  /** Whether the host is so likely to let it in that what follows may be sent along; `isTaken`: it said it would do. */
  readonly leads: (key: ParsedKey, isTaken: boolean) => boolean
  /** Sends what follows the login. */
  readonly ahead: () => void
  /** The host has refused what was tried last, or wants more. */
  readonly onRefusal: (allowed: readonly string[], isPartial: boolean) => void
}

/** What has become of it. */
export interface Flight {
  /** The fingerprint of the key that was signed with last, and not refused since. */
  readonly key: string | undefined
  /** What follows the login was sent along, and the host has not said anything since. */
  readonly isInTheAir: boolean
}

/** sshd reads one packet after the other, and answers what it does not understand yet with UNIMPLEMENTED. */
const readsInOrder = ({ _remoteVer: version }: Insides): boolean =>
  Number(/^OpenSSH_(\d+)\./.exec(version ?? '')?.[1] ?? 0) >= 7

/**
 * Lets ssh2 send what it would only send after an answer that is known beforehand. After the key exchange, and with it the
 * verdict on the host key, ssh2 asks for the service of authentication, asks whether a key would do, signs, opens a
 * channel: each time it waits. It goes on when it is told what the host has answered, and that is what we do: we tell it
 * that the service is there and that the key would do, before the host has said so. What the host really says of the
 * service is then kept from it; its answer to the signature is not foreseen, but ssh2's own affair as ever.
 *
 * Nothing that is sent early can be taken for an attempt to log in: behind the signature come requests for channels
 * only, and a host that refuses the signature does not know yet what they are. Undefined: ssh2 is another one inside than
 * is known here, and logs in by itself.
 */
export const takeOff = (client: Client, plan: FlightPlan): Flight | undefined => {
  const insides = insidesOf(client)
  if (insides === undefined) return undefined
  const flight: { key: string | undefined; isInTheAir: boolean } = { key: undefined, isInTheAir: false }
  const { _protocol: protocol } = insides
  const handlers = protocol._handlers
  const { SERVICE_ACCEPT, EXT_INFO, USERAUTH_PK_OK, USERAUTH_FAILURE } = handlers
  const authPK = protocol.authPK.bind(protocol)
  let knowsAlgorithms = false
  let sentAhead = false
  // of the key that was tried last
  let isTaken = false

  handlers.EXT_INFO = (...told) => {
    knowsAlgorithms = true
    EXT_INFO(...told)
  }
  handlers.USERAUTH_PK_OK = (...told) => {
    isTaken = true
    USERAUTH_PK_OK(...told)
  }
  handlers.USERAUTH_FAILURE = (...told) => {
    const [, allowed, isPartial] = told
    flight.isInTheAir = false
    if (isPartial !== true) flight.key = undefined
    const methods = Array.isArray(allowed) ? allowed.filter((method) => typeof method === 'string') : []
    plan.onRefusal(methods, isPartial === true)
    USERAUTH_FAILURE(...told)
  }
  protocol.authPK = (user, key, algorithm, sign) => {
    if (sign === undefined) {
      isTaken = false
      if (plan.signsAtOnce(key)) USERAUTH_PK_OK(protocol)
      else authPK(user, key, algorithm)
      return
    }
    authPK(user, key, algorithm, (data, done) =>
      sign(data, (signature) => {
        done(signature)
        flight.key = fingerprint(key.getPublicSSH())
        if (sentAhead || !readsInOrder(insides) || !plan.leads(key, isTaken)) return
        sentAhead = flight.isInTheAir = true
        plan.ahead()
      }),
    )
  }
  client.once('handshake', () => {
    // ssh2 asks for the service when the listeners of this event have returned
    queueMicrotask(() => {
      if (plan.first === undefined || !readsInOrder(insides)) return
      // with what an RSA key may sign the host tells together with its part of the key exchange; older ones do not
      if (plan.first.type === 'ssh-rsa' && !knowsAlgorithms) return
      handlers.SERVICE_ACCEPT = () => undefined
      SERVICE_ACCEPT(protocol, 'ssh-userauth')
    })
  })
  client.once('ready', () => (flight.isInTheAir = false))
  return flight
}
