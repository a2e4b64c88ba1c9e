import { describe } from 'vitest'
import { accepts, refuses } from './judging.js'

const other = 'give one of them another URL'

describe('a URL is taken once', () => {
  refuses([
    [
      'wsgi: a:app\napplications: [{mount: /, wsgi: b:app}]',
      `7:24: applications.0.mount: / is taken by wsgi: ${other}`,
    ],
    [
      'applications: [{mount: /a, wsgi: a:b}, {mount: /a, wsgi: b:b}]',
      '6:48: applications.1.mount: /a is taken by applications.0.mount',
    ],
    [
      'applications: [{mount: /a, wsgi: a:b}, {mount: /a/, scripts: w}]',
      '6:24: applications.0.mount: /a is taken by applications.1.mount',
    ],
    [
      'applications: [{mount: /wiki, wsgi: a:b}, {mount: /Wiki, wsgi: b:b}]',
      '6:24: applications.0.mount: /wiki differs from applications.1.mount in case only',
    ],
    [
      'applications: [{match: "^/w/([^/]+)", script: a/$1}, {match: "^/w/([^/]+)", script: b/$1}]',
      '6:62: applications.1.match: ^/w/([^/]+) is taken by applications.0.match',
    ],
    [
      'static: {/blog/s/: s}\napplications: [{mount: /blog, wsgi: b:b, static: {/s/: t}}]',
      '7:56: applications.0.static./s/: /blog/s/ is taken by static./blog/s/',
    ],
    ['wsgi: a:b\nstatic: {/m: a.txt, /m/: m}', '7:14: static./m: /m is taken by static./m/'],
    ['wsgi: a:b\nstatic: {/m/: m, /M/: n}', '7:23: static./M/: /M/ differs from static./m/ in case only'],
    [
      'directories: [{url: /w/, folder: a, handler: wsgi-script}, {url: /w/, folder: b, handler: wsgi-script}]',
      '6:66: directories.1.url: /w/ is taken by directories.0.url',
    ],
    ['wsgi: a:b\ndirectories: [{url: /, folder: a, indexes: true}]', '7:21: directories.0.url: / is taken by wsgi'],
    [
      'applications: [{mount: /site.wsgi, wsgi: a:b}]\n' +
        'directories: [{url: /, folder: a, handlers: {.wsgi: wsgi-script}, fallback: {script: site.wsgi}}]',
      '6:24: applications.0.mount: /site.wsgi is taken by directories.0.fallback',
    ],
  ])
})

describe('nothing hides what is written', () => {
  refuses([
    [
      'applications: [{mount: /wiki, wsgi: a:b}]\nstatic: {/wiki/: w}',
      '6:24: applications.0.mount: /wiki is taken by static./wiki/',
    ],
    [
      'applications: [{mount: /wiki/deep, wsgi: a:b}]\nstatic: {/wiki/: w}',
      '7:18: static./wiki/: hides applications.0.mount, /wiki/deep, because files are asked for first',
    ],
    [
      'applications: [{mount: /wiki/deep/, scripts: a}]\nstatic: {/wiki: w.txt}',
      '7:17: static./wiki: hides applications.0.mount, /wiki/deep/',
    ],
    [
      'applications: [{match: "^/wiki/([^/]+)", script: w/$1.wsgi}]\nstatic: {/wiki/: s}',
      '7:18: static./wiki/: hides applications.0.match',
    ],
    [
      'applications: [{mount: /w/a, wsgi: a:b}]\ndirectories: [{url: /w/, folder: w, handler: wsgi-script}]',
      '7:21: directories.0.url: hides applications.0.mount, /w/a',
    ],
    [
      'directories: [{url: /s/w/, folder: w, handler: wsgi-script}]\nstatic: {/s/: s}',
      '7:15: static./s/: hides directories.0.url, /s/w/',
    ],
    [
      'applications: [{mount: /wiki, wsgi: a:b}]\nstatic-patterns: [{match: "^/([^/]+)$", file: f/$1}]',
      '7:19: static-patterns.0: also matches URLs of applications.0.mount, /wiki: name the folder or the extension',
    ],
    [
      'wsgi: a:b\nstatic-patterns: [{match: "^/([^/]+)$", file: f/$1}]',
      '7:19: static-patterns.0: also matches URLs of wsgi, /',
    ],
    [
      'static: {/css/: c}\nwsgi: a:b\nstatic-patterns: [{match: "^/css/([^/]+\\\\.css)$", file: f/$1}]',
      '6:17: static./css/: hides static-patterns.0',
    ],
    [
      'user-directories: www\napplications: [{mount: /~joe, wsgi: a:b}]',
      '6:19: user-directories: also matches URLs of applications.0.mount, /~joe',
    ],
    [
      'applications: [{match: "^/w/([A-Za-z0-9.]+)$", script: a/$1}, {match: "^/w/([0-9])$", script: b/$1}]',
      '6:24: applications.0.match: ^/w/([A-Za-z0-9.]+)$ also takes what applications.1.match is to answer',
    ],
  ])
  accepts([
    'applications: [{mount: /wiki, wsgi: a:b}, {mount: /wiki/deep, wsgi: b:b}, {mount: /, wsgi: c:c}]',
    'applications: [{mount: /blog, wsgi: a:b, static: {/static/: s}}]\nstatic: {/robots.txt: robots.txt, /media/: media}',
    'wsgi: a:b\nstatic-patterns: [{match: "^/([^/]+\\\\.css)$", file: styles/$1}]',
    'wsgi: a:b\nstatic: {/s/: s, /s/b/: c}',
    'applications: [{match: "^/w/([^/]+)", script: a/$1}, {match: "^/w/([^/]+)/x$", script: b/$1}]',
    'applications: [{match: "^/w/([0-9]+)$", script: a/$1}, {match: "^/w/([^/]+)$", script: b/$1}]',
    'user-directories: www\nwsgi: a:b',
    'directories: [{url: /, folder: a, indexes: true}]\napplications: [{mount: /a, wsgi: a:b}]',
    'applications: [{match: "^/([^/]+)", script: a/$1.wsgi}, {mount: /, wsgi: a:b}]',
  ])
})

describe('what Apache answers itself in every virtual host', () => {
  refuses([
    [
      'applications: [{mount: /icons, wsgi: a:b}]',
      '6:24: applications.0.mount: /icons is answered by Apache itself, which has /icons/: take another URL',
    ],
    [
      'applications: [{match: "^/icons/([a-z]+)$", script: w/$1.wsgi}]',
      '6:24: applications.0.match: ^/icons/([a-z]+)$ is answered by Apache itself, which has /icons/',
    ],
    ['wsgi: a:b\nmount: /server-status/x', '7:8: mount: /server-status/x is answered by Apache itself'],
    ['wsgi: a:b\nstatic: {/server-status/: s}', '7:27: static./server-status/: /server-status/ is answered by Apache'],
  ])
  accepts(['wsgi: a:b\nstatic: {/icons/: s}', 'wsgi: a:b\nmount: /icons-of-ours', 'wsgi: a:b'])
})
