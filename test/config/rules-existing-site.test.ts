import { describe } from 'vitest'
import { accepts, refuses } from './judging.js'

const existing = 'existing-site: {file: php.conf}\n'
const below = `${existing}wsgi: a:b\nmount: /a\n`
const beside = 'cannot stand beside existing-site, whose virtual host belongs to others'

describe('the virtual host of somebody else stays as it is', () => {
  refuses([
    [`${existing}wsgi: a:b`, '7:7: wsgi: / is the existing site itself: mount it below, at /wiki'],
    [`${below}addresses: [192.0.2.7]`, `9:1: addresses: ${beside}`],
    [`${below}port: 8080`, `9:7: port: ${beside}`],
    [`${below}server-aliases: [b.test]`, `9:1: server-aliases: ${beside}`],
    [`${below}error-documents: {"404": /a/x}`, `9:1: error-documents: ${beside}`],
    [`${below}timeouts: {idle: 5, header: 6}`, `9:18: timeouts.idle: ${beside}`, `9:29: timeouts.header: ${beside}`],
    [`${below}log-level: warn`, `9:12: log-level: ${beside}`],
    [`${below}user-directories: w`, `9:19: user-directories: ${beside}`],
    [`${below}rewrite-maps: {m: {entries: {a: b}}}`, `9:1: rewrite-maps: ${beside}`],
    [
      `${below}directories: [{url: /, folder: w, fallback: {wsgi: b:c}}]`,
      '9:21: directories.0.url: / is the existing site itself',
      `9:35: directories.0.fallback: ${beside}`,
    ],
    [
      `${below}environ: {a: {default: x, when: [{test: "%{HTTPS}", matches: on, value: y}]}}`,
      '9:41: environ.a.when.0.test: needs rewrite rules, which would reach beyond our URLs',
    ],
    [`${below}preload: true`, '9:10: preload: wsgi cannot be preloaded, because the existing site may be read before'],
    [`${below}static: {/s/: s}`, '9:15: static./s/: /s/ belongs to the existing site: write /a/s/'],
    [
      `${below}static-patterns: [{match: "^/([^/]+\\\\.css)$", file: c/$1}]`,
      '9:27: static-patterns.0.match: reaches URLs of the existing site: begin with ^/a/',
    ],
    [`${below}access: [{addresses: [10.0.0.0/8]}]`, '9:10: access.0: reaches URLs of the existing site: url: /a/admin'],
    [`${below}access: [{url: /x, addresses: [10.0.0.0/8]}]`, '9:16: access.0.url: reaches URLs of the existing site'],
    [
      `${existing}applications: [{match: "^/([^/]+)", script: w/$1.wsgi}]`,
      '7:24: applications.0.match: / is the existing site itself',
    ],
    [`${below}profile: seed`, `9:10: profile: ${beside}`],
  ])
  accepts([
    below,
    `${below}static: {/a/static/: s}\nenviron: {b: {default: x, when: [{attribute: Remote_Addr, matches: y, value: z}]}}\nmax-body: 5`,
    `${existing}applications: [{mount: /b/, scripts: w}, {match: "^/c/([^/]+)", script: v/$1.wsgi}]\naccess: [{url: /b, addresses: [10.0.0.0/8]}]`,
    `${existing}directories: [{url: /w/, folder: w, handler: wsgi-script}]`,
  ])
})
