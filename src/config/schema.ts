import { z } from 'zod'
import * as text from './fields.js'
import * as apache from './fields-apache.js'
import { gitRef, gitUrl } from './fields-git.js'
import * as httpd from './schema-apache.js'
import { adopted } from './schema-adopted.js'
import {
  applications,
  behaviour,
  directories,
  maxBody,
  staticFiles,
  staticPatterns,
  wrapper,
} from './schema-applications.js'
import { check } from './schema-check.js'
import { commands } from './schema-commands.js'
import { daemon, processGroup } from './schema-daemon.js'
import { fleet } from './schema-rollout.js'
import { apt, pip } from './schema-packages.js'
import { secretReference } from './schema-secret.js'
import { tls } from './schema-tls.js'

const ssh = z
  .strictObject({
    user: text.loginName.optional().meta({ description: 'Account to log in with; default: what ssh_config says' }),
    port: text.port.optional().meta({ description: 'Port of sshd; default: what ssh_config says' }),
    'identity-file': text.localPath.optional().meta({ description: 'Private key file on this computer' }),
    'config-file': text.localPath.optional().meta({ description: 'ssh_config to read instead of ~/.ssh/config' }),
    transport: z.enum(['built-in', 'openssh']).default('built-in').meta({
      description: 'Who speaks SSH: this program, or the ssh of this computer with all that its ssh_config says',
    }),
    'host-key': z
      .union([text.keyFingerprint, z.array(text.keyFingerprint).min(1)])
      .optional()
      .meta({
        description: 'Fingerprint of the host key, or several: they alone decide, and known_hosts is not asked',
        examples: ['SHA256:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU'],
      }),
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
      z.strictObject({
        package: text.localPath.meta({
          description:
            'Wheel or source distribution of the application on this computer; pip installs it with all that it needs',
        }),
      }),
      z.strictObject({ path: text.hostPath.meta({ description: 'Folder that is on the host already' }) }),
      z.strictObject({
        git: gitUrl.meta({
          description:
            'Repository, by https or ssh; git fetches it on this computer, with what git here may log in with',
        }),
        ref: gitRef.optional().meta({
          description: "Branch, tag or full commit of `code.git`; default: the repository's own branch",
        }),
        subfolder: text.relativePath.optional().meta({
          description: 'Folder within the repository that holds the application; default: all of it',
        }),
      }),
    ],
    {
      error:
        'must be one of {folder: PATH} or {package: PATH}, a folder or a wheel on this computer, {git: URL}, a repository, ' +
        'or {path: PATH}, a folder on the host',
    },
  )
  .meta({
    description: 'The application: a folder, a package or a repository to send, or a folder that is on the host',
    examples: [{ folder: '.' }, { git: 'https://git.example.com/shop.git', ref: 'main' }, { path: '/srv/app' }],
  })

/** The flags file: what a person may write. `io: 'input'` of this is the JSON Schema that editors use. */
export const flagsFile = z
  .strictObject({
    version: z.literal(1).meta({ description: 'Version of this file format' }),
    host: text.hostAddress.meta({
      description: 'Host to deploy to: an address or an alias of ssh_config; `user@host` is accepted',
      examples: ['web1', 'deploy@server.example.com'],
    }),
    ssh,
    site: text.siteName.meta({
      description: 'Name of the site: names its files, its process group and its folder',
      examples: ['shop'],
    }),
    'server-name': text.serverName.meta({
      description: 'Host name that the site answers to (ServerName)',
      examples: ['shop.example.com'],
    }),
    'server-aliases': z.array(text.serverName).default([]).meta({ description: 'Further host names (ServerAlias)' }),
    profile: z
      .enum(['hardened', 'seed'])
      .default('hardened')
      .meta({
        description:
          'hardened: an account of its own, limits and timeouts; seed: what the usual instructions for Flask and mod_wsgi ' +
          'say, by hand: www-data, the script beside the code on the host, no options',
      }),
    addresses: z.array(apache.bindAddress).min(1).default(['*']).meta({
      description: 'Addresses of the host that the virtual host is bound to; IPv6 in brackets',
    }),
    port: text.port.default(80).meta({ description: 'Port of the virtual host; Listen is added where it is missing' }),
    tls: tls.optional(),
    'existing-site': httpd.existingSite.optional(),
    adopted: adopted.optional(),
    root: text.hostPath.optional().meta({ description: 'Folder of the site on the host; default: /srv/<site>' }),
    code,
    venv: text.hostPath.optional().meta({
      description: 'Virtual environment on the host; default: one below <root>/venvs for each set of requirements',
    }),
    wsgi: text.wsgiObject.optional().meta({
      description:
        'The WSGI application: `module:object` or `module:factory()`; may be left out where `applications` or `directories` has one',
      examples: ['shop:app', 'shop:create_app()'],
    }),
    mount: apache.mount.default('/').meta({ description: 'Where the application in `wsgi` is mounted' }),
    wrapper: wrapper.optional(),
    applications,
    directories,
    'user-directories': text.relativePath.optional().meta({
      description: 'Folder in the home directories whose WSGI scripts are served as /~USER/: public_html/wsgi-scripts',
    }),
    ...behaviour,
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
        examples: ['requirements.txt', ['Flask==2.0.3'], false],
      }),
    pip,
    apt,
    settings: z
      .record(
        text.settingName,
        z.union([text.settingText, z.number(), z.boolean(), secretReference], {
          error: 'must be text, a number, true or false, or a secret as {env: NAME} or {file: PATH}',
        }),
      )
      .default({})
      .meta({
        description: 'Environment of the application, loaded before it is imported',
        examples: [{ SECRET_KEY: { env: 'SHOP_SECRET_KEY' }, DEBUG: 0 }],
      }),
    sqlite: z
      .array(text.sqlitePath)
      .default([])
      .meta({
        description: 'SQLite files that the application writes; relative paths lie in <root>/data',
        examples: [['shop.db']],
      }),
    ...commands,
    'keep-backups': z
      .int()
      .min(1)
      .max(100)
      .default(5)
      .meta({ description: 'Backups of the databases in `sqlite` that stay on the host' }),
    static: staticFiles,
    'static-patterns': staticPatterns,
    environ: httpd.environ,
    'rewrite-maps': httpd.rewriteMaps,
    authentication: httpd.authentication.optional(),
    access: httpd.access,
    user: text.accountName
      .optional()
      .meta({ description: 'Account that runs the application; default: flask-<site>, created as a system user' }),
    group: text.groupName.optional().meta({ description: 'Group of that account; default: same as user' }),
    daemon,
    'process-groups': z
      .record(apache.processGroupName, processGroup)
      .default({})
      .meta({ description: 'Further process groups, by name; the name must be unique on the host' }),
    embedded: z.boolean().default(false).meta({
      description: 'Allow process group %{GLOBAL}: inside the processes of Apache, as www-data, beside PHP',
    }),
    'restrict-embedded': z.boolean().optional().meta({
      description:
        'Forbid embedded mode in the whole server (WSGIRestrictEmbedded); default: where no other site may need it',
    }),
    'max-body': maxBody.optional().meta({
      description: 'Largest request body in bytes (LimitRequestBody); 0: no limit; default: 10485760',
    }),
    timeouts: httpd.timeouts,
    'error-documents': httpd.errorDocuments,
    'log-level': httpd.logLevel,
    headers: httpd.responseHeaders,
    'server-tokens': httpd.serverTokens,
    check,
    'keep-releases': z.int().min(1).max(100).default(10).meta({
      description:
        'Releases that stay on the host, the one that is served included; the last good one before it stays in any case',
    }),
    'replace-distribution-module': z
      .boolean()
      .default(false)
      .meta({ description: 'Remove libapache2-mod-wsgi(-py3) of the distribution when it is installed' }),
    'allow-unsupported': z
      .boolean()
      .default(false)
      .meta({ description: 'Go on, at your own risk, on a release other than Ubuntu 18.04' }),
    fleet,
  })
  .meta({
    title: 'deploy-flask flags file',
    description: 'Everything deploy-flask needs to put one Flask site on one host',
  })

export type { SecretReference } from './schema-secret.js'

export type FlagsFile = z.output<typeof flagsFile>
