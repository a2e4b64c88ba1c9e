import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { queueAddress } from '../../src/queue/address.js'

const folder = mkdtempSync(join(tmpdir(), 'address-'))
afterAll(() => rmSync(folder, { recursive: true }))

const read = (text: string, env: Readonly<Record<string, string>> = {}) => queueAddress(text, { env, cwd: folder })

describe('where --queue leads', () => {
  it.each([
    ['redis://cache.example.com', { way: { host: 'cache.example.com', port: 6379 }, tls: false, database: 0 }],
    ['rediss://cache.example.com:6380/3', { way: { host: 'cache.example.com', port: 6380 }, tls: true, database: 3 }],
    ['redis://[::1]:7000', { way: { host: '::1', port: 7000 } }],
    ['redis://deployer@cache', { username: 'deployer', password: undefined }],
    ['unix:///run/redis/redis.sock?db=2', { way: { path: '/run/redis/redis.sock' }, tls: false, database: 2 }],
  ])('is %s', (text, address) => {
    expect(read(text)).toMatchObject(address)
  })

  it('may stand in a variable or in a file, with a password that is not shown', () => {
    writeFileSync(join(folder, 'url'), 'rediss://deployer:p%40ss@cache.example.com/1\n')
    const inFile = read('file:url')
    expect(inFile).toMatchObject({ username: 'deployer', password: 'p@ss', database: 1 })
    expect(inFile.shown).toBe('rediss://cache.example.com:6379 (database 1)')
    expect(read('env:REDIS_URL', { REDIS_URL: 'redis://:secret@cache' })).toMatchObject({ password: 'secret' })
  })

  it('is refused with a password on the command line, which everybody can read', () => {
    const refused = () => read('redis://deployer:pa55@cache')
    expect(refused).toThrow(expect.objectContaining({ code: 'USAGE' }))
    expect(refused).toThrow('holds a password')
    expect(refused).not.toThrow('pa55')
  })

  it.each([
    ['cache.example.com', 'holds no URL'],
    ['http://cache', 'holds no URL'],
    ['redis://cache/abc', 'must be a number'],
    ['unix://', 'names no host'],
    ['env:NOT_THERE', 'NOT_THERE is not set'],
    ['file:not-there', 'ENOENT'],
  ])('is not %s', (text, said) => {
    expect(() => read(text)).toThrow(said)
  })
})
