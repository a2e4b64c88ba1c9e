import { expect, it } from 'vitest'
import { readFlags } from '../../src/config/load.js'
import { warningsOf } from '../../src/config/warnings.js'

const warnings = (lines: string): readonly string[] => {
  const base = 'version: 1\nhost: a.test\nsite: notes\nserver-name: a.test\ncode: {path: /srv/app}\nwsgi: a:b\n'
  const { flags, where } = readFlags(`${base}${lines}\n`, 'f.yml')
  return warningsOf(flags, where)
}

it.each([
  [
    'environ: {SECRET_KEY: x}',
    '7:23: environ.SECRET_KEY: is in the environ of each request only; what is read from os.',
  ],
  ['environ: {DATABASE_URL: x}', '7:25: environ.DATABASE_URL: is in the environ of each request only'],
  ['sqlite: [a.db]\ndaemon: {processes: 2}', '8:21: daemon.processes: several processes that write one SQLite file'],
  ['sqlite: [a.db]\nprocess-groups: {x: {processes: 2}}', '8:33: process-groups.x.processes: several processes'],
  [
    'directories: [{url: /w/, folder: w, htaccess: [FileInfo]}]',
    '7:37: directories.0.htaccess: whoever can write a .htaccess file there decides how the folder is served; DirectoryIndex in it needs Indexes, too',
  ],
  [
    'applications: [{mount: /a, wsgi: a:b, process-group: "%{ENV:PG}"}]\n' +
      'environ: {PG: {map: m, key: "%{REQUEST_URI}", default: notes}}\nrewrite-maps: {m: {file: /srv/m}}',
    '9:26: rewrite-maps.m.file: its values choose the process group',
  ],
  ['timeouts: {header: 20}', '7:20: timeouts.header: counts only where the site is the first on its address and port'],
])('%s is told', (lines, warning) => {
  expect(warnings(lines)).toEqual([expect.stringContaining(`f.yml:${warning}`)])
})

it.each([
  'environ: {demo.debugging: "0", mode: x}',
  'environ: {PROCESS_GROUP: notes}\napplications: [{mount: /a, wsgi: a:b, process-group: "%{ENV:PROCESS_GROUP}"}]',
  'daemon: {processes: 2}',
  'sqlite: [a.db]',
  'timeouts: {idle: 20}',
])('%s needs no warning', (lines) => {
  expect(warnings(lines)).toEqual([])
})
