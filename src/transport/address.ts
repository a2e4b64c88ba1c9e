import { DeployError } from '../errors.js'

/** A host as typed: `alias`, `user@host`, `host:port`, `[::1]:port`. */
export interface Address {
  readonly host: string
  readonly user?: string
  readonly port?: number
}

const invalid = (typed: string, why: string): DeployError =>
  new DeployError('USAGE', {
    what: `'${typed}' is not a host: ${why}`,
    remedy: 'write alias, user@host, user@host:port or user@[IPv6 address]:port',
  })

const portOf = (digits: string, typed: string): number => {
  const port = /^[1-9][0-9]{0,4}$/.test(digits) ? Number(digits) : 0
  if (port < 1 || port > 65535) throw invalid(typed, `the port '${digits}' is not between 1 and 65535`)
  return port
}

export const parseAddress = (typed: string): Address => {
  const at = typed.lastIndexOf('@')
  const user = at < 0 ? undefined : typed.slice(0, at)
  const rest = typed.slice(at + 1)
  const bracketed = /^\[([^\]]*)\](?::(.*))?$/.exec(rest)
  const colons = rest.split(':').length - 1
  // Two colons and no brackets: an IPv6 address alone.
  const [host, digits] = bracketed
    ? [bracketed[1] ?? '', bracketed[2]]
    : colons === 1
      ? [rest.slice(0, rest.indexOf(':')), rest.slice(rest.indexOf(':') + 1)]
      : [rest, undefined]
  // A leading minus would be taken for an option by ssh, and the rest for shell by a ProxyCommand.
  if (!/^[\p{L}\p{N}_.:%][\p{L}\p{N}_.:%-]*$/u.test(host))
    throw invalid(typed, 'the name is empty or holds a character that no host has')
  if (user !== undefined && !/^[\p{L}\p{N}_.][\p{L}\p{N}_.@\\+-]*\$?$/u.test(user))
    throw invalid(typed, 'the user is not a user name')
  return {
    host,
    ...(user === undefined ? {} : { user }),
    ...(digits === undefined ? {} : { port: portOf(digits, typed) }),
  }
}
