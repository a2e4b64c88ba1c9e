import { describe } from 'vitest'
import { accepts, refuses } from './judging.js'

const tree = {
  'notes.py': 'app = 1\n',
  'static/a.css': '',
  'open/a.css': '',
  'open/app.py': '',
  'open/.npmrc': '',
  'open/deep/data.sqlite3': '',
  'open/.git/HEAD': '',
  'open/.well-known/x': '',
  'robots.txt': '',
  'w/a.wsgi': 'application = 1\n',
  'w/helper.py': '',
  'mixed/index.html': '',
  'mixed/hello.wsgi': '',
  'mixed/hello.cgi': '',
  'mixed/a.css': '',
  'mixed/a.js': '',
  'pages/hello.wsgi': 'application = 1\n',
  'pages/style.css': '',
  'pages/script': 'def application(environ, start_response): pass\n',
  'site/.htaccess': '# who\nDirectoryIndex index.wsgi\nAddHandler wsgi-script .wsgi\nRequire all granted\n',
  'site/deep/.htaccess': '  WSGIProcessGroup x\n  WSGICallableObject app\n',
}

describe('what the flags file names is sent', () => {
  refuses(
    [
      [
        'wsgi: a:b\nstatic: {/s: static}',
        '7:14: static./s: static is no file; a folder has a URL with a slash at both ends: /s/',
      ],
      [
        'wsgi: a:b\nstatic: {/s/: robots.txt}',
        '7:15: static./s/: robots.txt is no folder; a file has a URL without a slash at the end: /s',
      ],
      ['wsgi: a:b\nstatic: {/s: nothing.txt}', '7:14: static./s: nothing.txt is no file in /'],
      [
        'wsgi: a:b\nstatic-patterns: [{match: "^/([^/]+\\\\.css)$", file: styles/$1}]',
        '7:53: static-patterns.0.file: styles is no',
      ],
      ['wsgi: a:b\nstatic-patterns: [{match: "^/x$", file: x.txt}]', '7:41: static-patterns.0.file: x.txt is no file'],
      ['applications: [{mount: /a, script: b.wsgi}]', '6:36: applications.0.script: b.wsgi is no file in /'],
      ['applications: [{match: "^/a/([^/]+)", script: v/$1.wsgi}]', '6:47: applications.0.script: v is no folder in /'],
      ['applications: [{mount: /a/, scripts: v}]', '6:38: applications.0.scripts: v is no folder in /'],
      [
        'applications: [{mount: /a, script: w/a.wsgi, static: {/s/: s}}]',
        '6:60: applications.0.static./s/: s is no folder in /',
      ],
      ['directories: [{url: /w/, folder: v, handler: wsgi-script}]', '6:34: directories.0.folder: v is no folder in /'],
      [
        'directories: [{url: /, folder: w, handlers: {.wsgi: wsgi-script}, fallback: {script: b.wsgi}}]',
        '6:86: directories.0.fallback.script: w/b.wsgi is no file in /',
      ],
      ['wsgi: a:b\naccess: [{folder: v, deny: true}]', '7:19: access.0.folder: v is no folder in /'],
    ],
    tree,
  )
  accepts(
    [
      'applications: [{mount: /a, script: w/a.wsgi, static: {/s/: static, /robots.txt: robots.txt}}]',
      'applications: [{match: "^/a/([^/]+)", script: w/$1.wsgi}, {mount: /b/, scripts: w}]',
      'wsgi: a:b\nstatic: {/s/: /srv/shared}\naccess: [{folder: static, deny: true}]',
      'wsgi: a:b\nstatic-patterns: [{match: "^/([^/]+\\\\.css)$", file: static/$1}]',
    ],
    tree,
  )
})

describe('nothing private is served', () => {
  refuses(
    [
      [
        'wsgi: a:b\nstatic: {/s/: open}',
        '7:15: static./s/: anybody could download open/.npmrc, open/app.py, open/deep/data.sqlite3: move them, or list them in .deployignore',
      ],
      [
        'wsgi: a:b\nstatic: {/x: notes.py}',
        '7:14: static./x: /srv/notes/current/notes.py cannot be used: anybody could download code and databases',
      ],
      [
        'applications: [{mount: /a, script: w/a.wsgi, static: {/s/: open}}]',
        '6:60: applications.0.static./s/: anybody could download open/.npmrc',
      ],
      [
        'wsgi: a:b\nstatic-patterns: [{match: "^/f/([^/]+)$", file: open/$1}]',
        '7:49: static-patterns.0.file: anybody could download open/.npmrc, open/app.py: move them',
      ],
    ],
    tree,
  )
  accepts(['wsgi: a:b\nstatic-patterns: [{match: "^/f/([^/]+\\\\.css)$", file: open/$1}]'], tree)
})

describe('the folders in which Apache finds scripts', () => {
  refuses(
    [
      [
        'directories: [{url: /w/, folder: pages, handler: wsgi-script}]',
        '6:50: directories.0.handler: would run pages/style.css as WSGI scripts: write handlers: {".wsgi": wsgi-script}',
      ],
      [
        'directories: [{url: /w/, folder: mixed, handlers: {.wsgi: wsgi-script, .cgi: cgi-script}, multiviews: true}]',
        '6:103: directories.0.multiviews: cannot choose between mixed/hello.cgi, mixed/hello.wsgi: give them different names',
      ],
      [
        'directories: [{url: /w/, folder: w, handlers: {.wsgi: wsgi-script}, directory-index: [index.html, index.wsgi]}]',
        '6:69: directories.0.directory-index: none of index.html, index.wsgi is in w',
      ],
      [
        'directories: [{url: /w/, folder: site, htaccess: [FileInfo]}]',
        '6:40: directories.0.htaccess: site/.htaccess holds DirectoryIndex, which is answered with 500 for every URL there: htaccess: [FileInfo, Indexes]',
        '6:40: directories.0.htaccess: site/.htaccess holds Require, which is answered with 500 for every URL there: htaccess: [FileInfo, AuthConfig]',
        '6:40: directories.0.htaccess: site/deep/.htaccess holds WSGIProcessGroup, which cannot stand there',
      ],
    ],
    tree,
  )
  accepts(
    [
      'directories: [{url: /w/, folder: w, handler: wsgi-script}]',
      'directories: [{url: /w/, folder: mixed, handlers: {.wsgi: wsgi-script}, directory-index: [x.html, index.html]}]',
      'directories: [{url: /w/, folder: pages, handlers: {.wsgi: wsgi-script}, multiviews: true}]',
      'directories: [{url: /w/, folder: site, indexes: true}]',
    ],
    tree,
  )
})
