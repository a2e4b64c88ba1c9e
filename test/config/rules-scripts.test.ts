import { describe } from 'vitest'
import { accepts, refuses } from './judging.js'

describe('mod_wsgi knows one group and one callable of a script', () => {
  refuses([
    [
      'applications: [{mount: /a, script: x.wsgi}, {mount: /b, script: x.wsgi}]',
      '6:65: applications.1.script: is also served by applications.0 with application-group %{GLOBAL}, here with %{RESOURCE}',
    ],
    [
      'applications: [{mount: /a, script: x.wsgi, process-group: b}, {mount: /b, script: x.wsgi}]\nprocess-groups: {b: {}}',
      '6:83: applications.1.script: is also served by applications.0 with process-group b, here with notes',
    ],
    [
      'applications: [{mount: /a, script: /w/x.wsgi, application-group: g}, {mount: /b, script: /w/x.wsgi, application-group: g, callable: app}]',
      '6:90: applications.1.script: is also served by applications.0 with callable application, here with app',
    ],
    [
      'applications: [{mount: /a/, scripts: w}, {mount: /b/, scripts: w, pass-authorization: true}]',
      '6:64: applications.1.scripts: is also served by applications.0 with pass-authorization false, here with true',
    ],
    [
      'applications: [{mount: /a/, scripts: w}]\ndirectories: [{url: /b/, folder: w, handler: wsgi-script, chunked-requests: true}]',
      '7:34: directories.0.folder: is also served by applications.0 with chunked-requests false, here with true',
    ],
    [
      'applications: [{mount: /a, script: w/a.wsgi}, {match: "^/b/([^/]+)", script: w/$1.wsgi}]',
      '6:78: applications.1.script: is also served by applications.0 with application-group %{GLOBAL}',
    ],
  ])
  accepts([
    'applications: [{mount: /a, script: x.wsgi, application-group: g}, {mount: /b, script: x.wsgi, application-group: g}]',
    'applications: [{mount: /a, script: x.wsgi, application-group: "%{GLOBAL}"}, {mount: /b, script: x.wsgi, application-group: "%{GLOBAL}"}]',
    'applications: [{mount: /a, script: w/a.wsgi}, {mount: /b, script: w/b.wsgi, callable: app}, {mount: /c/, scripts: w}]',
    'applications: [{mount: /a, script: w/a.py}, {match: "^/b/([^/]+)", script: w/$1.wsgi}]',
    'applications: [{mount: /a, script: w/a.wsgi}, {mount: /b, script: x/a.wsgi, callable: app}]',
  ])
})

describe('mod_wsgi knows no capital letters in the path of a script', () => {
  refuses([
    [
      'applications: [{mount: /a, script: a.wsgi}, {mount: /b, script: A.wsgi}]',
      '6:65: applications.1.script: differs from /srv/app/a.wsgi in case only, and mod_wsgi takes both for one: rename it',
    ],
  ])
})

describe('a script is no CGI program', () => {
  refuses([
    [
      'applications: [{mount: /a, script: w/deep/a.py}]\ndirectories: [{url: /w/, folder: w, handlers: {.PY: cgi-script}}]',
      '6:36: applications.0.script: would be run as a CGI program: directories.0 gives .PY in /srv/app/w to cgi-script',
    ],
    [
      'applications: [{match: "^/a/([^/]+)", script: w/$1.cgi.x}]\ndirectories: [{url: /w/, folder: w, handlers: {.cgi: cgi-script}}]',
      '6:47: applications.0.script: would be run as a CGI program',
    ],
  ])
  accepts([
    'applications: [{mount: /a, script: w/a.wsgi}]\ndirectories: [{url: /w/, folder: w, handlers: {.cgi: cgi-script}}]',
    'applications: [{mount: /a, script: v/a.py}]\ndirectories: [{url: /w/, folder: w, handlers: {.py: cgi-script}}]',
  ])
})

describe('a folder of scripts in which other files are served', () => {
  refuses([
    [
      'applications: [{mount: /a/, scripts: w}]\ndirectories: [{url: /w/, folder: w, handlers: {.cgi: cgi-script}}]',
      '6:38: applications.0.scripts: is the folder of directories.0, where not every file is a script: take a folder of its own',
    ],
  ])
  accepts([
    'applications: [{mount: /a/, scripts: w/x}]\ndirectories: [{url: /w/, folder: w, handlers: {.cgi: cgi-script}}]',
    'applications: [{mount: /a/, scripts: w, application-group: g}]\ndirectories: [{url: /w/, folder: w, handler: wsgi-script, application-group: g}]',
  ])
})
