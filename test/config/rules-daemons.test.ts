import { describe } from 'vitest'
import { accepts, refuses } from './judging.js'

describe('a process group has a name of its own', () => {
  refuses([
    [
      'wsgi: a:b\nprocess-groups: {notes: {}}',
      '7:18: process-groups.notes: is the name of the process group in daemon: choose another',
    ],
    [
      'wsgi: a:b\ndaemon: {name: x}\nprocess-groups: {x: {}}',
      '8:18: process-groups.x: is the name of the process group',
    ],
  ])
  accepts([
    'wsgi: a:b\ndaemon: {name: www.site.com, threads: 15, maximum-requests: 10000}\nprocess-groups: {notes: {}}',
  ])
})

describe('scripts belong to somebody', () => {
  refuses([
    [
      'user-directories: w\ndaemon: {script-user: a, script-group: b}',
      '7:40: daemon.script-group: stands beside script-user, and mod_wsgi takes one of them',
    ],
    [
      'wsgi: a:b\ndaemon: {script-user: joe}',
      '7:23: daemon.script-user: must be root, because the script of wsgi belongs to root',
    ],
    [
      'applications: [{mount: /a, wsgi: a:b, process-group: x}]\nprocess-groups: {x: {script-group: www-data}}',
      '7:36: process-groups.x.script-group: must be root, because the script of applications.0 belongs to root',
    ],
  ])
  accepts([
    'wsgi: a:b\ndaemon: {script-user: root}',
    'applications: [{mount: /a, script: /home/joe/app/a.wsgi}]\ndaemon: {script-user: joe}',
  ])
})
