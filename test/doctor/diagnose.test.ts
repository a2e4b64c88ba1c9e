import { describe, expect, it } from 'vitest'
import { diagnoseAll } from '../../src/doctor/diagnose.js'
import { rules } from '../../src/doctor/rules.js'
import type { HostState } from '../../src/probes/doctor.js'
import { failingHost, loaded, logOf, names, soundHost } from './host.js'

const idsOf = (host: HostState): readonly string[] => diagnoseAll({ host, names }).map(({ rule }) => rule)

const [group] = soundHost.groups
if (group === undefined) throw new Error('the sound host has a process group')
const [script] = soundHost.scripts
const [database] = soundHost.sqlite
if (script === undefined || database === undefined) throw new Error('the sound host has a script and a database')

const readonly = 'sqlite3.OperationalError: attempt to write a readonly database'

/** By the rule, what of a sound host has to be otherwise. */
const states: Readonly<Record<string, Partial<HostState>>> = {
  'apache-missing': { apache: { installed: false, running: false, enabled: false } },
  'module-file-missing': { module: { ...soundHost.module, there: false } },
  'module-disabled': { module: { enabled: false, file: null, there: false, python: null, loads: [] } },
  'module-twice': { module: { ...soundHost.module, loads: ['/m/wsgi.load', '/m/wsgi-py3.load'] } },
  'group-duplicate': { duplicates: [{ name: 'notes', files: ['/a.conf', '/b.conf'] }] },
  'config-broken': { configtest: { status: 1, lines: ["Invalid command 'Nonsense'"] } },
  'port-taken': { apache: { ...soundHost.apache, running: false }, port: { number: 80, owners: ['nginx (pid 7)'] } },
  'apache-stopped': { apache: { ...soundHost.apache, running: false }, port: { number: 80, owners: [] } },
  'apache-not-at-boot': { apache: { ...soundHost.apache, enabled: false } },
  'run-cut-off': { cutOff: true },
  'packages-interrupted': { packages: { missing: [], holder: null, interrupted: 'gcc is half-installed' } },
  'packages-locked': { packages: { missing: [], holder: 'apt-get (pid 9)', interrupted: null } },
  'disk-full': { disks: [{ path: '/srv', bytes: 4096, inodes: null, readOnly: false }] },
  'disk-read-only': { disks: [{ path: '/srv', bytes: 5e9, inodes: null, readOnly: true }] },
  'sqlite-readonly': { sqlite: [{ ...database, denied: { path: database.path, why: 'write' } }] },
  'sqlite-unopened': { sqlite: [{ ...database, denied: { path: '/srv/notes/data', why: 'missing' } }] },
  'sqlite-path': { settings: { ...soundHost.settings, loosePaths: ['DATABASE'] } },
  'sqlite-nfs': { sqlite: [{ ...database, fileSystem: 'nfs4' }] },
  'account-missing': { groups: [{ ...group, account: false }] },
  'code-missing': { code: { path: '/srv/notes/current', there: false } },
  'home-unusable': { groups: [{ ...group, code: { path: '/srv/notes/releases', why: 'closed' } }] },
  'settings-unreadable': { settings: { ...soundHost.settings, denied: { path: '/s.json', why: 'read' } } },
  'script-missing': { scripts: [{ ...script, denied: { path: script.path, why: 'missing' } }] },
  'path-closed': { scripts: [{ ...script, closed: { path: '/srv/notes/wsgi', why: 'closed' } }] },
  'script-unreadable': { scripts: [{ ...script, denied: { path: script.path, why: 'read' } }] },
  'python-home': { groups: [{ ...group, venv: { ...group.venv, whole: false } }] },
  'python-mismatch': { groups: [{ ...group, venv: { ...group.venv, python: '3.7' } }] },
  'pip-old': { groups: [{ ...group, venv: { ...group.venv, pip: '9.0.1' } }] },
  'build-tools': { packages: { missing: ['gcc'], holder: null, interrupted: null } },
  'site-disabled': { site: { vhost: null, enabled: '/etc/apache2/sites-enabled/notes.conf' } },
  'answered-by-another': { answer: { ...soundHost.answer, seen: false } },
  'daemon-missing': { groups: [{ ...group, processes: 0 }] },
  'syntax-error': { scripts: [{ ...script, syntax: 'SyntaxError: invalid syntax' }] },
  'session-keys': {
    settings: { ...soundHost.settings, randomKey: '/srv/notes/current/notes.py, line 3' },
    groups: [{ ...group, declared: 2 }],
  },
  'cookie-secure': { settings: { ...soundHost.settings, secureCookie: true } },
  'not-answering': { answer: { ...soundHost.answer, good: false, status: 0, problem: 'no answer: timed out' } },
}

describe('the state of a host', () => {
  it('that is sound gives no finding', () => {
    expect(idsOf(soundHost)).toEqual([])
  })

  it.each(Object.entries(states))('gives %s, and nothing else', (rule, state) => {
    expect(idsOf({ ...soundHost, ...state })).toEqual([rule])
  })

  it('is known for each rule that looks at it', () => {
    expect(rules.flatMap(({ id, state }) => (state === undefined ? [] : [id])).sort()).toEqual(
      Object.keys(states).sort(),
    )
  })
})

describe('a line of the log', () => {
  it('that was written before the application was loaded is of the past', () => {
    const [found] = diagnoseAll({ host: { ...soundHost, logs: [logOf(readonly, loaded - 1)] }, names })
    expect(found).toMatchObject({ rule: 'sqlite-readonly', past: true })
  })

  it('that was written since is a finding, also while the site answers', () => {
    const [found] = diagnoseAll({ host: { ...soundHost, logs: [logOf(readonly, loaded + 1)] }, names })
    expect(found).toMatchObject({ rule: 'sqlite-readonly', past: false })
  })

  it('is of the past once the database has been changed or written', () => {
    const sqlite = [{ ...database, changed: loaded + 5 }]
    const [found] = diagnoseAll({ host: { ...soundHost, sqlite, logs: [logOf(readonly, loaded + 1)] }, names })
    expect(found).toMatchObject({ rule: 'sqlite-readonly', past: true })
  })

  it('that tells of what stops the whole site is of the past once the site answers', () => {
    const logs = [logOf("ModuleNotFoundError: No module named 'flask'", loaded + 61)]
    expect(diagnoseAll({ host: { ...soundHost, logs }, names })).toMatchObject([{ past: true }])
    expect(diagnoseAll({ host: { ...failingHost, logs }, names })).toMatchObject([
      { rule: 'module-missing', past: false },
    ])
  })

  it('that our own request has not brought again is of the past, though the site fails', () => {
    const logs = [
      logOf("ModuleNotFoundError: No module named 'flask'", loaded + 30),
      logOf("Target WSGI script '/srv/notes/x' does not contain WSGI application 'application'.", loaded + 61),
    ]
    const found = diagnoseAll({ host: { ...failingHost, logs }, names }).filter(({ past }) => !past)
    expect(found.map(({ rule }) => rule)).toEqual(['no-application'])
  })

  it('of a log that sites share counts where it names the site', () => {
    const logs = (home: string) => [
      logOf(`Unable to stat Python home ${home}.`, loaded + 61, '/var/log/apache2/error.log'),
    ]
    expect(idsOf({ ...failingHost, logs: logs('/srv/notes/venvs/1') })).toEqual(['python-home'])
    expect(idsOf({ ...failingHost, logs: logs('/srv/other/venvs/1') })).toEqual(['not-answering'])
  })

  it('is shown as evidence with its log and time, and with what belongs to it', () => {
    const logs = [
      logOf("Truncated or oversized response headers received from daemon process 'notes'", loaded + 90),
      logOf('AH00052: child pid 7 exit signal Segmentation fault (11)', loaded + 91, '/var/log/apache2/error.log'),
    ]
    const [found] = diagnoseAll({ host: { ...soundHost, logs }, names })
    expect(found?.evidence).toMatchObject([
      { source: '/var/log/apache2/notes-error.log', at: loaded + 90 },
      { source: '/var/log/apache2/error.log', at: loaded + 91 },
    ])
  })
})

describe('a consequence', () => {
  it('is not told beside its cause', () => {
    const logs = [
      logOf("Timeout when reading response headers from daemon process 'notes'", loaded + 1),
      logOf('Unable to stat Python home /srv/notes/venvs/1.', loaded + 61, '/var/log/apache2/error.log'),
    ]
    expect(idsOf({ ...failingHost, logs })).toEqual(['python-home'])
  })

  it('of what is over is over, too; a later one is not', () => {
    const failed = (at: number) => logOf('ERROR in app: Exception on /notes/new [POST]', at)
    const sqlite = [{ ...database, changed: loaded + 5 }]
    const current = (at: number) =>
      diagnoseAll({ host: { ...soundHost, sqlite, logs: [logOf(readonly, loaded + 1), failed(at)] }, names })
        .filter(({ past }) => !past)
        .map(({ rule }) => rule)
    expect(current(loaded + 1)).toEqual([])
    expect(current(loaded + 60)).toEqual(['request-failed'])
  })

  it('is told where what it would come from is thought to be over', () => {
    const logs = [logOf('ERROR in app: Exception on /boom [GET]\nZeroDivisionError: division by zero', loaded + 1)]
    const found = diagnoseAll({ host: { ...soundHost, logs }, names }).filter(({ past }) => !past)
    expect(found.map(({ rule }) => rule)).toEqual(['request-failed'])
  })

  it('of a reload is a request that was cut off by it, and no crash', () => {
    const cut = (at: number) => [
      logOf("Truncated or oversized response headers received from daemon process 'notes'", at),
    ]
    expect(diagnoseAll({ host: { ...soundHost, logs: cut(loaded + 20) }, names })).toMatchObject([{ past: true }])
    expect(diagnoseAll({ host: { ...failingHost, logs: cut(loaded + 20) }, names })).toMatchObject([{ past: false }])
  })

  it('names only rules that there are', () => {
    const ids = rules.map(({ id }) => id)
    expect(new Set(ids).size).toBe(ids.length)
    expect(rules.flatMap(({ symptomOf = [] }) => symptomOf).filter((id) => !ids.includes(id))).toEqual([])
  })
})
