import { describe, expect, it } from 'vitest'
import { dangerOf, dangerOfCodePath, dangerOfSqliteFolder, served } from '../../src/config/dangerous-paths.js'

const own = ['notes', 'flask-notes']

describe('no site is put into a place of the host', () => {
  it.each([
    ...[
      '/',
      '/etc',
      '/etc/apache2/x',
      '/home',
      '/home/me',
      '/root',
      '/root/x',
      '/var',
      '/var/www',
      '/var/lib',
      '/var/log',
    ],
    ...[
      '/var/log/notes',
      '/var/cache/notes',
      '/usr',
      '/usr/local',
      '/usr/local/notes',
      '/proc/self',
      '/sys',
      '/dev/shm',
    ],
    ...[
      '/run',
      '/run/notes',
      '/var/run/notes',
      '/boot',
      '/tmp',
      '/tmp/notes',
      '/var/tmp/notes',
      '/srv',
      '/opt',
      '/mnt',
    ],
    ...['/bin', '/sbin/x', '/lib', '/lib64/x', '/lib32', '/libx32', '/media', '/snap/x', '/var/spool/cron', '/var/opt'],
    ...['/var/lib/dpkg', '/var/lib/mysql/notes', '/var/lib/deploy-flask', '/var/lib/notes-of-another'],
  ])('%s', (path) => {
    expect(dangerOf(path, own)).toBeTypeOf('string')
  })
})

describe('a folder of its own is fine', () => {
  it.each([
    ...['/srv/notes', '/opt/notes', '/var/www/notes', '/home/me/notes', '/mnt/disk/notes', '/data', '/app/notes'],
    ...['/var/lib/notes', '/var/lib/flask-notes/db', '/etcetera', '/srvx', '/tmpx', '/library', '/homes/me'],
  ])('%s', (path) => {
    expect(dangerOf(path, own)).toBeUndefined()
  })
})

const layout = {
  own,
  root: '/srv/notes',
  code: '/opt/notes',
  inside: [
    { folder: '/opt/notes/shop/web', what: 'the code of the application' },
    { folder: '/opt/notes/static', what: served },
  ],
}

describe('the folder of a SQLite file becomes the application’s, so it cannot be', () => {
  it.each([
    ['/srv/notes', 'could exchange its own code'],
    ['/srv', 'other things live in it'],
    ['/srv/notes/releases', 'the releases'],
    ['/srv/notes/releases/1/instance', 'the releases'],
    ['/srv/notes/current', 'the current release'],
    ['/srv/notes/current/instance', 'the current release'],
    ['/srv/notes/venvs', 'the virtual environments'],
    ['/srv/notes/venvs/1', 'the virtual environments'],
    ['/srv/notes/wsgi', 'the WSGI script'],
    ['/opt/notes', 'holds the code'],
    ['/opt/notes/shop', 'the code of the application'],
    ['/opt/notes/shop/web', 'the code of the application'],
    ['/opt/notes/static', 'anybody can download'],
    ['/opt/notes/static/db', 'anybody can download'],
    ['/var/www', 'other things live in it'],
    ['/tmp', 'PrivateTmp'],
    ['/home/me', 'the home of an account'],
  ])('%s', (folder, why) => {
    expect(dangerOfSqliteFolder(folder, layout)).toContain(why)
  })
})

describe('the folder of a SQLite file may be', () => {
  it.each([
    ...['/srv/notes/data', '/srv/notes/data/deep', '/srv/notes/other', '/srv/notes-data', '/var/lib/notes', '/data'],
    ...['/opt/notes/instance', '/opt/notes/shop/data', '/opt/notes/statics', '/home/me/notes-data'],
  ])('%s', (folder) => {
    expect(dangerOfSqliteFolder(folder, layout)).toBeUndefined()
  })

  it('a folder that holds the root is refused however deep the root lies', () => {
    expect(dangerOfSqliteFolder('/data', { ...layout, root: '/data/sites/notes' })).toContain('its own code')
  })
})

describe('code that is on the host', () => {
  it.each([
    ['/srv/notes', 'set root to a folder outside of it'],
    ['/srv/notes/current', 'made and changed by every deployment'],
    ['/srv/notes/data/app', 'made and changed by every deployment'],
    ['/etc/app', 'configuration of the host'],
    ['/home/me', 'home of an account'],
  ])('is refused in %s', (code, why) => {
    expect(dangerOfCodePath(code, '/srv/notes', own)).toContain(why)
  })

  it.each(['/srv/notes/code', '/home/me/notes', '/var/www/notes', '/srv/app'])('is used in %s', (code) => {
    expect(dangerOfCodePath(code, '/srv/notes', own)).toBeUndefined()
  })
})
