import { join } from 'node:path'
import { inspect } from 'node:util'
import { expect, it } from 'vitest'
import { localPath, resolveSecret, resolveSecrets } from '../../src/config/secrets.js'
import { folderWith, makeFifo, refusal, temporaryFolder } from './folders.js'

const env = { KEY: 'from env\n', EMPTY: '' }

it('a secret comes from a variable as it is, and cannot be shown', async () => {
  const secret = await resolveSecret({ env: 'KEY' }, { directory: '/', env })
  expect(secret.reveal()).toBe('from env\n')
  expect(`${inspect({ secret })}${JSON.stringify(secret)}${secret.toString()}`).not.toContain('from')
})

it.each([
  ['one\n', 'one'],
  ['one\r\n', 'one'],
  ['one', 'one'],
  ['one\n\n', 'one\n'],
  [' one \n', ' one '],
  ['-----BEGIN\nabc\n-----END\n', '-----BEGIN\nabc\n-----END'],
  ['\ufeffone', '\ufeffone'],
])('of the file %j the secret is %j', async (content, value) => {
  const directory = folderWith({ 'key.txt': content })
  expect((await resolveSecret({ file: 'key.txt' }, { directory, env })).reveal()).toBe(value)
})

it('a path is relative to the flags file, or begins at the home or the root', () => {
  const nearby = { directory: '/projects/shop', env: { HOME: '/home/me' } }
  expect(localPath('../key', nearby)).toBe('/projects/key')
  expect(localPath('~/key', nearby)).toBe('/home/me/key')
  expect(localPath('/key', nearby)).toBe('/key')
  expect(localPath('~root/key', nearby)).toBe('/projects/shop/~root/key')
})

it('all missing secrets are told at once, with field and place, without what was found', async () => {
  const directory = folderWith({ empty: '\n', folder: null, nul: 'hunter2\0', big: 'hunter2'.repeat(200_000) })
  makeFifo(join(directory, 'fifo'))
  const references = {
    'settings.A': { env: 'NOWHERE' },
    'settings.B': { env: 'EMPTY' },
    'settings.C': { file: 'missing' },
    'settings.D': { file: 'empty' },
    'settings.E': { file: 'folder' },
    'settings.F': { file: 'nul' },
    'settings.G': { file: 'big' },
    'settings.H': { file: 'fifo' },
    'ssh.sudo-password': { env: 'KEY' },
  }
  const error = await refusal(() => resolveSecrets(references, { directory, env }))
  expect(error).toMatchObject({ code: 'SECRET_MISSING', exitCode: 2, fault: { what: '8 secrets cannot be found' } })
  expect(error.fault.evidence?.split('\n')).toEqual([
    'settings.A: the environment variable NOWHERE is not set',
    'settings.B: the environment variable EMPTY is empty',
    `settings.C: the file ${directory}/missing does not exist`,
    `settings.D: the file ${directory}/empty is empty`,
    `settings.E: the file ${directory}/folder is not a regular file`,
    `settings.F: the file ${directory}/nul holds a NUL character`,
    `settings.G: the file ${directory}/big is larger than 1 MB`,
    `settings.H: the file ${directory}/fifo is not a regular file`,
  ])
})

it('without references nothing is missing', async () => {
  expect((await resolveSecrets({}, { directory: temporaryFolder(), env })).size).toBe(0)
})
