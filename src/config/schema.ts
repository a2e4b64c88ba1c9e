import { z } from 'zod'
import * as text from './fields.js'

const secretReference = z
  .union(
    [
      z.strictObject({
        env: text.environmentName.meta({ description: 'Name of an environment variable of this computer' }),
      }),
      z.strictObject({
        file: text.localPath.meta({ description: 'Path of a file on this computer, relative to the flags file' }),
      }),
    ],
    { error: 'must be {env: NAME} or {file: PATH}: a secret is never written in the flags file itself' },
  )
  .meta({ description: 'Where a secret comes from; it is never written in the flags file itself' })

export type SecretReference = z.output<typeof secretReference>

const seconds = (fallback: number, description: string) =>
  z
    .int()
    .min(0)
    .max(86_400)
    .default(fallback)
    .meta({ description: `${description} (seconds)` })

const ssh = z
  .strictObject({
    user: text.loginName.optional().meta({ description: 'Account to log in with; default: what ssh_config says' }),
    port: text.port.optional().meta({ description: 'Port of sshd; default: what ssh_config says' }),
    'identity-file': text.localPath.optional().meta({ description: 'Private key file on this computer' }),
    'config-file': text.localPath.optional().meta({ description: 'ssh_config to read instead of ~/.ssh/config' }),
    'sudo-password': secretReference.optional().meta({ description: 'Password for sudo, when sudo asks for one' }),
  })
  .prefault({})
  .meta({ description: 'How to log in, where ssh_config does not say it already' })

const code = z
  .union(
    [
      z.strictObject({
        folder: text.localPath.meta({
          description: 'Folder on this computer, relative to the flags file; .gitignore and .deployignore are honoured',
        }),
      }),
      z.strictObject({ path: text.hostPath.meta({ description: 'Folder that is on the host already' }) }),
    ],
    { error: 'must be either {folder: PATH}, a folder on this computer, or {path: PATH}, one on the host; not both' },
  )
  .meta({ description: 'The application: a folder to send, or one that is on the host' })

const daemon = z
  .strictObject({
    threads: z.int().min(1).max(64).default(5).meta({ description: 'Threads a process' }),
    processes: z.int().min(1).max(64).default(1).meta({ description: 'Processes of the pool' }),
    'maximum-requests': z
      .int()
      .min(0)
      .max(1_000_000)
      .default(0)
      .meta({ description: 'Requests after which a process is replaced; 0: never' }),
    'queue-timeout': seconds(45, 'How long a request may wait for a free thread'),
    'socket-timeout': seconds(60, 'How long a read or write between Apache and the daemon may take'),
    'connect-timeout': seconds(15, 'How long Apache waits for the daemon to take a connection'),
    'request-timeout': seconds(60, 'How long a request may run before its process is replaced'),
    'startup-timeout': seconds(15, 'How long the application may take to load'),
    'deadlock-timeout': seconds(60, 'How long Python may hold its global lock'),
    'graceful-timeout': seconds(15, 'How long running requests may take to end when a process is replaced'),
    'shutdown-timeout': seconds(5, 'How long a process may take to stop'),
  })
  .prefault({})
  .meta({ description: 'The WSGIDaemonProcess of the site' })

/** The flags file: what a person may write. `io: 'input'` of this is the JSON Schema that editors use. */
export const flagsFile = z
  .strictObject({
    version: z.literal(1).meta({ description: 'Version of this file format' }),
    host: text.hostAddress.meta({
      description: 'Host to deploy to: an address or an alias of ssh_config; `user@host` is accepted',
    }),
    ssh,
    site: text.siteName.meta({ description: 'Name of the site: names its files, its process group and its folder' }),
    'server-name': text.serverName.meta({ description: 'Host name that the site answers to (ServerName)' }),
    'server-aliases': z.array(text.serverName).default([]).meta({ description: 'Further host names (ServerAlias)' }),
    port: text.port.default(80).meta({ description: 'Port of the virtual host' }),
    root: text.hostPath.optional().meta({ description: 'Folder of the site on the host; default: /srv/<site>' }),
    code,
    wsgi: text.wsgiObject.meta({ description: 'The WSGI application: `module:object` or `module:factory()`' }),
    requirements: z
      .union([text.relativePath, z.array(text.requirement), z.literal(false)], {
        error: 'must be the path of a file inside the code, or a list of requirements, or false for none',
      })
      // no default here: a file that somebody named must exist, the usual one need not
      .optional()
      .meta({
        description:
          'Requirements file inside the code, or a list of requirements, or false for none; ' +
          'default: requirements.txt where there is one',
      }),
    pip: z
      .strictObject({
        'index-url': text.indexUrl.optional().meta({ description: 'Package index; default: what the host uses' }),
      })
      .prefault({})
      .meta({ description: 'Settings for pip' }),
    settings: z
      .record(
        text.settingName,
        z.union([text.settingText, z.number(), z.boolean(), secretReference], {
          error: 'must be text, a number, true or false, or a secret as {env: NAME} or {file: PATH}',
        }),
      )
      .default({})
      .meta({ description: 'Environment of the application, loaded before it is imported' }),
    sqlite: z
      .array(text.sqlitePath)
      .default([])
      .meta({ description: 'SQLite files that the application writes; relative paths lie in <root>/data' }),
    init: z
      .union([text.commandLine, z.array(text.argument).min(1)], {
        error: 'must be a command such as "flask init-db", or a list of its words',
      })
      .optional()
      .meta({ description: "Command run once as the site's user, inside the venv: `flask init-db`" }),
    static: z
      .record(text.urlPrefix, text.relativePath)
      .default({})
      .meta({ description: 'URL prefix -> folder inside the code, served by Apache itself' }),
    user: text.accountName
      .optional()
      .meta({ description: 'Account that runs the application; default: flask-<site>, created as a system user' }),
    group: text.groupName.optional().meta({ description: 'Group of that account; default: same as user' }),
    daemon,
    'max-body': z
      .int()
      .min(0)
      .max(2_147_483_647)
      .default(10_485_760)
      .meta({ description: 'Largest request body in bytes (LimitRequestBody); 0: no limit' }),
    check: z
      .strictObject({
        path: text.urlPath.default('/').meta({ description: 'Path that is asked after going live' }),
        statuses: z
          .array(z.int().min(100).max(599))
          .min(1)
          .optional()
          .meta({ description: 'Statuses that count as an answer; default: any below 400' }),
      })
      .prefault({})
      .meta({ description: 'The request that proves that the site answers' }),
    'keep-releases': z
      .int()
      .min(1)
      .max(100)
      .default(10)
      .meta({ description: 'Releases that stay on the host, the one that is served included' }),
    'replace-distribution-module': z
      .boolean()
      .default(false)
      .meta({ description: 'Remove libapache2-mod-wsgi(-py3) of the distribution when it is installed' }),
    'allow-unsupported': z
      .boolean()
      .default(false)
      .meta({ description: 'Go on, at your own risk, on a release other than Ubuntu 18.04' }),
  })
  .meta({
    title: 'deploy-flask flags file',
    description: 'Everything deploy-flask needs to put one Flask site on one host',
  })

export type FlagsFile = z.output<typeof flagsFile>
