import { describe } from 'vitest'
import { accepts, refuses } from './judging.js'

const groups = '\nprocess-groups: {one: {}, two: {}}'
const inVariable = 'applications: [{mount: /a, wsgi: a:b, process-group: "%{ENV:PG}"}]'

describe('a process group exists', () => {
  refuses([
    [
      `applications: [{mount: /a, wsgi: a:b, process-group: three}]${groups}`,
      '6:54: applications.0.process-group: three is no process group of this site; there is notes, one, two',
    ],
    [
      'directories: [{url: /w/, folder: w, handler: wsgi-script, process-group: x}]\ndaemon: {name: www.a.test}',
      '6:74: directories.0.process-group: x is no process group of this site; there is www.a.test',
    ],
    [inVariable, '6:54: applications.0.process-group: environ.PG is set nowhere: write environ: {PG:'],
    [
      `${inVariable}\nenviron: {PG: {when: [{attribute: Remote_Addr, matches: x, value: notes}]}}`,
      '6:54: applications.0.process-group: environ.PG has no value where nothing matches: write a default in environ.PG',
    ],
    [
      `${inVariable}\nenviron: {PG: {default: notes, when: [{attribute: Remote_Addr, matches: x, value: three}]}}${groups}`,
      '6:54: applications.0.process-group: environ.PG can be three, which is no process group of this site; there is',
    ],
    [
      `${inVariable}\nenviron: {PG: {default: three, when: [{attribute: Remote_Addr, matches: x, value: one}]}}${groups}`,
      '6:54: applications.0.process-group: environ.PG can be three',
    ],
    [`${inVariable}\nenviron: {PG: three}${groups}`, '6:54: applications.0.process-group: environ.PG can be three'],
    [
      `${inVariable}\nenviron: {PG: {map: m, key: "%{REQUEST_URI}", default: one}}\nrewrite-maps: {m: {entries: {/a: one, /b: x}}}${groups}`,
      '6:54: applications.0.process-group: environ.PG can be x, which is no process group',
    ],
    [
      'applications: [{mount: /a, wsgi: a:b, application-group: "%{ENV:AG}"}]',
      '6:58: applications.0.application-group: environ.AG is set nowhere',
    ],
    [
      'user-directories: w\napplications: [{mount: /a, wsgi: a:b, application-group: "%{ENV:APPLICATION_GROUP}"}]',
      '7:58: applications.0.application-group: environ.APPLICATION_GROUP is set for home directories only',
    ],
  ])
  accepts([
    `applications: [{mount: /a, wsgi: a:b, process-group: one}]${groups}`,
    `${inVariable}\nenviron: {PG: {map: m, key: "%{REQUEST_URI}", default: one}}\nrewrite-maps: {m: {entries: {/a: one, /b: notes}}}${groups}`,
    `${inVariable}\nenviron: {PG: {default: two, when: [{test: "%{HTTPS}", matches: on, value: one}]}}${groups}`,
    'applications: [{mount: /a, wsgi: a:b, application-group: "%{ENV:AG}"}]\nenviron: {AG: anything}',
  ])
})

describe('the main interpreter is for one application', () => {
  refuses([
    [
      'wsgi: a:b\napplications: [{mount: /a, wsgi: b:b, application-group: "%{GLOBAL}"}]',
      '7:58: applications.0.application-group: %{GLOBAL} of process group notes is taken by wsgi, whose modules would mix',
    ],
    [
      'application-group: "%{GLOBAL}"\napplications: [{mount: /a, wsgi: b:b}, {mount: /b, wsgi: c:c}]',
      '6:20: application-group: %{GLOBAL} of process group notes is taken by applications.0',
    ],
    [
      'environ: {PG: notes}\nwsgi: a:b\n' +
        'applications: [{mount: /a, wsgi: b:b, process-group: "%{ENV:PG}", application-group: "%{GLOBAL}"}]',
      '8:86: applications.0.application-group: %{GLOBAL} of process group notes is taken by wsgi',
    ],
    [
      'applications: [{mount: /a/, scripts: w, application-group: "%{GLOBAL}"}]',
      '6:60: applications.0.application-group: %{GLOBAL} is for one application, and applications.0 is several',
    ],
    [
      'applications: [{match: "^/a/([^/]+)", script: w/$1.wsgi, application-group: "%{GLOBAL}"}]',
      '6:77: applications.0.application-group: %{GLOBAL} is for one application',
    ],
    [
      'directories: [{url: /w/, folder: w, handler: wsgi-script, application-group: "%{GLOBAL}"}]',
      '6:78: directories.0.application-group: %{GLOBAL} is for one application',
    ],
  ])
  accepts([
    `wsgi: a:b\napplications: [{mount: /a, wsgi: b:b, process-group: one, application-group: "%{GLOBAL}"}]${groups}`,
    'application-group: admin-scripts\napplications: [{mount: /a, wsgi: b:b}, {mount: /b, wsgi: c:c}]',
    'application-group: "%{GLOBAL}"\nwsgi: a:b',
    'directories: [{url: /, folder: w, fallback: {wsgi: a:b}, application-group: "%{GLOBAL}"}]',
  ])
})

describe('what is preloaded is known at start', () => {
  refuses([
    [
      'wsgi: a:b\napplications: [{mount: /a, wsgi: b:b, preload: true}]',
      '7:48: applications.0.preload: applications.0 is in %{RESOURCE}, which is known at the first request only',
    ],
    [
      'preload: true\napplications: [{mount: /a/, scripts: w, application-group: g}]',
      '6:10: preload: applications.0 is several scripts: write preload: false there',
    ],
    [
      `${inVariable.replace('}]', ', preload: true, application-group: g}]')}\nenviron: {PG: notes}`,
      '6:76: applications.0.preload: applications.0 is in %{ENV:PG}',
    ],
  ])
  accepts([
    'wsgi: a:b\npreload: true',
    'wsgi: a:b\napplications: [{mount: /a, wsgi: b:b, preload: true, application-group: g}]',
    'preload: true\nwsgi: a:b\napplications: [{mount: /a/, scripts: w, preload: false}]',
  ])
})

const embedded = 'applications: [{mount: /a, wsgi: a:b, process-group: "%{GLOBAL}"}]'

describe('embedded mode is allowed on purpose', () => {
  refuses([
    [
      embedded,
      '6:54: applications.0.process-group: runs inside Apache itself, which has to be allowed: embedded: true',
    ],
    ['wsgi: a:b\nembedded: true', '7:11: embedded: is used by nothing: write process-group: "%{GLOBAL}"'],
    [
      `${embedded}\nembedded: true\nuser: notes\nrestrict-embedded: true`,
      '8:7: user: must be www-data with embedded, because Apache itself runs the application',
      '9:20: restrict-embedded: forbids what embedded allows: keep one of them',
    ],
    [`${embedded}\nembedded: true\nuser: www-data\ngroup: notes`, '9:8: group: must be www-data with embedded'],
  ])
  accepts([
    `${embedded}\nembedded: true`,
    `${embedded}\nembedded: true\nuser: www-data\ngroup: www-data\nrestrict-embedded: false`,
  ])
})
