import { once } from 'node:events'
import { createServer, type AddressInfo } from 'node:net'
import { userInfo } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { accountNamed, groupNamed, hostFacts, listeners, unitNamed } from '../../src/probes/host.js'
import { temporaryFolder } from '../config/folders.js'
import { answerHere, askHere, pythonHere } from './local.js'

it('an account is known by name, and one that is not there is a value', () => {
  const { username, uid, gid, homedir } = userInfo()
  expect(askHere(accountNamed(username))).toMatchObject({ uid, gid, home: homedir })
  expect(askHere(accountNamed('nobody-has-this-name'))).toBeNull()
})

it('a group is known by name, and one that is not there is a value', () => {
  expect(askHere(groupNamed('root'))).toEqual({ gid: 0 })
  expect(askHere(groupNamed('nobody-has-this-name'))).toBeNull()
})

it('the host tells its release, its machine and its Python', () => {
  expect(askHere(hostFacts([]))).toMatchObject({
    machine: pythonHere('import os; print(os.uname().machine)'),
    python: pythonHere('import sys; print("%d.%d" % sys.version_info[:2])'),
    free: [],
  })
})

it('free bytes are those of the nearest folder that is there', () => {
  const folder = temporaryFolder()
  const [where] = askHere(hostFacts([join(folder, 'not/there/yet')])).free
  expect(where).toMatchObject({ path: folder, readOnly: false })
  expect(where?.bytes).toBeGreaterThan(0)
})

it('whoever listens on a port is named', async () => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  expect(askHere(listeners(port))).toHaveLength(1)
  server.close()
  await once(server, 'close')
  expect(askHere(listeners(port))).toEqual([])
})

it('a unit of systemd that is not there is a value', () => {
  expect(askHere(unitNamed('nobody-has-this-name.service'))).toEqual({ enabled: false, masked: false })
})

it('memory and clock are those of this computer', () => {
  const { memory, clock } = askHere(hostFacts([]))
  expect(memory).toBeGreaterThan(1024 ** 2)
  expect(Math.abs(clock - Date.now() / 1000)).toBeLessThan(60)
})

it('all questions about a host fit into one command line', () => {
  const items = Array.from({ length: 40 }, (_, index) => ['look', [`/srv/site/${'x'.repeat(200)}/${index}`]])
  const { ask } = hostFacts([])
  if ('sh' in ask) throw new Error('must be a family')
  const { exitCode } = answerHere(ask.family.sh(items.map((item) => JSON.stringify(item))))
  expect(exitCode).toBe(0)
})
