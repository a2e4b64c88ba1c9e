import type { HostState, Logged } from '../../src/probes/doctor.js'

/** Seconds since 1970, in the middle of what the corpus tells of. */
export const loaded = Date.UTC(2026, 10, 30, 9, 4, 46) / 1000

export const names = ['/srv/notes', "'notes'", 'notes.test', '/etc/deploy-flask/notes']

/** As the examination of a sound host comes out. */
export const soundHost: HostState = {
  asked: loaded + 60,
  loaded,
  apache: { installed: true, running: true, enabled: true },
  configtest: { status: 0, lines: ['Syntax OK'] },
  module: { enabled: true, file: '/m/mod_wsgi-py36.so', there: true, python: '3.6', loads: ['/w/wsgi.load'] },
  answer: { status: 200, good: true, seen: true, problem: '', url: 'http://notes.test/health' },
  mounts: [{ path: '/wiki/', status: 404 }],
  groups: [
    {
      name: 'notes',
      user: 'flask-notes',
      account: true,
      processes: 1,
      strangers: [],
      declared: 1,
      code: null,
      venv: { path: '/srv/notes/venvs/1a', denied: null, whole: true, python: '3.6', pip: '21.3.1' },
    },
  ],
  duplicates: [],
  port: { number: 80, owners: ['apache2'] },
  site: { vhost: null, enabled: null },
  code: { path: '/srv/notes/current', there: true },
  scripts: [{ path: '/srv/notes/wsgi/notes.wsgi', user: 'flask-notes', denied: null, closed: null, syntax: null }],
  settings: { user: 'flask-notes', denied: null, loosePaths: [], randomKey: null, secureCookie: false },
  sqlite: [
    { path: '/srv/notes/data/notes.db', user: 'flask-notes', denied: null, changed: loaded - 60, fileSystem: 'ext4' },
  ],
  disks: [{ path: '/', bytes: 5e9, inodes: 1e6, readOnly: false }],
  packages: { missing: [], holder: null, interrupted: null },
  logs: [],
  cutOff: false,
}

/** The same host, which answers with an error. */
export const failingHost: HostState = {
  ...soundHost,
  answer: { ...soundHost.answer, status: 500, good: false },
}

export const siteLog = '/var/log/apache2/notes-error.log'

/** A log with these lines, written at one time; undefined: what configtest says. */
export const logOf = (text: string, at: number | undefined, source = siteLog): Logged => ({
  source,
  shared: source === '/var/log/apache2/error.log',
  lines: text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => ({ text: line, ...(at === undefined ? {} : { at }) })),
})
