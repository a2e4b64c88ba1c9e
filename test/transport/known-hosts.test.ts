import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  entriesFor,
  fingerprint,
  hostKeyAlgorithms,
  hostToken,
  judge,
  knownHostLine,
  parseKnownHosts,
} from '../../src/transport/known-hosts.js'

const folder = mkdtempSync(join(tmpdir(), 'known-'))
afterAll(() => rmSync(folder, { recursive: true }))

/** `TYPE BASE64` of fresh keys. */
const keys: string[] = []
const key = (index: number): string => keys[index] ?? ''
const bytes = (index: number): Buffer => Buffer.from(key(index).split(' ')[1] ?? '', 'base64')

beforeAll(() => {
  for (const [index, type] of ['ed25519', 'ed25519', 'ecdsa', 'rsa'].entries()) {
    const file = join(folder, `key${index}`)
    execFileSync('ssh-keygen', ['-q', '-t', type, '-N', '', '-C', '', '-f', file])
    keys.push(readFileSync(`${file}.pub`, 'utf8').trim().split(' ').slice(0, 2).join(' '))
  }
})

const verdict = (text: string, host: string, port: number, sent: Buffer) =>
  judge(entriesFor(parseKnownHosts(text), hostToken(host, port)), sent)

describe('a host key', () => {
  test('that is known matches', () => {
    expect(verdict(`shop.test ${key(0)}\n`, 'shop.test', 22, bytes(0))).toBe('match')
  })

  test('of a host of which nothing is known is unknown', () => {
    expect(verdict('', 'shop.test', 22, bytes(0))).toBe('unknown')
    expect(verdict(`other.test ${key(0)}\n`, 'shop.test', 22, bytes(0))).toBe('unknown')
  })

  test('that differs from the known one of its type has changed', () => {
    expect(verdict(`shop.test ${key(0)}\n`, 'shop.test', 22, bytes(1))).toBe('changed')
  })

  test('of another type than the known ones is told apart', () => {
    expect(verdict(`shop.test ${key(0)}\n`, 'shop.test', 22, bytes(2))).toBe('other-types')
  })

  test('that is revoked is never trusted, whatever else is known', () => {
    const text = `shop.test ${key(0)}\n@revoked * ${key(0)}\n`
    expect(verdict(text, 'shop.test', 22, bytes(0))).toBe('revoked')
    expect(verdict(text, 'other.test', 22, bytes(0))).toBe('revoked')
  })

  test('that is revoked is so also where a tab ends the mark, which ssh passes over', () => {
    expect(verdict(`shop.test ${key(0)}\n@revoked\t* ${key(0)}\n`, 'shop.test', 22, bytes(0))).toBe('revoked')
  })

  test('is not judged by a certificate authority', () => {
    expect(verdict(`@cert-authority *.test ${key(0)}\n`, 'shop.test', 22, bytes(0))).toBe('unsupported')
  })

  test('that is damaged says nothing, not even of its type, as for ssh', () => {
    const [type = '', text = ''] = key(0).split(' ')
    for (const damaged of [`${text.slice(0, 40)}!${text.slice(40)}`, text.slice(0, -8), `${text}AAAA`, `${text}=`]) {
      expect(parseKnownHosts(`shop.test ${type} ${damaged}\n`)).toEqual([])
    }
    const ecdsa = key(2).split(' ')[1] ?? ''
    expect(parseKnownHosts(`shop.test ${key(2)}\nshop.test ecdsa-sha2-nistp256 ${ecdsa.slice(0, -8)}\n`)).toHaveLength(
      1,
    )
  })

  test('under two hashed names at once is that of neither, as for ssh', () => {
    const [name = ''] = knownHostLine('shop.test', bytes(0), true).split(' ')
    expect(verdict(`${name} ${key(0)}\n`, 'shop.test', 22, bytes(0))).toBe('match')
    expect(verdict(`${name},${name} ${key(0)}\n`, 'shop.test', 22, bytes(0))).toBe('unknown')
  })

  test('of one port says nothing of another port', () => {
    expect(verdict(`[shop.test]:2222 ${key(0)}\n`, 'shop.test', 2222, bytes(0))).toBe('match')
    expect(verdict(`[shop.test]:2222 ${key(0)}\n`, 'shop.test', 22, bytes(0))).toBe('unknown')
  })
})

test('lines that are no entry are passed over, and do not hide the entries after them', () => {
  const text = [
    '# shop.test comment',
    '',
    'garbage',
    'shop.test ssh-ed25519 AAAA',
    `shop.test ssh-rsa ${key(0).split(' ')[1] ?? ''}`,
    '@unknown shop.test ' + key(1),
    'shop.test 2048 65537 12345',
    '\u0000\u0001\ufffd',
    `\t shop.test\t${key(0)}\tcomment with words\r`,
  ].join('\n')
  expect(parseKnownHosts(text)).toHaveLength(1)
  expect(verdict(text, 'shop.test', 22, bytes(0))).toBe('match')
})

describe('in agreement with ssh-keygen -F', () => {
  const lines = (): string =>
    [
      `plain.test,10.0.0.1 ${key(0)}`,
      `*.wild.test,!bad.wild.test ${key(0)}`,
      `[port.test]:2222 ${key(0)}`,
      `h?st.test ${key(0)}`,
      `[*]:2022 ${key(0)}`,
      `@revoked revoked.test ${key(0)}`,
      `@cert-authority *.ca.test ${key(0)}`,
      `::1 ${key(0)}`,
      `crlf.test ${key(0)}\r`,
      `# comment.test ${key(0)}`,
      `dot.test,a+b.test ${key(0)}`,
    ].join('\n') + '\n'

  const probes: readonly (readonly [string, number])[] = [
    ['plain.test', 22],
    ['10.0.0.1', 22],
    ['10.0.0.10', 22],
    ['plain.test', 2222],
    ['a.wild.test', 22],
    ['bad.wild.test', 22],
    ['wild.test', 22],
    ['a.b.wild.test', 22],
    ['port.test', 2222],
    ['port.test', 22],
    ['host.test', 22],
    ['hst.test', 22],
    ['any.thing', 2022],
    ['revoked.test', 22],
    ['x.ca.test', 22],
    ['::1', 22],
    ['crlf.test', 22],
    ['comment.test', 22],
    ['dotxtest', 22],
    ['a+b.test', 22],
    ['aab.test', 22],
    ['', 22],
  ]

  const found = (file: string, token: string): boolean =>
    spawnSync('ssh-keygen', ['-F', token, '-f', file]).status === 0

  test.each(['plain', 'hashed'])('every probe is found or not found alike, %s', (kind) => {
    const file = join(folder, `known_${kind}`)
    writeFileSync(file, lines())
    if (kind === 'hashed') execFileSync('ssh-keygen', ['-H', '-f', file], { stdio: 'ignore' })
    const entries = parseKnownHosts(readFileSync(file, 'utf8'))
    for (const [host, port] of probes.filter(([name]) => name !== '')) {
      const token = hostToken(host, port)
      expect([token, entriesFor(entries, token).length > 0]).toEqual([token, found(file, token)])
    }
  })

  test.each([false, true])('a line that we write is found (hashed: %s)', (hashed) => {
    const file = join(folder, `written_${hashed}`)
    writeFileSync(file, knownHostLine('[new.test]:2222', bytes(0), hashed) + '\n')
    expect(found(file, '[new.test]:2222')).toBe(true)
    expect(verdict(readFileSync(file, 'utf8'), 'new.test', 2222, bytes(0))).toBe('match')
  })

  test('a fingerprint is the one of ssh-keygen -l', () => {
    const shown = execFileSync('ssh-keygen', ['-lf', join(folder, 'key0.pub')], { encoding: 'utf8' })
    expect(shown).toContain(fingerprint(bytes(0)))
  })
})

test('the types that are known for a host are offered first, never with SHA-1', () => {
  const offered = hostKeyAlgorithms(parseKnownHosts(`shop.test ${key(3)}\n@revoked shop.test ${key(2)}\n`))
  expect(offered.slice(0, 2)).toEqual(['rsa-sha2-512', 'rsa-sha2-256'])
  const both = hostKeyAlgorithms(parseKnownHosts(`shop.test ${key(3)}\nshop.test ${key(0)}\n`))
  expect(both.slice(0, 2), 'in the order of ssh, not in that of the file').toEqual(['ssh-ed25519', 'rsa-sha2-512'])
  const revoked = hostKeyAlgorithms(parseKnownHosts(`x ${key(0)}\nx ${key(3)}\n@revoked x ${key(0)}\n`))
  expect(revoked[0], 'a revoked key makes nobody want its type').toBe('rsa-sha2-512')
  expect(offered).toContain('ssh-ed25519')
  expect(offered).not.toContain('ssh-rsa')
  expect(new Set(offered).size).toBe(offered.length)
})

test('many stars in a pattern do not stall us', () => {
  const text = `${'*a'.repeat(20)}b ${key(0)}\n`
  expect(verdict(text, 'a'.repeat(60), 22, bytes(0))).toBe('unknown')
})
