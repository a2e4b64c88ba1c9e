import type { Secret } from '../core/secret.js'
import type { Connection } from '../core/site.js'
import { DeployError } from '../errors.js'
import type { FlagsFile } from './schema.js'
import { localPath, resolveSecrets, type Nearby } from './secrets.js'

/** The setting that refers to it, and what the secret is called meanwhile. */
export const sudoPassword = 'ssh.sudo-password'

/** How to reach the host, for those who only want to look at it. */
export const resolveConnection = async (flags: FlagsFile, nearby: Nearby): Promise<Connection> => {
  const password = flags.ssh['sudo-password']
  const secrets = await resolveSecrets(password === undefined ? {} : { [sudoPassword]: password }, nearby)
  return connectionOf(flags, nearby, secrets)
}

/** The same, with secrets that are looked up already. */
export const connectionOf = (flags: FlagsFile, nearby: Nearby, secrets: ReadonlyMap<string, Secret>): Connection => {
  const { ssh } = flags
  const [host = '', login] = flags.host.split('@').reverse()
  const user = login ?? ssh.user
  const password = secrets.get(sudoPassword)
  if (password !== undefined && /[\r\n]/.test(password.reveal())) {
    throw new DeployError('SECRET_MISSING', {
      what: `${sudoPassword} holds more than one line`,
      remedy: 'let it refer to a variable or file that holds the password and nothing else',
    })
  }
  return {
    host,
    ...(user === undefined ? {} : { user }),
    ...(ssh.port === undefined ? {} : { port: ssh.port }),
    ...(ssh['identity-file'] === undefined ? {} : { identityFile: localPath(ssh['identity-file'], nearby) }),
    ...(ssh['config-file'] === undefined ? {} : { sshConfigFile: localPath(ssh['config-file'], nearby) }),
    transport: ssh.transport,
    ...(ssh['host-key'] === undefined ? {} : { hostKeys: [ssh['host-key']].flat() }),
    // never from a file: whether a key may be trusted is for the person who runs it to say
    acceptNewHostKey: false,
    ...(password === undefined ? {} : { sudoPassword: password }),
  }
}
