import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { createServer, type AddressInfo } from 'node:net'
import { expect, it } from 'vitest'
import { liveHazards } from '../../../src/steps/site/live-hazards.js'
import { folderWith } from '../../config/folders.js'

const root = (conf: string): string =>
  folderWith({ 'apache2.conf': '', 'conf-enabled/theirs.conf': conf, 'sites-enabled/notes.conf': 'ErrorLog /tmp\n' })

const hazards = (folder: string): readonly { readonly line: string; readonly why: string }[] => {
  const code = `import glob, json, os, re, sys\n${liveHazards}\nprint(json.dumps(hazards(sys.argv[1], "notes.conf")))`
  return JSON.parse(execFileSync('python3', ['-c', code, folder], { encoding: 'utf8' })) as never
}

it('a Listen on a port of another program is deadly, one on a free port is not', async () => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const folder = root(`Listen ${port}\n`)
  expect(hazards(folder)).toMatchObject([{ line: `Listen ${port}`, why: `node (pid ${process.pid}) listens there` }])
  server.close()
  await once(server, 'close')
  expect(hazards(folder)).toEqual([])
})

it.each([
  ['ErrorLog /tmp', 'that is a folder, and not a log'],
  ['  CustomLog "/tmp" combined', 'that is a folder, and not a log'],
  ['WSGIPythonHome /opt/nowhere', 'no Python is there'],
])('%s is deadly', (line, why) => {
  expect(hazards(root(`${line}\n`))).toMatchObject([{ line: line.trim(), why }])
})

it.each([
  'ErrorLog /tmp/x.log',
  'ErrorLog syslog',
  '# ErrorLog /tmp',
  'CustomLog "|/bin/cat" combined',
  'WSGIPythonHome /usr',
])('%s is not', (line) => {
  expect(hazards(root(`${line}\n`))).toEqual([])
})

it('the file of the site itself is judged elsewhere', () => {
  const folder = root('')
  expect(hazards(folder)).toEqual([])
})
