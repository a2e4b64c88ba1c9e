import type { Secret } from '../core/secret.js'
import type { Connection, DaemonOptions, Site, WsgiObject } from '../core/site.js'
import { DeployError } from '../errors.js'
import { resolveCode } from './code.js'
import { dotted } from './mistake.js'
import { checkRules, type Names, type Where } from './rules.js'
import type { FlagsFile, SecretReference } from './schema.js'
import { localPath, resolveSecrets, type Nearby } from './secrets.js'

export interface Surroundings extends Nearby {
  readonly now: Date
  /** Path of the flags file: it stays at home when it lies in the folder of the code. */
  readonly file?: string
  /** Where in the flags file a field stands; what loadFlagsFile returned. */
  readonly where?: Where
  /** Told how to reach the host as soon as that is known: reading the code takes about as long as dialling. */
  readonly dial?: (connection: Connection) => void
}

export interface Resolved {
  readonly site: Site
  readonly connection: Connection
}

/** From what a person wrote to what the playbook needs: complete, and refused here when it cannot be done. */
export const resolveSite = async (flags: FlagsFile, around: Surroundings): Promise<Resolved> => {
  const where = around.where ?? ((...path) => `the flags file, ${dotted(path)}`)
  const names = namesOf(flags)
  checkRules(flags, names, where)
  const references = secretReferences(flags)
  const secrets = await resolveSecrets(references, around)
  const connection = connectionOf(flags, around, secrets)
  around.dial?.(connection)
  const { code, requirements } = await resolveCode(flags, { ...around, where, secrets: Object.values(references) })
  const site: Site = {
    name: flags.site,
    serverName: flags['server-name'],
    serverAliases: flags['server-aliases'],
    port: flags.port,
    ...names,
    code,
    wsgi: wsgiOf(flags.wsgi),
    requirements,
    ...(flags.pip['index-url'] === undefined ? {} : { pipIndexUrl: flags.pip['index-url'] }),
    settings: settingsOf(flags, secrets),
    ...initOf(flags),
    static: Object.entries(flags.static).map(([url, folder]) => ({ url, folder })),
    daemon: daemonOf(flags),
    maxBody: flags['max-body'],
    check: { path: flags.check.path, statuses: flags.check.statuses ?? answered },
    keepReleases: flags['keep-releases'],
    replaceDistributionModule: flags['replace-distribution-module'],
    allowUnsupported: flags['allow-unsupported'],
  }
  return { site, connection }
}

/** Any answer but an error: a login page often answers with a redirect. */
const answered: readonly number[] = Array.from({ length: 200 }, (_, index) => 200 + index)

const namesOf = (flags: FlagsFile): Names => {
  const root = flags.root ?? `/srv/${flags.site}`
  const user = flags.user ?? `flask-${flags.site}`
  return {
    root,
    user,
    group: flags.group ?? user,
    sqlite: flags.sqlite.map((file) => (file.startsWith('/') ? file : `${root}/data/${file}`)),
  }
}

const wsgiOf = (written: string): WsgiObject => {
  const [module = '', object = ''] = written.split(':')
  return { module, object: object.replace('()', ''), factory: object.endsWith('()') }
}

const initOf = ({ init }: FlagsFile): Pick<Site, 'init'> => {
  const [program, ...rest] = typeof init === 'string' ? init.split(' ') : (init ?? [])
  return program === undefined ? {} : { init: { argv: [program, ...rest] } }
}

const daemonOf = ({ daemon }: FlagsFile): DaemonOptions => ({
  threads: daemon.threads,
  processes: daemon.processes,
  maximumRequests: daemon['maximum-requests'],
  queueTimeout: daemon['queue-timeout'],
  socketTimeout: daemon['socket-timeout'],
  connectTimeout: daemon['connect-timeout'],
  requestTimeout: daemon['request-timeout'],
  startupTimeout: daemon['startup-timeout'],
  deadlockTimeout: daemon['deadlock-timeout'],
  gracefulTimeout: daemon['graceful-timeout'],
  shutdownTimeout: daemon['shutdown-timeout'],
})

const sudoPassword = 'ssh.sudo-password'

const secretReferences = (flags: FlagsFile): Readonly<Record<string, SecretReference>> => ({
  ...Object.fromEntries(
    Object.entries(flags.settings).flatMap(([name, value]) =>
      typeof value === 'object' ? [[`settings.${name}`, value] as const] : [],
    ),
  ),
  ...(flags.ssh['sudo-password'] === undefined ? {} : { [sudoPassword]: flags.ssh['sudo-password'] }),
})

const settingsOf = (flags: FlagsFile, secrets: ReadonlyMap<string, Secret>): Site['settings'] =>
  Object.fromEntries(
    Object.entries(flags.settings).flatMap(([name, value]) => {
      const known = typeof value === 'object' ? secrets.get(`settings.${name}`) : String(value)
      return known === undefined ? [] : [[name, known]]
    }),
  )

const connectionOf = (flags: FlagsFile, nearby: Nearby, secrets: ReadonlyMap<string, Secret>): Connection => {
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
    // never from a file: whether a key may be trusted is for the person who runs it to say
    acceptNewHostKey: false,
    ...(password === undefined ? {} : { sudoPassword: password }),
  }
}
