import { describe, expect, it } from 'vitest'
import { processGroup } from '../../src/config/schema-daemon.js'
import { named, parseApacheConfig } from '../helpers/apache-config.js'
import { changes, vhostOf } from './render.js'

/** The options of each WSGIDaemonProcess, by the name of the process group. */
const daemons = async (lines: string): Promise<Record<string, Record<string, string>>> =>
  Object.fromEntries(
    named(parseApacheConfig(await vhostOf(lines)), 'WSGIDaemonProcess').map(({ args: [name, ...options] }) => [
      name,
      Object.fromEntries(options.map((option) => option.split(/=(.*)/s).slice(0, 2))),
    ]),
  ) as Record<string, Record<string, string>>

describe('Configuration Guidelines, Defining Process Groups', () => {
  it('the one of the site has the recommended options, and what is written instead of them', async () => {
    expect(await daemons('daemon: {threads: 15, maximum-requests: 10000, lang: en_US.UTF-8}')).toEqual({
      shop: {
        user: 'flask-shop',
        group: 'flask-shop',
        threads: '15',
        'python-home': '/srv/shop/venvs/0123456789ab',
        home: '/srv/code',
        lang: 'en_US.UTF-8',
        locale: 'C.UTF-8',
        umask: '0027',
        'queue-timeout': '45',
        'socket-timeout': '60',
        'connect-timeout': '15',
        'request-timeout': '60',
        'startup-timeout': '15',
        'deadlock-timeout': '60',
        'graceful-timeout': '15',
        'shutdown-timeout': '5',
        'maximum-requests': '10000',
        'display-name': '%{GROUP}',
      },
    })
  })

  it('may have a name of its own', async () => {
    expect(await changes('daemon: {name: www.site.com}')).toMatchInlineSnapshot(`
      "- WSGIDaemonProcess shop user=flask-shop group=flask-shop threads=5 \\

      WSGIDaemonProcess www.site.com user=flask-shop group=flask-shop threads=5 \\

      - display-name=%{GROUP}

      display-name=www.site.com

      - WSGIProcessGroup shop

      WSGIProcessGroup www.site.com"
    `)
  })

  it('one process is asked for by not asking: processes=1 would make wsgi.multiprocess true', async () => {
    expect((await daemons('daemon: {processes: 1}'))['shop']).not.toHaveProperty('processes')
    expect((await daemons('daemon: {processes: 2}'))['shop']).toMatchObject({ processes: '2' })
  })

  it('may belong to an account of its own', async () => {
    const lines = 'user: joe\ngroup: staff\nprocess-groups: {second: {user: bob, group: bob}, third: {}}'
    const owners = Object.entries(await daemons(lines)).map(([name, { user, group }]) => [name, user, group])
    expect(owners).toEqual([
      ['shop', 'joe', 'staff'],
      ['second', 'bob', 'bob'],
      ['third', 'joe', 'staff'],
    ])
  })

  it('applications are delegated to the one that they name', async () => {
    const lines =
      "applications: [{mount: /wiki, wsgi: 'w:a', process-group: second}]\nprocess-groups: {second: {threads: 2}}"
    const [, wiki] = named(parseApacheConfig(await vhostOf(lines)), 'WSGIProcessGroup').map(({ args }) => args[0])
    expect(wiki).toBe('second')
  })

  it('a variable may name it', async () => {
    const lines = `process-groups: {second: {}}
environ: {PROCESS_GROUP: {map: m, key: '%{REQUEST_URI}', default: shop}}
rewrite-maps: {m: {entries: {/a: second}}}
wsgi: null
applications: [{mount: /, wsgi: 'shop:app', process-group: '%{ENV:PROCESS_GROUP}'}]`
    expect(await vhostOf(lines)).toContain('WSGIProcessGroup %{ENV:PROCESS_GROUP}\n')
  })

  it('stands in the virtual host, or above it for all of them', async () => {
    const text = await vhostOf('process-groups: {shared: {scope: server}, own: {scope: virtual-host}}')
    const tree = parseApacheConfig(text)
    expect(tree.map(({ name, args }) => [name, args[0]])).toEqual([
      ['WSGIDaemonProcess', 'shared'],
      ['VirtualHost', '*:80'],
    ])
    expect(named(tree[1]?.inside ?? [], 'WSGIDaemonProcess').map(({ args }) => args[0])).toEqual(['shop', 'own'])
  })

  it('stands before an application that is loaded when it starts', async () => {
    const text = await vhostOf('preload: true\ndaemon: {scope: server}')
    expect(text.indexOf('WSGIDaemonProcess')).toBeLessThan(text.indexOf('process-group=shop'))
  })

  it('embedded mode has to be allowed, and is then no process group at all', async () => {
    const lines = "embedded: true\nwsgi: null\napplications: [{mount: /, wsgi: 'shop:app', process-group: '%{GLOBAL}'}]"
    expect(await vhostOf(lines)).toContain(' WSGIProcessGroup %{GLOBAL}\n')
  })

  it('embedded mode may be forbidden in the whole server', async () => {
    expect(await changes('restrict-embedded: true')).toBe('WSGIRestrictEmbedded On')
    expect(await changes('restrict-embedded: false')).toBe('')
  })
})

/** As in wsgi_add_daemon_process of mod_wsgi 4.5.17 and 4.9.4, in its order. */
const optionsOfModWsgi = [
  ...['user', 'group', 'supplementary-groups', 'processes', 'threads', 'umask', 'chroot', 'home', 'lang', 'locale'],
  ...['python-home', 'python-path', 'python-eggs', 'stack-size', 'maximum-requests', 'startup-timeout'],
  ...['shutdown-timeout', 'deadlock-timeout', 'inactivity-timeout', 'request-timeout', 'graceful-timeout'],
  ...['eviction-timeout', 'restart-interval', 'connect-timeout', 'socket-timeout', 'queue-timeout', 'listen-backlog'],
  ...['display-name', 'send-buffer-size', 'receive-buffer-size', 'header-buffer-size', 'response-buffer-size'],
  ...['response-socket-timeout', 'socket-user', 'script-user', 'script-group', 'cpu-time-limit', 'cpu-priority'],
  ...['memory-limit', 'virtual-memory-limit', 'server-metrics', 'newrelic-config-file', 'newrelic-environment'],
]

/** A value of each that is not what it would have anyway: as written, and as Apache is to read it. */
const values: Readonly<Record<string, readonly [written: unknown, read: string]>> = {
  user: ['bob', 'bob'],
  group: ['staff', 'staff'],
  'supplementary-groups': [['video', 'audio'], 'video,audio'],
  umask: ['0007', '0007'],
  chroot: ['/srv/jail', '/srv/jail'],
  home: ['/srv/home', '/srv/home'],
  lang: ['de_DE.UTF-8', 'de_DE.UTF-8'],
  locale: ['de_DE.UTF-8', 'de_DE.UTF-8'],
  'python-home': ['/srv/venv', '/srv/venv'],
  'python-path': [['/srv/lib', '/srv/more'], '/srv/lib:/srv/more'],
  'python-eggs': ['/srv/eggs', '/srv/eggs'],
  'display-name': ['notes', 'notes'],
  'socket-user': ['www-data', 'www-data'],
  'script-user': ['root', 'root'],
  'script-group': ['root', 'root'],
  'server-metrics': [true, 'On'],
  'newrelic-config-file': ['/srv/newrelic.ini', '/srv/newrelic.ini'],
  'newrelic-environment': ['production', 'production'],
  'cpu-priority': [-5, '-5'],
  'stack-size': [262_144, '262144'],
  'memory-limit': [9_000_000_000, '9000000000'],
  'virtual-memory-limit': [9_000_000_000, '9000000000'],
  'send-buffer-size': [4096, '4096'],
  'receive-buffer-size': [4096, '4096'],
  'header-buffer-size': [65_536, '65536'],
  'response-buffer-size': [131_072, '131072'],
}

describe('every option of WSGIDaemonProcess', () => {
  it('is a key of the flags file under its own name, and nothing else is', () => {
    expect(Object.keys(processGroup.shape).sort()).toEqual(['scope', ...optionsOfModWsgi].sort())
    expect(optionsOfModWsgi).toHaveLength(43)
  })

  it.each(optionsOfModWsgi)('%s is written as it is', async (option) => {
    const [written, read] = values[option] ?? [7, '7']
    const group = JSON.stringify({ [option]: written })
    expect((await daemons(`process-groups: {second: ${group}}`))['second']).toMatchObject({ [option]: read })
  })

  it('all of them together go on in further lines', async () => {
    const together = optionsOfModWsgi.filter((option) => option !== 'script-user')
    const all = Object.fromEntries(together.map((option) => [option, (values[option] ?? [7])[0]]))
    expect(await changes(`process-groups: {second: ${JSON.stringify(all)}}`)).toMatchInlineSnapshot(`
      "WSGIDaemonProcess second user=bob group=staff supplementary-groups=video,audio threads=7 \\
          processes=7 python-home=/srv/venv home=/srv/home python-path=/srv/lib:/srv/more \\
          lang=de_DE.UTF-8 locale=de_DE.UTF-8 umask=0007 queue-timeout=7 socket-timeout=7 \\
          connect-timeout=7 request-timeout=7 startup-timeout=7 deadlock-timeout=7 graceful-timeout=7 \\
          shutdown-timeout=7 display-name=notes maximum-requests=7 inactivity-timeout=7 \\
          eviction-timeout=7 restart-interval=7 response-socket-timeout=7 chroot=/srv/jail \\
          python-eggs=/srv/eggs stack-size=262144 listen-backlog=7 send-buffer-size=4096 \\
          receive-buffer-size=4096 header-buffer-size=65536 response-buffer-size=131072 \\
          socket-user=www-data script-group=root cpu-time-limit=7 cpu-priority=-5 \\
          memory-limit=9000000000 virtual-memory-limit=9000000000 server-metrics=On \\
          newrelic-config-file=/srv/newrelic.ini newrelic-environment=production"
    `)
  })
})
