import { describe } from 'vitest'
import { accepts, refuses } from './judging.js'

describe('something is served', () => {
  refuses([['port: 80', '1:1: nothing is served: write wsgi, applications, directories or user-directories']])
  accepts([
    'wsgi: a:app',
    'applications: [{mount: /, wsgi: a:app}]',
    'directories: [{url: /wsgi/, folder: wsgi, handler: wsgi-script}]',
    'user-directories: public_html/wsgi-scripts',
  ])
})

describe('what is for the application in wsgi needs it', () => {
  refuses([
    ['mount: /a\nuser-directories: w', '6:8: mount: is for the application in wsgi, and there is none'],
    ['wrapper: a:b\nuser-directories: w', '6:10: wrapper: is for the application in wsgi'],
  ])
})

describe('an application is one thing at one place', () => {
  refuses([
    ['applications: [{mount: /a}]', '6:16: applications.0: needs an application: one of wsgi, script and scripts'],
    ['applications: [{wsgi: a:b}]', '6:16: applications.0: needs mount, the URL where it is mounted: mount: /wiki'],
    ['applications: [{mount: /a, wsgi: a:b, script: a.wsgi}]', '6:47: applications.0.script: stands beside wsgi'],
    ['applications: [{mount: /a/, script: a.wsgi, scripts: a}]', '6:54: applications.0.scripts: stands beside script'],
    [
      'applications: [{mount: /a/, wsgi: a:b}]',
      '6:24: applications.0.mount: must not end with a slash, because it leads to one application: /a',
    ],
    ['applications: [{mount: /a/, script: a.wsgi}]', '6:24: applications.0.mount: must not end with a slash'],
    [
      'applications: [{mount: /a, scripts: w}]',
      '6:24: applications.0.mount: must end with a slash, because it leads to a folder of scripts: /a/',
    ],
    [
      'applications: [{mount: /a, script: w/$1.wsgi}]',
      '6:36: applications.0.script: holds "$", which only a pattern can fill: write match: ^/wsgi/([^/]+) instead',
    ],
    [
      'applications: [{mount: /a, wsgi: a:b, callable: app}]',
      '6:49: applications.0.callable: belongs to a script; with wsgi the object is named there: a:app',
    ],
    ['applications: [{mount: /a/, scripts: w, wrapper: a:b}]', '6:50: applications.0.wrapper: needs one application'],
  ])
  accepts([
    'applications: [{mount: /wiki, script: wiki.wsgi}, {mount: /blog, wsgi: blog:app}, {mount: /, wsgi: a:b}]',
    'applications: [{mount: /wsgi/, scripts: /usr/local/wsgi/scripts}]',
    'applications: [{mount: /, scripts: scripts}]',
    'applications: [{mount: /a, script: a.wsgi, callable: app}]',
    'applications: [{mount: /a, script: a.wsgi, callable: app, wrapper: w:wrap}]',
    'applications: [{mount: /a/, scripts: a, callable: app}]',
    'wsgi: a:app\nmount: /deep/down\nwrapper: w:wrap',
  ])
})

describe('a pattern leads to a script', () => {
  refuses([
    [
      'applications: [{match: "^/w/([^/]+)", mount: /w, script: a.wsgi}]',
      '6:46: applications.0.mount: cannot stand beside match',
    ],
    [
      'applications: [{match: "^/w/([^/]+)", wsgi: a:b}]',
      '6:24: applications.0.match: needs a script of your own: script: scripts/$1.wsgi',
    ],
    ['applications: [{match: "^/w/([^/]+)", scripts: a}]', '6:24: applications.0.match: needs a script of your own'],
    [
      'applications: [{match: "^/w/([^/]+)", script: w/$2.wsgi}]',
      '6:47: applications.0.script: holds $2, but match has one group: ^/wsgi/([^/]+)',
    ],
    [
      'applications: [{match: "^/w/[^/]+", script: w/$1.wsgi}]',
      '6:45: applications.0.script: holds $1, but match has no',
    ],
    [
      'applications: [{match: "^/wiki", script: w/wiki.wsgi}]',
      '6:24: applications.0.match: must end with $ or with [^/]+, or it also matches longer names',
    ],
    [
      'applications: [{match: "^/w/([^/]+)", script: w/$1.wsgi, wrapper: a:b}]',
      '6:67: applications.0.wrapper: needs one application',
    ],
    [
      'applications: [{match: "^/w/([^/]+)", script: w/$1.wsgi, static: {/s/: s}}]',
      '6:58: applications.0.static: needs mount, below which the files are',
    ],
  ])
  accepts([
    'applications: [{match: "^/wsgi/([^/]+)", script: /usr/local/wsgi/scripts/$1.wsgi}]',
    'applications: [{match: "^/([a-z]+)/([0-9]{1,3})$", script: $2/$1.wsgi}]'.replace('$2/$1', 'w/$2-$1'),
    'applications: [{match: "^/wsgi/[^/]+", script: one.wsgi}]',
  ])
})
