import type { Client, ClientChannel, ParsedKey } from 'ssh2'

/** Called when the host has opened a channel, or has not. */
export type Opened = (error: Error | undefined, channel: ClientChannel) => void

/** What is called with a message of the host. */
type Handler = (protocol: Protocol, ...told: readonly unknown[]) => void

type Sign = (data: Buffer, done: (signature: Buffer) => void) => void

interface Protocol {
  readonly _handlers: Record<'SERVICE_ACCEPT' | 'EXT_INFO' | 'USERAUTH_PK_OK' | 'USERAUTH_FAILURE', Handler>
  /** Without `sign` it only asks whether the key would do. */
  authPK(user: string, key: ParsedKey, algorithm: string | undefined, sign?: Sign): void
  session(channel: number, window: number, packet: number): void
  exec(channel: number, program: string, wantsReply: boolean): void
}

/**
 * What ssh2 1.17 is made of inside (lib/client.js, lib/protocol/Protocol.js), as far as it is used here. It documents
 * none of this, so another version may have it otherwise: then `insidesOf` finds nothing, and the login is ssh2's own.
 */
export interface Insides {
  readonly _protocol: Protocol
  readonly _chanMgr: { add(opened: Opened): number }
  /** What the host calls itself, as soon as it has said so. */
  readonly _remoteVer: string | undefined
}

interface ChannelInsides {
  readonly outgoing: { readonly id: number; readonly state: string }
  readonly _callbacks: ((failed: boolean | Error | undefined) => void)[]
  subtype: string | undefined
}

const property = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined

const hasMethods = (value: unknown, names: readonly string[]): boolean =>
  names.every((name) => typeof property(value, name) === 'function')

const isOpenedUp = (client: object): client is Insides => {
  const protocol = property(client, '_protocol')
  return (
    hasMethods(protocol, ['authPK', 'session', 'exec']) &&
    hasMethods(property(client, '_chanMgr'), ['add']) &&
    hasMethods(property(protocol, '_handlers'), ['SERVICE_ACCEPT', 'EXT_INFO', 'USERAUTH_PK_OK', 'USERAUTH_FAILURE'])
  )
}

/** Of a client that has begun to connect. */
export const insidesOf = (client: Client): Insides | undefined => (isOpenedUp(client) ? client : undefined)

const isChannel = (channel: object): channel is ChannelInsides =>
  typeof property(property(channel, 'outgoing'), 'id') === 'number' && Array.isArray(property(channel, '_callbacks'))

/** As lib/Channel.js has it, which takes what it gives for granted. */
const window = 2 * 1024 * 1024
const packet = 32 * 1024

/** The first half of `Client.exec`: asks for a session in which nothing runs yet. */
export const openSession = ({ _chanMgr, _protocol }: Insides, opened: Opened): void => {
  const number = _chanMgr.add(Object.assign(opened, { type: 'session' }))
  _protocol.session(number, window, packet)
}

export const isOpen = (channel: ClientChannel): boolean => isChannel(channel) && channel.outgoing.state === 'open'

/**
 * The second half of `Client.exec`: starts a program in such a session. What it is sent need not wait for the host to say
 * that it has started it, for the host reads one message after the other. Where it does not start it, the channel ends.
 */
export const startIn = ({ _protocol }: Insides, channel: ClientChannel, program: string, started: Opened): void => {
  if (!isChannel(channel)) throw new TypeError('a channel of ssh2 is not what it was')
  channel._callbacks.push((failed) => {
    if (failed === true || failed instanceof Error) channel.close()
  })
  channel.subtype = 'exec'
  _protocol.exec(channel.outgoing.id, program, true)
  started(undefined, channel)
}
