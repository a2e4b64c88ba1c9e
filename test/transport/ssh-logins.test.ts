import { execFileSync } from 'node:child_process'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { beforeEach, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { resolveWay, type SshHost } from '../../src/transport/ssh-host.js'
import { keepLastKey, lastKeyFor, writeLastKeys } from '../../src/transport/ssh-logins.js'

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
    keepLastKey(file, ada, { key: 'SHA256:one', alone: true })
    keepLastKey(file, ada, { key: 'SHA256:two', alone: false })
    expect(lastKeyFor(file, ada)).toMatchObject({ key: 'SHA256:two', alone: false })
    writeLastKeys()
    expect(lastKeyFor(file, ada)).toMatchObject({ key: 'SHA256:two', alone: false })
    for (const other of others) expect(lastKeyFor(file, await hostOf(other))).toBeUndefined()
  })

  test('is kept for nobody else to read, in a whole file and nothing beside it', async () => {
    keepLastKey(file, await hostOf('ada@shop.example.org'), { key: 'SHA256:one', alone: true })
    writeLastKeys()
    expect([mode(file), mode(dirname(file)), readdirSync(dirname(file))]).toEqual(['600', '700', ['logins.json']])
  })

  test('is not written once more where nothing has changed', async () => {
    const ada = await hostOf('ada@shop.example.org')
    keepLastKey(file, ada, { key: 'SHA256:one', alone: true })
    writeLastKeys()
    const before = statSync(file).ino
    keepLastKey(file, ada, { key: 'SHA256:one', alone: true })
    writeLastKeys()
    expect(statSync(file).ino).toBe(before)
  })

  test('is written once for ten thousand hosts, the newest first, and forgotten when so many others have come since', async () => {
    const [first, ...others] = await hosts(10_001)
    if (first === undefined) throw new Error('no host')
    for (const host of [first, ...others]) keepLastKey(file, host, { key: 'SHA256:one', alone: true })
    expect(existsSync(file)).toBe(false)
    writeLastKeys()
    expect(lastKeyFor(file, first)).toBeUndefined()
    expect(others.filter((host) => lastKeyFor(file, host) === undefined)).toEqual([])
    const { logins } = z
      .object({ logins: z.array(z.object({ port: z.number() })) })
      .parse(JSON.parse(readFileSync(file, 'utf8')))
    expect(logins[0]?.port).toBe(others.at(-1)?.config.port)
  })

  test('of another process that has ended meanwhile stays', async () => {
    const [ours, theirs] = await hosts(2)
    if (ours === undefined || theirs === undefined) throw new Error('no host')
    keepLastKey(file, theirs, { key: 'SHA256:one', alone: true })
    writeLastKeys()
    const written = readFileSync(file, 'utf8')
    rmSync(file)
    keepLastKey(file, ours, { key: 'SHA256:two', alone: true })
    write(written)
    writeLastKeys()
    expect([ours, theirs].map((host) => lastKeyFor(file, host)?.key)).toEqual(['SHA256:two', 'SHA256:one'])
  })

  test('is written when the process ends', () => {
    const logins = fileURLToPath(new URL('../../src/transport/ssh-logins.ts', import.meta.url))
    const config = { hostname: 'shop.example.org', port: 22, user: 'ada' }
    const script = join(mkdtempSync(join(tmpdir(), 'logins-')), 'script.ts')
    const text = `import { keepLastKey } from ${JSON.stringify(logins)}
      keepLastKey(${JSON.stringify(file)}, { config: ${JSON.stringify(config)} }, { key: 'SHA256:one', alone: true })`
    writeFileSync(script, text)
    execFileSync(process.execPath, ['--import', 'jiti/register', script])
    expect(readFileSync(file, 'utf8')).toContain('SHA256:one')
  })

  test.each([
    ['garbled', '{"version": 1, "logins": [{'],
    ['of another version', '{"version": 2, "logins": []}'],
    ['of another form', '{"version": 1, "logins": [{"host": "shop.example.org"}]}'],
    ['empty', ''],
    ['as large as none of ours', `{"version": 1, "logins": [], "x": "${'x'.repeat(5_000_000)}"}`],
  ])('is not known from a file that is %s, which is then replaced', async (_what, text) => {
    const ada = await hostOf('ada@shop.example.org')
    write(text)
    expect(lastKeyFor(file, ada)).toBeUndefined()
    keepLastKey(file, ada, { key: 'SHA256:one', alone: true })
    writeLastKeys()
    expect(lastKeyFor(file, ada)).toMatchObject({ key: 'SHA256:one' })
  })

  test('is known of one host where that of another is of another form, which is then left out', async () => {
    const [ada, bob] = [await hostOf('ada@shop.example.org'), await hostOf('bob@shop.example.org')]
    keepLastKey(file, ada, { key: 'SHA256:one', alone: true })
    writeLastKeys()
    const { logins } = JSON.parse(readFileSync(file, 'utf8')) as { logins: object[] }
    write(JSON.stringify({ version: 1, logins: [...logins, { ...logins[0], user: 'bob', key: 7 }, 'carol'] }))
    expect([lastKeyFor(file, ada), lastKeyFor(file, bob)]).toMatchObject([{ key: 'SHA256:one' }, undefined])
    keepLastKey(file, bob, { key: 'SHA256:two', alone: true })
    writeLastKeys()
    expect(readFileSync(file, 'utf8')).not.toMatch(/"key":7|carol/)
    expect([lastKeyFor(file, ada)?.key, lastKeyFor(file, bob)?.key]).toEqual(['SHA256:one', 'SHA256:two'])
  })

  test('is not kept where there can be no file, and that is no error', async () => {
    const ada = await hostOf('ada@shop.example.org')
    for (const path of ['/dev/null/logins.json', join(file, '..', 'x'.repeat(300))]) {
      keepLastKey(path, ada, { key: 'SHA256:one', alone: true })
      writeLastKeys()
      expect(lastKeyFor(path, ada)).toBeUndefined()
    }
    mkdirSync(file, { recursive: true })
    keepLastKey(file, ada, { key: 'SHA256:one', alone: true })
    writeLastKeys()
    expect([lastKeyFor(file, ada), readdirSync(dirname(file))]).toEqual([undefined, ['logins.json']])
  })

  test('replaces a link, and writes through none', async () => {
    const elsewhere = join(dirname(dirname(file)), 'elsewhere')
    writeFileSync(elsewhere, 'mine')
    mkdirSync(dirname(file))
    symlinkSync(elsewhere, file)
    keepLastKey(file, await hostOf('ada@shop.example.org'), { key: 'SHA256:one', alone: true })
    writeLastKeys()
    expect(readFileSync(elsewhere, 'utf8')).toBe('mine')
  })
})
