import { describe, expect, it } from 'vitest'
import { chosenSite } from '../../src/adoption/choose.js'
import { suitableHost } from '../../src/adoption/suitable.js'
import { handMadeSites } from '../../src/adoption/virtual-hosts.js'
import { DeployError } from '../../src/errors.js'
import { siteFile, siteOf } from './adopt.js'

const host = (name: string, port = 80, inside = ''): string =>
  `<VirtualHost *:${port}>\nServerName ${name}\n${inside}\nWSGIScriptAlias / /srv/${name}/x.wsgi\n</VirtualHost>\n`

const failure = (work: () => unknown): DeployError => {
  try {
    work()
  } catch (error) {
    if (error instanceof DeployError) return error
  }
  throw new Error('it was not refused')
}

describe('which site is meant', () => {
  const files = [
    siteFile('shop', host('shop.test')),
    siteFile('wiki', host('Wiki.test')),
    siteFile('php', '<VirtualHost *:80>\nServerName php.test\n</VirtualHost>\n'),
    siteFile('example', '# WSGIScriptAlias / /srv/x.wsgi\n'),
    siteFile('notes', `# Managed by deploy-flask for the site notes: x\n${host('notes.test')}`),
    siteFile('broken', '<VirtualHost *:80>\nWSGIScriptAlias / /srv/x.wsgi\n'),
  ]
  const found = handMadeSites(files)

  it('only those of mod_wsgi that are not ours', () => {
    expect(found.sites.map(({ name }) => name)).toEqual(['shop', 'wiki'])
    expect(found.ours).toEqual(['notes'])
    expect(found.unread).toEqual([
      { path: '/etc/apache2/sites-available/broken.conf:1', why: '<VirtualHost> does not end' },
    ])
  })

  it.each(['shop', 'shop.conf', 'shop.test'])('is named by its file or by its name: %s', (wanted) => {
    expect(chosenSite('web1', found, wanted).name).toBe('shop')
  })

  it('is told of several, and asked which', () => {
    for (const wanted of [undefined, 'php', 'no\u001b[2Jne']) {
      const { code, fault } = failure(() => chosenSite('web1', found, wanted))
      expect([code, fault.evidence]).toEqual([
        'ADOPT_AMBIGUOUS',
        'shop: shop.test (/etc/apache2/sites-available/shop.conf)\nwiki: Wiki.test (/etc/apache2/sites-available/wiki.conf)',
      ])
      expect(fault.what).not.toContain('\u001b')
    }
  })

  it('is told where it is ours already', () => {
    expect(failure(() => chosenSite('web1', found, 'notes')).fault.what).toBe('notes is a site of deploy-flask already')
  })

  it('is none where there is none', () => {
    const { code, fault } = failure(() => chosenSite('web1', handMadeSites(files.slice(2)), undefined))
    expect([code, fault.evidence]).toEqual([
      'ADOPT_NOTHING',
      'of deploy-flask already: notes\n/etc/apache2/sites-available/broken.conf:1 cannot be read: <VirtualHost> does not end',
    ])
  })
})

describe('a file that is more than one site', () => {
  it.each<[string, string, string, string]>([
    ['two virtual hosts', 'shop', host('shop.test') + host('shop.test', 443), '2 virtual hosts'],
    ['HTTPS', 'shop', host('shop.test', 443, 'SSLEngine on'), 'HTTPS'],
    ['macros', 'shop', `<Macro Site $name>\n${host('$name')}</Macro>\nUse Site shop.test\n`, 'macros'],
    ['no virtual host', 'shop', 'WSGIScriptAlias / /srv/x.wsgi\n', 'outside of a virtual host'],
    [
      'a virtual host in a condition',
      'shop',
      `<IfModule wsgi_module>\n${host('shop.test')}</IfModule>\n`,
      'outside of a virtual host',
    ],
    [
      'scripts by handler alone',
      'shop',
      '<VirtualHost *:80>\nAddHandler wsgi-script .wsgi\n</VirtualHost>\n',
      'no WSGIScriptAlias',
    ],
    [
      'a script by a relative path',
      'shop',
      '<VirtualHost *:80>\nWSGIScriptAlias / x.wsgi\n</VirtualHost>\n',
      'no WSGIScriptAlias',
    ],
    ['several ports', 'shop', host('shop.test').replace('*:80', '*:80 *:8080'), 'several ports'],
    ['the site of Apache itself', '000-default', host('shop.test'), 'is that of Apache itself'],
    ['a name with dots', 'shop.test', host('shop.test'), 'cannot be that of a site'],
  ])('is refused with what to do: %s', (_, name, text, what) => {
    const { code, fault } = failure(() => suitableHost(siteOf(name, text)))
    expect([code, fault.what]).toEqual(['ADOPT_UNSUITABLE', expect.stringContaining(what)])
    expect(fault.remedy.length).toBeGreaterThan(20)
  })

  it('is told how to rename it', () => {
    expect(failure(() => suitableHost(siteOf('Shop.example.com', host('shop.test')))).fault.remedy).toBe(
      'rename it on the host: mv /etc/apache2/sites-available/Shop.example.com.conf /etc/apache2/sites-available/shop-example-com.conf && rm /etc/apache2/sites-enabled/Shop.example.com.conf && a2ensite shop-example-com && systemctl reload apache2',
    )
  })

  it('that is no link is refused', () => {
    const site = siteOf('shop', host('shop.test'))
    expect(failure(() => suitableHost({ ...site, path: site.enabled })).fault.what).toContain('not enabled as a2ensite')
  })
})
