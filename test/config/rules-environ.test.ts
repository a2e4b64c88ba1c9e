import { describe } from 'vitest'
import { accepts, refuses } from './judging.js'

describe('variables of requests', () => {
  refuses([
    [
      'wsgi: a:b\nenviron: {demo.a: x, Demo.A: y}',
      '7:30: environ.Demo.A: is demo.a to Apache, which knows no capital letters: keep one of them',
    ],
    [
      'user-directories: w\nenviron: {APPLICATION_GROUP: x}',
      '7:30: environ.APPLICATION_GROUP: is set by user-directories: choose another name',
    ],
    [
      'wsgi: a:b\nenviron: {a: {map: m, key: "%{REQUEST_URI}", default: x}}',
      '7:20: environ.a.map: m is none of rewrite-maps',
    ],
    [
      'wsgi: a:b\nenviron: {a: {map: m, key: "%{REQUEST_URI}", default: x}}\nrewrite-maps: {n: {entries: {a: b}}}',
      '7:20: environ.a.map: m is none of rewrite-maps; there is n',
    ],
  ])
  accepts([
    'wsgi: a:b\nenviron: {demo.templates: /usr/local/wsgi/templates, demo.mailhost: mailhost, demo.debugging: "0"}',
    'wsgi: a:b\nenviron: {demo.debugging: {default: "0", when: [{test: "%{REMOTE_ADDR}", matches: "^127\\\\.0\\\\.0\\\\.1$", value: "1"}]}}',
    'wsgi: a:b\nenviron: {a: {map: m, key: "%{REQUEST_URI}", default: x}}\nrewrite-maps: {m: {type: dbm, entries: {a: b}}}',
    'wsgi: a:b\nrewrite-maps: {m: {type: dbm, file: /etc/apache2/m.dbm}}',
  ])
})

describe('a pattern is one, and nothing else to Apache', () => {
  const when = (matches: string) =>
    `wsgi: a:b\nenviron: {a: {when: [{test: "%{HTTPS}", matches: "${matches}", value: x}]}}`
  refuses([
    [when('=on'), '7:50: environ.a.when.0.matches: must not begin with "-" or "="'],
    [when('-f'), '7:50: environ.a.when.0.matches: must not begin with "-" or "="'],
  ])
  accepts([when('^on$')])
})

describe('a map holds something, in one way', () => {
  refuses([
    ['wsgi: a:b\nrewrite-maps: {m: {}}', '7:16: rewrite-maps.m: needs what it holds: entries: {key: value}, or file:'],
    [
      'wsgi: a:b\nrewrite-maps: {m: {entries: {a: b}, file: /srv/m}}',
      '7:43: rewrite-maps.m.file: stands beside entries: keep one of them',
    ],
  ])
})
