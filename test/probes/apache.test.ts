import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { describe, expect, it, onTestFinished } from 'vitest'
import { z } from 'zod'
import { embeddedUses, listens, otherSites, takenOver } from '../../src/probes/apache.js'
import { fact } from '../../src/probes/facts.js'
import { factsScript } from '../../src/probes/facts-script.js'
import { folderWith, type Tree } from '../config/folders.js'
import { askHere, pythonHere } from './local.js'

const directives = z.array(z.object({ file: z.string(), directive: z.string(), value: z.string() }))

/** As `otherSites` asks, of another folder. */
const found = (tree: Tree, own = 'notes.conf'): readonly string[] => {
  const folder = folderWith(tree)
  return askHere(fact('vhosts', [[folder], own], directives)).map(
    ({ file, directive, value }) => `${file.replace(`${folder}/`, '')}: ${directive} ${value}`,
  )
}

describe('the names of other sites', () => {
  it('are read from every .conf file but our own, in any spelling', () => {
    expect(
      found({
        'notes.conf': 'ServerName notes.test',
        'notes.conf.bak': 'ServerName old.test',
        'a.conf': '<VirtualHost *:80>\n\tservername A.test\n  SERVERALIAS b.test  c.test\n</VirtualHost>\n',
        'z.conf': 'WSGIDaemonProcess shop user=www-data threads=5\n',
      }),
    ).toEqual([
      'a.conf: servername A.test',
      'a.conf: serveralias b.test',
      'a.conf: serveralias c.test',
      'z.conf: wsgidaemonprocess shop',
    ])
  })

  it('are found over several lines', () => {
    expect(
      found({ 'a.conf': 'ServerAlias one.test \\\n   two.test \\\n   three.test\nServerName \\\n  x.test\n' }),
    ).toEqual([
      'a.conf: serveralias one.test',
      'a.conf: serveralias two.test',
      'a.conf: serveralias three.test',
      'a.conf: servername x.test',
    ])
  })

  it('are found between quotes', () => {
    expect(
      found({ 'a.conf': `ServerName "a.test"\nServerAlias 'b.test' "c.test"\nWSGIDaemonProcess "shop" x=1\n` }),
    ).toEqual([
      'a.conf: servername a.test',
      'a.conf: serveralias b.test',
      'a.conf: serveralias c.test',
      'a.conf: wsgidaemonprocess shop',
    ])
  })

  it('are not read from comments, empty directives and words that only begin alike', () => {
    expect(found({ 'a.conf': '#ServerName a.test\n# ServerName b.test\nServerName\nServerNames x\n' })).toEqual([])
  })

  it('are read from files in any encoding', () => {
    expect(found({ 'a.conf': '# h\u00f6flich \u{1f600}\nServerName a.test\n' })).toEqual(['a.conf: servername a.test'])
  })

  it('are not read from dangling links and folders', () => {
    expect(found({ 'a.conf': { link: '/nowhere' }, 'b.conf/c.conf': 'ServerName c.test' })).toEqual([])
    expect(found({}, 'notes.conf')).toEqual([])
  })

  it('are none where Apache is not installed', () => {
    const probe = otherSites('notes.conf')
    expect('item' in probe.ask && JSON.parse(probe.ask.item)).toEqual([
      'vhosts',
      [
        ['sites-available', 'sites-enabled', 'conf-available', 'conf-enabled'].map((it) => `/etc/apache2/${it}`),
        'notes.conf',
      ],
    ])
    expect(probe.parse({ stdout: '[]', stderr: '', exitCode: 0 })).toEqual([])
    expect(found({ [join('empty', 'x')]: '' })).toEqual([])
  })
})

it('process groups are known from other configuration, too, but not the name of the server', () => {
  const folder = folderWith({
    'conf-available/server.conf': 'ServerName notes.test\nWSGIDaemonProcess pool threads=5\n',
    'conf-enabled/server.conf': { link: '../conf-available/server.conf' },
    'sites-available/old.conf': 'ServerName old.test\n',
  })
  const folders = ['sites-available', 'sites-enabled', 'conf-available', 'conf-enabled'].map((it) => join(folder, it))
  expect(askHere(fact('vhosts', [folders, 'notes.conf'], directives))).toMatchObject([
    { directive: 'servername', value: 'old.test' },
    { directive: 'wsgidaemonprocess', value: 'pool' },
  ])
})

describe('where Apache listens', () => {
  const listen = z.array(z.object({ file: z.string(), address: z.string().nullable(), port: z.number() }))
  /** As `listens` asks, of another folder. */
  const found = (tree: Tree): readonly string[] => {
    const folder = folderWith(tree)
    return askHere(fact('listens', [folder], listen)).map(
      ({ file, address, port }) => `${file.replace(`${folder}/`, '')}: ${address ?? 'all'} ${port}`,
    )
  }

  it('is read from every file that it reads', () => {
    expect(
      found({
        'apache2.conf': 'Listen 81\n',
        'ports.conf': 'Listen 80\n',
        'mods-enabled/a.conf': 'Listen 82\n',
        'conf-available/b.conf': 'Listen 83\n',
        'conf-enabled/b.conf': { link: '../conf-available/b.conf' },
        'sites-available/c.conf': 'Listen 84\n',
        'sites-enabled/d.conf': 'Listen 85\n',
        'sites-enabled/e.conf.bak': 'Listen 86\n',
        'sites-enabled/gone.conf': { link: '/nowhere' },
      }),
    ).toEqual([
      ...['apache2.conf: all 81', 'ports.conf: all 80', 'mods-enabled/a.conf: all 82'],
      ...['conf-enabled/b.conf: all 83', 'sites-enabled/d.conf: all 85'],
    ])
  })

  it('is read in any spelling, with or without address, protocol and quotes', () => {
    const text = [
      ...['listen 80', '  LISTEN 192.0.2.7:8080 http', 'Listen *:81', 'Listen [::]:82', 'Listen 0.0.0.0:83'],
      ...['Listen [2001:DB8::7]:84', 'Listen "85"', 'Listen \\', '  86', '\tListen\t87', 'Listen 192.0.2.8:88'],
    ]
    expect(found({ 'ports.conf': text.join('\n') }).map((line) => line.replace('ports.conf: ', ''))).toEqual([
      ...['all 80', '192.0.2.7 8080', 'all 81', 'all 82', '0.0.0.0 83', '[2001:db8::7] 84'],
      ...['all 85', 'all 86', 'all 87', '192.0.2.8 88'],
    ])
  })

  it('is not read from comments, nonsense and words that only begin alike', () => {
    expect(found({ 'ports.conf': '#Listen 80\n# Listen 81\nListen\nListen http\nListenBackLog 511\n' })).toEqual([])
  })

  it('depends on the modules that are loaded, as the ports.conf of Debian has it', () => {
    const text =
      'Listen 80\n<IfModule ssl_module>\n\tListen 443\n</IfModule>\n' +
      '<IfModule mod_gnutls.c>\n\tListen 444\n</IfModule>\n'
    expect(found({ 'ports.conf': text })).toEqual(['ports.conf: all 80'])
    expect(found({ 'ports.conf': text, 'mods-enabled/ssl.load': 'LoadModule' })).toEqual([
      ...['ports.conf: all 80', 'ports.conf: all 443'],
    ])
    expect(found({ 'ports.conf': text, 'mods-enabled/gnutls.load': 'LoadModule' })).toEqual([
      ...['ports.conf: all 80', 'ports.conf: all 444'],
    ])
  })

  it('depends on modules that are not loaded, that are inside of others, and that are built in', () => {
    const inside = (module: string, port: number, more = '') =>
      `<IfModule ${module}>\nListen ${port}\n${more}</IfModule>\n`
    expect(
      found({
        'ports.conf':
          inside('!mod_ssl.c', 80) +
          inside('!ssl_module', 81, inside('mod_alias.c', 82)) +
          inside('mod_nothing.c', 83, inside('mod_alias.c', 84)) +
          inside('mod_version.c', 85) +
          inside('core.c', 86) +
          inside('!mod_so.c', 87) +
          'Listen 88\n',
        'mods-enabled/alias.load': 'LoadModule',
      }).map((line) => Number(line.split(' ')[2])),
    ).toEqual([80, 81, 82, 85, 86, 88])
  })

  it('is nowhere without Apache', () => {
    expect(found({})).toEqual([])
    const { ask } = listens()
    expect('item' in ask && ask.item).toBe('["listens",["/etc/apache2"]]')
  })
})

describe('embedded mode of other sites', () => {
  const uses = z.array(z.object({ file: z.string(), does: z.string() }))
  /** As `embeddedUses` asks, of another folder. */
  const found = (tree: Tree, own = 'notes.conf'): readonly string[] => {
    const folder = folderWith(tree)
    return askHere(fact('embedded', [folder, own], uses)).map(
      ({ file, does }) => `${file.replace(`${folder}/`, '')} ${does}`,
    )
  }
  const site = (text: string): readonly string[] => found({ 'sites-enabled/old.conf': text })
  const mayNeed = ['sites-enabled/old.conf may need']
  const ours = '# Managed by deploy-flask for the site shop: changes made here are replaced.\n'

  it.each([
    'WSGIScriptAlias / /srv/old.wsgi',
    '  wsgiscriptaliasmatch ^/([^/]+) /srv/$1.wsgi',
    'SetHandler wsgi-script',
    'AddHandler "wsgi-script" .wsgi',
    'WSGIImportScript /srv/x.wsgi process-group=a application-group=b',
    'WSGIScriptAlias \\\n  / /srv/old.wsgi',
    // who can say which of several groups it is in
    'WSGIScriptAlias / /srv/old.wsgi\nWSGIProcessGroup pool',
  ])('may be needed by %s', (text) => expect(site(`<VirtualHost *:80>\n${text}\n</VirtualHost>`)).toEqual(mayNeed))

  it.each(['# WSGIScriptAlias / /srv/old.wsgi', 'SetHandler cgi-script', 'WSGIDaemonProcess old', ''])(
    'is not needed by %j',
    (text) => expect(site(text)).toEqual([]),
  )

  it('is forbidden by a site that says so', () => {
    expect(site('WSGIRestrictEmbedded On')).toEqual(['sites-enabled/old.conf forbids'])
    expect(site('  wsgirestrictembedded on')).toEqual(['sites-enabled/old.conf forbids'])
    expect(site('WSGIRestrictEmbedded Off\n#WSGIRestrictEmbedded On')).toEqual([])
  })

  it('of a site of ours is needed only where one of its applications says so', () => {
    const alias = `${ours}WSGIScriptAlias / /srv/shop.wsgi\n`
    expect(site(`${alias}WSGIProcessGroup shop\n`)).toEqual([])
    expect(site(`${alias}WSGIProcessGroup %{GLOBAL}\n`)).toEqual(mayNeed)
    expect(site(`${ours}WSGIRestrictEmbedded On\nWSGIScriptAlias / /srv/shop.wsgi\n`)).toEqual([
      'sites-enabled/old.conf forbids',
    ])
  })

  it('is found in every file that Apache reads, and in what existing sites include of ours', () => {
    const text = `${ours}WSGIScriptAlias /wiki /srv/wiki.wsgi\nWSGIProcessGroup %{GLOBAL}\n`
    expect(
      found({
        'mods-enabled/wsgi.conf': 'WSGIRestrictEmbedded On\n',
        'conf-enabled/old.conf': 'WSGIScriptAlias / /srv/old.wsgi\n',
        'sites-available/disabled.conf': 'WSGIScriptAlias / /srv/old.wsgi\n',
        'deploy-flask/wiki.conf': text,
      }),
    ).toEqual(['mods-enabled/wsgi.conf forbids', 'conf-enabled/old.conf may need', 'deploy-flask/wiki.conf may need'])
  })

  it('of the site itself does not count, wherever its files lie', () => {
    const text = 'WSGIRestrictEmbedded On\nWSGIScriptAlias / /srv/x.wsgi\nWSGIProcessGroup %{GLOBAL}\n'
    expect(found({ 'sites-enabled/notes.conf': text, 'deploy-flask/notes.conf': text })).toEqual([])
    const { ask } = embeddedUses('notes.conf')
    expect('item' in ask && ask.item).toBe('["embedded",["/etc/apache2","notes.conf"]]')
  })
})

describe('sites that a site bound to an address would take the visitors of', () => {
  const named = z.array(z.object({ file: z.string(), name: z.string() }))
  const found = (text: string, addresses: readonly string[] = ['127.0.0.1'], port = 80): readonly string[] => {
    const folder = folderWith({ 'sites-enabled/old.conf': text })
    return askHere(fact('taken_over', [folder, 'notes.conf', addresses, port], named)).map(({ name }) => name)
  }
  const host = (where: string, ...lines: readonly string[]) =>
    `<VirtualHost ${where}>\n${lines.join('\n')}\n</VirtualHost>\n`

  it('are those on all addresses of the port whose names lead there', () => {
    expect(found(host('*:80', 'ServerName localhost'))).toEqual(['localhost'])
    expect(found(host('_default_:80', 'ServerAlias LOCALHOST:80'))).toEqual(['localhost'])
  })

  it('are none on other addresses and ports, with other names, or of the site itself', () => {
    expect(found(host('127.0.0.1:80', 'ServerName localhost'))).toEqual([])
    expect(found(host('*:8080', 'ServerName localhost'))).toEqual([])
    expect(found(host('*:80', 'ServerName nobody-has-this-name.invalid'))).toEqual([])
    expect(found(host('*:80', 'ServerName localhost'), ['192.0.2.7'])).toEqual([])
  })

  it('are not looked for where a site is on all addresses', () => {
    expect(found(host('*:80', 'ServerName localhost'), [])).toEqual([])
    const { ask } = takenOver('notes.conf', [], 80)
    expect('item' in ask && ask.item).toBe('["taken_over",["/etc/apache2","notes.conf",[],80]]')
  })
})

it('the older of two processes is known, whichever is looked at first', async () => {
  const sleeping = async (): Promise<number> => {
    const child = spawn('sleep', ['60'])
    onTestFinished(() => void child.kill('SIGKILL'))
    await once(child, 'spawn')
    return child.pid ?? 0
  }
  const older = await sleeping()
  await setTimeout(1000)
  const younger = await sleeping()
  /** Of the facts script, the one function that is asked. */
  const definitions = factsScript.slice(0, factsScript.indexOf('ASKED = '))
  expect(pythonHere(`${definitions}\nprint(started(${younger}) > started(${older}))`)).toBe('True')
})

describe('the directives of a module', () => {
  const uses = z.array(z.object({ file: z.string(), module: z.string() }))
  const patterns = [
    ['wsgi', String.raw`WSGI|SetHandler\s+wsgi-script`],
    ['headers', String.raw`Header\s`],
  ]

  it('are found in what Apache reads of others, not in comments, not in the file of the module itself', () => {
    const folder = folderWith({
      'apache2.conf': '# Header set X y\nHeaderName README\n',
      'mods-enabled/wsgi.conf': 'WSGILazyInitialization On\n',
      'conf-enabled/theirs.conf': '<IfModule mod_headers.c>\n  header set X y\n</IfModule>\n',
      'sites-enabled/notes.conf': 'WSGIScriptAlias / /srv/notes.wsgi\n',
      'sites-enabled/shop.conf': '<Location /x>\n\tSetHandler \\\n wsgi-script\n</Location>\n',
      'sites-available/old.conf': 'WSGIScriptAlias / /srv/old.wsgi\n',
    })
    const found = askHere(fact('directives', [folder, ['notes.conf'], patterns], uses))
    expect(found.map(({ file, module }) => [file.replace(`${folder}/`, ''), module])).toEqual([
      ['conf-enabled/theirs.conf', 'headers'],
      ['sites-enabled/shop.conf', 'wsgi'],
    ])
  })
})

it('what stands in an IfModule counts when that module is about to be enabled', () => {
  const folder = folderWith({ 'ports.conf': 'Listen 80\n<IfModule ssl_module>\n  Listen 443\n</IfModule>\n' })
  const ports = (...more: readonly unknown[]): readonly number[] =>
    askHere(fact('listens', [folder, ...more], z.array(z.object({ port: z.number() })))).map(({ port }) => port)
  expect(ports()).toEqual([80])
  expect(ports(['ssl'])).toEqual([80, 443])
})

it('virtual hosts of a port are told in the order in which Apache reads them, with their names', () => {
  const host = (opening: string, body = '') => `<VirtualHost ${opening}>\n${body}\n</VirtualHost>\n`
  const folder = folderWith({
    'sites-enabled/b.conf': host('*:443', '  servername b.test'),
    'sites-enabled/a.conf': `${host('*:80', 'ServerName a.test')}<IfModule mod_ssl.c>\n${host('_default_:443')}</IfModule>\n`,
    'sites-enabled/c.conf': host('192.0.2.7:443', 'ServerName c.test'),
  })
  const form = z.array(z.object({ file: z.string(), name: z.string().nullable() }))
  expect(askHere(fact('hosts_on_port', [folder, 443], form))).toEqual([
    { file: `${folder}/sites-enabled/a.conf`, name: null },
    { file: `${folder}/sites-enabled/b.conf`, name: 'b.test' },
  ])
})
