import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { vhost, type Vhost } from '../../src/templates/vhost.js'
import { vhosts } from './arbitraries.js'

/** A line of Apache's configuration as its words, read the way Apache reads it: continued lines are one. */
const directives = (text: string): readonly (readonly string[])[] =>
  text
    .replace(/\\\n/g, ' ')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => line.split(/\s+/))

const options = ({ daemon, ...it }: Vhost): readonly string[] => [
  `user=${it.user}`,
  `group=${it.group}`,
  `threads=${daemon.threads}`,
  ...(daemon.processes > 1 ? [`processes=${daemon.processes}`] : []),
  `python-home=${it.pythonHome}`,
  `home=${it.code}`,
  ...['lang=C.UTF-8', 'locale=C.UTF-8', 'umask=0027', 'display-name=%{GROUP}'],
  `queue-timeout=${daemon.queueTimeout}`,
  `socket-timeout=${daemon.socketTimeout}`,
  `connect-timeout=${daemon.connectTimeout}`,
  `request-timeout=${daemon.requestTimeout}`,
  `startup-timeout=${daemon.startupTimeout}`,
  `deadlock-timeout=${daemon.deadlockTimeout}`,
  `graceful-timeout=${daemon.gracefulTimeout}`,
  `shutdown-timeout=${daemon.shutdownTimeout}`,
  ...(daemon.maximumRequests > 0 ? [`maximum-requests=${daemon.maximumRequests}`] : []),
]

const folder = (path: string, ...inside: readonly (readonly string[])[]) => [
  ['<Directory', `${path}>`],
  ...inside,
  ['</Directory>'],
]
const granted = ['Require', 'all', 'granted']
const closed = ['AllowOverride', 'None']

/** Nothing but what the inputs ask for, in this order. */
const expected = (it: Vhost): readonly (readonly string[])[] => {
  const byLength = [...it.static].sort((a, b) => b.url.length - a.url.length || (a.url < b.url ? -1 : 1))
  return [
    ...(it.listen ? [['Listen', String(it.port)]] : []),
    ['<VirtualHost', `*:${it.port}>`],
    ['ServerName', it.serverName],
    ...it.serverAliases.map((alias) => ['ServerAlias', alias]),
    ['DocumentRoot', it.documentRoot],
    ['WSGIDaemonProcess', it.name, ...options(it)],
    ...folder(it.siteRoot, ['Options', 'SymLinksIfOwnerMatch'], closed),
    ...byLength.flatMap(({ url, folder: inside }) => [
      ['Alias', url, `${it.code}/${inside}/`],
      ...folder(`${it.code}/${inside}`, ['Options', 'None'], closed, granted),
    ]),
    ['WSGIScriptAlias', '/', `${it.wsgiFolder}/${it.wsgiFile}`],
    ...folder(
      it.wsgiFolder,
      ['<Files', `${it.wsgiFile}>`],
      granted,
      ['</Files>'],
      ['WSGIProcessGroup', it.name],
      ['WSGIApplicationGroup', '%{GLOBAL}'],
    ),
    ['LimitRequestBody', String(it.maxBody)],
    ['ErrorLog', `\${APACHE_LOG_DIR}/${it.name}-error.log`],
    ['CustomLog', `\${APACHE_LOG_DIR}/${it.name}-access.log`, 'combined'],
    ['</VirtualHost>'],
  ]
}

it('whatever the fields allow, the virtual host reads back as exactly that and holds no further directive', () => {
  fc.assert(
    fc.property(vhosts, (it) => {
      expect(directives(vhost(it))).toEqual(expected(it))
    }),
    { numRuns: 300 },
  )
})

it('no line of it is long enough to be cut by Apache, and none holds a control character', () => {
  fc.assert(
    fc.property(vhosts, (it) => {
      for (const line of vhost(it).split('\n')) {
        expect(line).not.toMatch(/[\p{Cc}\u2028\u2029]/u)
        expect(line.length).toBeLessThan(8192)
      }
    }),
    { numRuns: 100 },
  )
})
