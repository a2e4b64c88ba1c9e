import { mkdirSync, mkdtempSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { beforeEach, describe, expect, test } from 'vitest'
import { resolveWay, type SshHost } from '../../src/transport/ssh-host.js'
import { keepLastKey, lastKeyFor } from '../../src/transport/ssh-logins.js'

let file: string

beforeEach(() => {
  file = join(mkdtempSync(join(tmpdir(), 'logins-')), 'deploy-flask', 'logins.json')
})

const hostOf = async (typed: string): Promise<SshHost> => {
  const [host] = await resolveWay(typed, { sshConfigFile: '/dev/null' })
  return host
}

const hosts = async (count: number): Promise<readonly SshHost[]> => {
  const host = await hostOf('ada@shop.example.org')
  return Array.from({ length: count }, (_, index) => ({ ...host, config: { ...host.config, port: 1000 + index } }))
}

const mode = (path: string): string => (statSync(path).mode & 0o777).toString(8)
const write = (text: string): void => {
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, text)
}

describe('the key that logged in last', () => {
  test('is known of each host, port and account by itself, and is the newest', async () => {
    const ada = await hostOf('ada@shop.example.org')
    const others = ['bob@shop.example.org', 'ada@shop.example.org:2222', 'ada@other.example.org']
    await keepLastKey(file, ada, { key: 'SHA256:one', alone: true })
    await keepLastKey(file, ada, { key: 'SHA256:two', alone: false })
    expect(await lastKeyFor(file, ada)).toMatchObject({ key: 'SHA256:two', alone: false })
    for (const other of others) expect(await lastKeyFor(file, await hostOf(other))).toBeUndefined()
  })

  test('is kept for nobody else to read, in a whole file and nothing beside it', async () => {
    await keepLastKey(file, await hostOf('ada@shop.example.org'), { key: 'SHA256:one', alone: true })
    expect([mode(file), mode(dirname(file)), readdirSync(dirname(file))]).toEqual(['600', '700', ['logins.json']])
  })

  test('is not written once more where nothing has changed', async () => {
    const ada = await hostOf('ada@shop.example.org')
    await keepLastKey(file, ada, { key: 'SHA256:one', alone: true })
    const before = statSync(file).ino
    await keepLastKey(file, ada, { key: 'SHA256:one', alone: true })
    expect(statSync(file).ino).toBe(before)
  })

  test('is forgotten when two hundred others have come since', async () => {
    const [first, ...others] = await hosts(201)
    if (first === undefined) throw new Error('no host')
    for (const host of [first, ...others]) await keepLastKey(file, host, { key: 'SHA256:one', alone: true })
    expect(await lastKeyFor(file, first)).toBeUndefined()
    const known = await Promise.all(others.map(async (host) => lastKeyFor(file, host)))
    expect(known.filter((one) => one === undefined)).toEqual([])
  })

  test('of several hosts at once leaves a file that can be read', async () => {
    const all = await hosts(20)
    await Promise.all(all.map(async (host) => keepLastKey(file, host, { key: 'SHA256:one', alone: true })))
    const known = await Promise.all(all.map(async (host) => lastKeyFor(file, host)))
    expect(known.filter((one) => one !== undefined).length).toBeGreaterThan(0)
    expect(readdirSync(dirname(file))).toEqual(['logins.json'])
  })

  test.each([
    ['garbled', '{"version": 1, "logins": [{'],
    ['of another version', '{"version": 2, "logins": []}'],
    ['of another form', '{"version": 1, "logins": [{"host": "shop.example.org"}]}'],
    ['empty', ''],
    ['as large as none of ours', `{"version": 1, "logins": [], "x": "${'x'.repeat(600_000)}"}`],
  ])('is not known from a file that is %s, which is then replaced', async (_what, text) => {
    const ada = await hostOf('ada@shop.example.org')
    write(text)
    expect(await lastKeyFor(file, ada)).toBeUndefined()
    await keepLastKey(file, ada, { key: 'SHA256:one', alone: true })
    expect(await lastKeyFor(file, ada)).toMatchObject({ key: 'SHA256:one' })
  })

  test('is not kept where there can be no file, and that is no error', async () => {
    const ada = await hostOf('ada@shop.example.org')
    for (const path of ['/dev/null/logins.json', join(file, '..', 'x'.repeat(300))]) {
      await keepLastKey(path, ada, { key: 'SHA256:one', alone: true })
      expect(await lastKeyFor(path, ada)).toBeUndefined()
    }
    mkdirSync(file, { recursive: true })
    await keepLastKey(file, ada, { key: 'SHA256:one', alone: true })
    expect([await lastKeyFor(file, ada), readdirSync(dirname(file))]).toEqual([undefined, ['logins.json']])
  })

  test('replaces a link, and writes through none', async () => {
    const elsewhere = join(dirname(dirname(file)), 'elsewhere')
    writeFileSync(elsewhere, 'mine')
    mkdirSync(dirname(file))
    symlinkSync(elsewhere, file)
    await keepLastKey(file, await hostOf('ada@shop.example.org'), { key: 'SHA256:one', alone: true })
    expect(readFileSync(elsewhere, 'utf8')).toBe('mine')
  })
})
