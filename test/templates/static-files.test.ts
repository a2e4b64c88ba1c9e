import { describe, expect, it } from 'vitest'
import { named, parseApacheConfig } from '../helpers/apache-config.js'
import { changes, vhostOf } from './render.js'

describe('Configuration Guidelines, Hosting Of Static Files', () => {
  it('single files, of which nothing else of their folder is opened', async () => {
    expect(await changes('static: {/robots.txt: /usr/local/wsgi/static/robots.txt, /favicon.ico: img/favicon.ico}'))
      .toMatchInlineSnapshot(`
      "Alias /favicon.ico /srv/code/img/favicon.ico
      Alias /robots.txt /usr/local/wsgi/static/robots.txt

      <Directory /srv/code/img>
          <Files favicon.ico>
              Require all granted
          </Files>
      </Directory>
      <Directory /usr/local/wsgi/static>
          <Files robots.txt>
              Require all granted
          </Files>
      </Directory>"
    `)
  })

  it('a folder, with a slash at the end of both', async () => {
    expect(await changes('static: {/media/: /usr/local/wsgi/static/media}')).toMatchInlineSnapshot(`
      "Alias /media/ /usr/local/wsgi/static/media/

      <Directory /usr/local/wsgi/static/media>
          Options None
          AllowOverride None
          Require all granted
      </Directory>
      <DirectoryMatch /\\.(?!well-known(/|$))>
          Require all denied
      </DirectoryMatch>"
    `)
  })

  it('files by a pattern: anchored, nothing but what is meant, and nothing hidden', async () => {
    expect(await changes("static-patterns: [{match: '^/([^/]+\\.css)$', file: styles/$1}]")).toMatchInlineSnapshot(`
      "AliasMatch ^/([^/]+\\.css)$ /srv/code/styles/$1

      <Directory /srv/code/styles>
          <FilesMatch ^(?!\\.)[^/]+\\.css$>
              Require all granted
          </FilesMatch>
      </Directory>"
    `)
  })

  it.each([
    ['^/([a-z]+)/([^/]+)\\.js$', 'js/$1/$2.min.js', '/srv/code/js', '^(?!\\.)[^/]+\\.min\\.js$'],
    ['^/logo-([0-9]+)\\.png$', 'img/logo_$1.png', '/srv/code/img', '^(?!\\.)logo_[0-9]+\\.png$'],
    ['^/help$', 'pages/help.html', '/srv/code/pages', '^(?!\\.)help\\.html$'],
    ['^/d/([^/]+)$', '/srv/docs/$1/index.html', '/srv/docs', '^(?!\\.)index\\.html$'],
    ['^/f/(a/[a-z]+)$', '/srv/files/f/$1', '/srv/files/f', '^(?!\\.)[a-z]+$'],
  ])('%s leading to %s opens in %s only %s', async (match, file, folder, files) => {
    const text = await vhostOf(`static-patterns: ${JSON.stringify([{ match, file }])}`)
    const tree = parseApacheConfig(text)
    expect(named(tree, 'AliasMatch').map(({ args }) => args)).toEqual([
      [match, file.startsWith('/') ? file : `/srv/code/${file}`],
    ])
    expect(named(tree, 'Directory').find(({ args }) => args[0] === folder)?.inside).toEqual([
      { name: 'FilesMatch', args: [files], inside: [{ name: 'Require', args: ['all', 'granted'] }] },
    ])
  })

  it('the most specific URL first, whatever the order in the flags file', async () => {
    const aliases = async (lines: string) =>
      (await vhostOf(lines)).split('\n').flatMap((line) => /^ +(Alias .*)$/.exec(line)?.[1] ?? [])
    const wanted = ['Alias /a/deeper/ /srv/code/x/', 'Alias /a/ /srv/code/y/', 'Alias /b/ /srv/code/z/']
    expect(await aliases('static: {/a/: y, /b/: z, /a/deeper/: x}')).toEqual(wanted)
    expect(await aliases('static: {/a/deeper/: x, /b/: z, /a/: y}')).toEqual(wanted)
  })

  it('stands before the applications, which it takes precedence over', async () => {
    const text = await vhostOf('static: {/media/: media}')
    expect(text.indexOf('Alias /media/')).toBeLessThan(text.indexOf('WSGIScriptAlias'))
  })

  it('of an application that is mounted below a URL is below that URL, too', async () => {
    expect(await changes('static: {/static/: blog/static}', '')).toContain('Alias /static/ /srv/code/blog/static/')
    const lines = "wsgi: null\napplications: [{mount: /blog, wsgi: 'blog:app', static: {/static/: blog/static}}]"
    expect(await vhostOf(lines)).toContain('    Alias /blog/static/ /srv/code/blog/static/\n')
  })

  it('may be kept by browsers, and may have headers', async () => {
    const plain = 'static: {/media/: {path: media}, /favicon.ico: {path: favicon.ico}}'
    const lines = `static:
  /media/: {path: media, max-age: 86400, headers: {Cache-Control: 'public, immutable', X-Frame-Options: DENY}}
  /favicon.ico: {path: favicon.ico, max-age: 0}`
    expect(await changes(lines, plain)).toMatchInlineSnapshot(`
      "ExpiresActive On
      ExpiresDefault "access plus 0 seconds"

      ExpiresActive On
      ExpiresDefault "access plus 86400 seconds"
      Header set Cache-Control "public, immutable"
      Header set X-Frame-Options DENY"
    `)
  })

  it('never needs SetHandler, and hidden files are never served', async () => {
    const text = await vhostOf('static: {/media/: media}')
    expect(named(parseApacheConfig(text), 'SetHandler')).toEqual([])
    expect(named(parseApacheConfig(text), 'DirectoryMatch')).toEqual([
      {
        name: 'DirectoryMatch',
        args: ['/\\.(?!well-known(/|$))'],
        inside: [{ name: 'Require', args: ['all', 'denied'] }],
      },
    ])
  })
})
