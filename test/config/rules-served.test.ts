import { describe } from 'vitest'
import { accepts, refuses } from './judging.js'

const static_ = (path: string, more = ''): string => `wsgi: shop.web:app\nstatic: {/s/: ${path}}${more}`
const because = (path: string, why: string): string => `7:15: static./s/: ${path} cannot be used: ${why}`
const place = (path: string, why: string, more?: string): [string, string] => [static_(path, more), because(path, why)]

describe('what is served may be seen by everybody', () => {
  refuses([
    ...['/etc', '/etc/apache2', '/boot', '/var/backups', '/var/mail', '/lost+found'].map((path) => place(path, '')),
    ...['/root/x', '/proc/self', '/sys/x', '/dev/shm', '/run/x', '/tmp/x', '/var/tmp/x', '/var/log/x'].map((path) =>
      place(path, `${path.slice(0, path.lastIndexOf('/'))} is no place for it`),
    ),
    ...['/home', '/srv', '/opt', '/var', '/var/www', '/var/lib', '/mnt', '/media', '/usr', '/usr/share', '/lib'].map(
      (path) => place(path, 'other things live in it'),
    ),
    place('/home/me', 'it is the home of an account'),
    [
      'applications: [{mount: /a, script: /a.wsgi}]',
      '6:36: applications.0.script: /a.wsgi cannot be used: it is the whole host',
    ],
    place('/srv/notes', 'it holds everything of the site'),
    place('/srv/notes/data', 'it holds the data'),
    place('/srv/notes/data/pictures', 'it holds the data'),
    place('/srv/notes/venvs/1', 'it holds the virtual environments'),
    place('/srv/notes/wsgi', 'it holds the WSGI script'),
    place('/srv/notes/releases', 'it holds the releases'),
    place('/srv/app', 'anybody could download the whole code'),
    place('/data', 'anybody could download the virtual environment', '\nvenv: /data/env'),
    [
      ...place('/data', 'anybody could download the database /data/deep/a.db', '\nsqlite: [/data/deep/a.db]'),
      '8:10: sqlite.0: the folder /data/deep cannot be used: it holds files that anybody can download',
    ],
    place('/data', 'anybody could download the map /data/m', '\nrewrite-maps: {m: {file: /data/m}}'),
    place(
      '/data',
      'anybody could download the passwords in /data/users',
      '\nauthentication: {users-file: /data/users}\naccess: [{users: any}]',
    ),
    place(
      '/data',
      'anybody could download the source of /data/w/a.wsgi',
      '\napplications: [{mount: /a, script: /data/w/a.wsgi}]',
    ),
    place('/data', 'anybody could download the source of /data/w', '\napplications: [{mount: /a/, scripts: /data/w}]'),
    place(
      '/data',
      'anybody could download the source of the scripts in /data/w',
      '\ndirectories: [{url: /w/, folder: /data/w, handler: wsgi-script}]',
    ),
    [static_('shop'), because('/srv/app/shop', 'anybody could download the code of the application')],
    ['wsgi: a:b\nstatic: {/x: /etc/passwd}', '7:14: static./x: /etc/passwd cannot be used: /etc is no place for it'],
    [
      'wsgi: a:b\nstatic: {/x: /srv/notes/data/a}',
      '7:14: static./x: /srv/notes/data/a cannot be used: it holds the data',
    ],
    [
      'applications: [{mount: /a, script: a.wsgi}]\nstatic: {/x: a.wsgi}',
      '7:14: static./x: /srv/app/a.wsgi cannot be used: anybody could download code and databases',
    ],
  ])
  accepts(
    [
      ...['/usr/share/javascript', '/usr/local/wsgi/static/media', '/home/me/notes/static', '/var/www/html', '/data'],
      ...['shop/static', 'shop/web/static', 'static', '/srv/notes/current/static', '/var/lib/pictures'],
    ].map((path) => static_(path)),
  )
})

describe('a pattern of files opens what it matches', () => {
  const pattern = (match: string, file: string): string =>
    `wsgi: a:b\nstatic-patterns: [{match: "${match}", file: ${file}}]`
  refuses([
    [
      pattern('^/f/([^/]+)$', '/srv/app/$1'),
      '7:49: static-patterns.0.file: /srv/app cannot be used: anybody could download the whole code',
    ],
    [
      pattern('^/([^/]+\\\\.css)$', '/etc/x/$1'),
      '7:53: static-patterns.0.file: /etc/x cannot be used: /etc is no place',
    ],
    [
      pattern('^/([^/]+\\\\.css)$', '/srv/notes/data/$1'),
      '7:53: static-patterns.0.file: /srv/notes/data cannot be used',
    ],
  ])
  accepts([pattern('^/([^/]+\\\\.css)$', '/srv/app/$1'), pattern('^/f/([^/]+)$', 'files/$1')])
})

describe('scripts lie where only others can write', () => {
  const inData = 'the application can write in /srv/notes/data, and so exchange what runs'
  refuses([
    [
      'applications: [{mount: /a, script: /srv/notes/data/a.wsgi}]',
      `6:36: applications.0.script: /srv/notes/data/a.wsgi cannot be used: ${inData}`,
    ],
    [
      'applications: [{mount: /a, script: /srv/notes/data/a.wsgi, wrapper: a:b}]',
      `6:36: applications.0.script: /srv/notes/data/a.wsgi cannot be used: ${inData}`,
    ],
    [
      'applications: [{match: "^/a/([^/]+)", script: /srv/notes/data/$1.wsgi}]',
      `6:47: applications.0.script: /srv/notes/data/$1.wsgi cannot be used: ${inData}`,
    ],
    [
      'applications: [{mount: /a, script: /tmp/a.wsgi}]',
      '6:36: applications.0.script: /tmp/a.wsgi cannot be used: /tmp',
    ],
    [
      'applications: [{mount: /a/, scripts: /home/me}]',
      '6:38: applications.0.scripts: /home/me cannot be used: it is the home',
    ],
    [
      'applications: [{mount: /a/, scripts: /srv/app}]',
      '6:38: applications.0.scripts: /srv/app cannot be used: every module of the code would be a script',
    ],
    [
      'directories: [{url: /w/, folder: /srv/notes/data/w, handler: wsgi-script}]',
      '6:34: directories.0.folder: /srv/notes/data/w cannot be used: it holds the data',
    ],
    [
      'directories: [{url: /w/, folder: /var/lib/notes, handler: wsgi-script}]\nsqlite: [/var/lib/notes/db/a.db]',
      '6:34: directories.0.folder: /var/lib/notes cannot be used: anybody could download the database',
      '7:10: sqlite.0: the folder /var/lib/notes/db cannot be used: it holds files that anybody can download',
    ],
    [
      'directories: [{url: /w/, folder: /srv/app, indexes: true}]',
      '6:34: directories.0.folder: /srv/app cannot be used: anybody could download the whole code',
    ],
  ])
  accepts([
    'applications: [{mount: /a, script: /usr/local/wsgi/scripts/myapp.wsgi}, {mount: /b, script: /home/me/b.wsgi}]',
    'applications: [{mount: /a/, scripts: /usr/local/wsgi/scripts}]',
  ])
})

describe('passwords', () => {
  refuses([
    [
      'wsgi: a:b\nauthentication: {users-file: /srv/app/users}\naccess: [{users: any}]',
      '7:30: authentication.users-file: /srv/app/users cannot be used: passwords do not belong into the code',
    ],
  ])
})
