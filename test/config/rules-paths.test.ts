import { describe } from 'vitest'
import { accepts, refuses } from './judging.js'

describe('the virtual environment has a folder of its own', () => {
  refuses([
    ['wsgi: a:b\nvenv: /usr/local/venv', '7:7: venv: /usr/local/venv cannot be used: /usr is no place for it'],
    ['wsgi: a:b\nvenv: /srv/notes', '7:7: venv: /srv/notes cannot be used: root is /srv/notes'],
    ['wsgi: a:b\nvenv: /srv/app', '7:7: venv: /srv/app cannot be used: it holds the code'],
    ['wsgi: a:b\nvenv: /srv/notes/data/env', '7:7: venv: /srv/notes/data/env cannot be used: /srv/notes/data is made'],
  ])
  accepts(['wsgi: a:b\nvenv: /srv/app/venv', 'wsgi: a:b\nvenv: /srv/notes/env', 'wsgi: a:b\nvenv: /opt/venvs/notes'])
})

describe('Python imports from no place that the application can write', () => {
  const writable = 'cannot be used: the application can write in /srv/notes/data, and Python imports from there'
  refuses([
    ['wsgi: a:b\ndaemon: {home: /srv/notes/data}', `7:16: daemon.home: /srv/notes/data ${writable}`],
    [
      'wsgi: a:b\ndaemon: {python-home: /srv/notes/data/env}',
      `7:23: daemon.python-home: /srv/notes/data/env ${writable}`,
    ],
    [
      'wsgi: a:b\nprocess-groups: {x: {python-path: [/srv/lib, /srv/notes/data/lib]}}',
      `7:46: process-groups.x.python-path.1: /srv/notes/data/lib ${writable}`,
    ],
    [
      'wsgi: a:b\nsqlite: [/var/lib/notes/a.db]\ndaemon: {home: /var/lib/notes}',
      '8:16: daemon.home: /var/lib/notes cannot be used: the application can write in /var/lib/notes',
    ],
  ])
  accepts([
    'wsgi: a:b\ndaemon: {home: /srv/app, python-home: /usr, python-path: [/usr/local/lib/x], chroot: /srv/jail}',
  ])
})

describe('the folder of a SQLite file holds nothing that runs or is served', () => {
  refuses([
    [
      'applications: [{mount: /a, script: w/a.wsgi}]\nsqlite: [/srv/app/w/a.db]',
      '6:36: applications.0.script: /srv/app/w/a.wsgi cannot be used: the application can write in /srv/app/w',
      '7:10: sqlite.0: the folder /srv/app/w cannot be used: it holds scripts of the site',
    ],
    [
      'wsgi: a:b\nstatic: {/s/: /srv/shared/s}\nsqlite: [/srv/shared/s/x/a.db]',
      '7:15: static./s/: /srv/shared/s cannot be used: anybody could download the database /srv/shared/s/x/a.db',
      '8:10: sqlite.0: the folder /srv/shared/s/x cannot be used: it holds files that anybody can download',
    ],
  ])
})
