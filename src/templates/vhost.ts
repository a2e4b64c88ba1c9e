import type { DaemonOptions, StaticFolder } from '../core/site.js'

export interface Vhost {
  readonly name: string
  readonly serverName: string
  readonly serverAliases: readonly string[]
  readonly port: number
  /** Whether this file must make Apache listen on the port. */
  readonly listen: boolean
  readonly documentRoot: string
  readonly user: string
  readonly group: string
  readonly daemon: DaemonOptions
  readonly pythonHome: string
  /** Working directory of the daemon, and the folder that the static folders lie in. */
  readonly code: string
  readonly siteRoot: string
  readonly static: readonly StaticFolder[]
  readonly wsgiFolder: string
  readonly wsgiFile: string
  readonly maxBody: number
}

/** `processes=1` would make wsgi.multiprocess true, so one process is asked for by not asking. */
const daemonOptions = ({ daemon, user, group, pythonHome, code }: Vhost): readonly string[] => [
  `user=${user} group=${group} threads=${daemon.threads}${daemon.processes > 1 ? ` processes=${daemon.processes}` : ''}`,
  `python-home=${pythonHome} home=${code}`,
  'lang=C.UTF-8 locale=C.UTF-8 umask=0027 display-name=%{GROUP}',
  `queue-timeout=${daemon.queueTimeout} socket-timeout=${daemon.socketTimeout} connect-timeout=${daemon.connectTimeout}`,
  `request-timeout=${daemon.requestTimeout} startup-timeout=${daemon.startupTimeout} deadlock-timeout=${daemon.deadlockTimeout}`,
  `graceful-timeout=${daemon.gracefulTimeout} shutdown-timeout=${daemon.shutdownTimeout}`,
  ...(daemon.maximumRequests > 0 ? [`maximum-requests=${daemon.maximumRequests}`] : []),
]

const staticFolder = (code: string, { url, folder }: StaticFolder): string => `
    Alias ${url} ${code}/${folder}/
    <Directory ${code}/${folder}>
        Options None
        AllowOverride None
        Require all granted
    </Directory>`

/** The longest prefix first: of several Alias lines the first that matches wins. */
const staticFolders = (vhost: Vhost): string =>
  [...vhost.static]
    .sort((one, other) => other.url.length - one.url.length || (one.url < other.url ? -1 : 1))
    .map((folder) => staticFolder(vhost.code, folder))
    .join('')

export const managedBy = (name: string): string => `# Managed by deploy-flask for the site ${name}`

/** The site's file for sites-available (mod_wsgi: Configuration Guidelines; options known to every 4.x release). */
export const vhost = (it: Vhost): string => `\
${managedBy(it.name)}: changes made here are replaced.
${it.listen ? `Listen ${it.port}\n` : ''}<VirtualHost *:${it.port}>
    ServerName ${it.serverName}
${it.serverAliases.map((alias) => `    ServerAlias ${alias}\n`).join('')}    DocumentRoot ${it.documentRoot}

    WSGIDaemonProcess ${it.name} ${daemonOptions(it).join(' \\\n        ')}
    <Directory ${it.siteRoot}>
        Options SymLinksIfOwnerMatch
        AllowOverride None
    </Directory>
${staticFolders(it)}
    WSGIScriptAlias / ${it.wsgiFolder}/${it.wsgiFile}
    <Directory ${it.wsgiFolder}>
        <Files ${it.wsgiFile}>
            Require all granted
        </Files>
        WSGIProcessGroup ${it.name}
        WSGIApplicationGroup %{GLOBAL}
    </Directory>

    LimitRequestBody ${it.maxBody}
    ErrorLog \${APACHE_LOG_DIR}/${it.name}-error.log
    CustomLog \${APACHE_LOG_DIR}/${it.name}-access.log combined
</VirtualHost>
`
