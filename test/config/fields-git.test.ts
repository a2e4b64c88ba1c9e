import { execFileSync, spawnSync } from 'node:child_process'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { gitRef, gitUrl } from '../../src/config/fields-git.js'

const messageOf = (field: typeof gitUrl, text: string): string | undefined =>
  field.safeParse(text).error?.issues[0]?.message

describe('the URL of a repository', () => {
  it.each([
    'https://git.example.com/shop.git',
    'https://git.example.com:8443/team/~ada/shop',
    'https://[2001:db8::7]/shop.git',
    'ssh://git@git.example.com/team/shop.git',
    'ssh://git.example.com:2222/srv/git/shop.git',
    'git@git.example.com:team/shop.git',
    'git.example.com:/srv/git/shop.git',
    'my-alias:shop',
    'deploy.bot@git.example.com:shop+more_things.git',
  ])('may be %s', (url) => {
    expect(messageOf(gitUrl, url)).toBeUndefined()
  })

  const refused: readonly (readonly [url: string, message: string])[] = [
    ['http://git.example.com/shop.git', 'must be https or ssh'],
    ['git://git.example.com/shop.git', 'must be https or ssh'],
    ['file:///srv/shop.git', 'must not be on this computer'],
    ['/srv/shop.git', 'must not be on this computer'],
    ['../shop', 'must not be on this computer'],
    ['~/shop', 'must not be on this computer'],
    ['https://ada:hunter2@git.example.com/shop.git', 'must not hold a user, password or token'],
    ['https://ghp_0123456789@git.example.com/shop.git', 'must not hold a user, password or token'],
    ['ssh://git:hunter2@git.example.com/shop.git', 'must not hold a user, password or token'],
    ...[
      ...['', ' ', '-', '--upload-pack=touch /tmp/x', '-oProxyCommand=touch:x', 'ext::sh -c id', 'ext::sh', 'fd::3'],
      ...['ssh://-oProxyCommand=id/x', 'ssh://git@-oProxyCommand=id/x', '-oProxyCommand=id:x', 'a@-b:x'],
      ...['git.example.com:-x', 'git.example.com:', 'https://git.example.com', 'https://git.example.com/-x'],
      ...['HTTPS://git.example.com/x', 'https://git.example.com/a b', 'https://git.example.com/a\nb', 'C:\\shop'],
      ...['https://git.example.com/x?y=$(id)', 'git.example.com:`id`', 'git.example.com:a;b', "a:'x'", 'a:b'],
      ...['https:///x', 'https://a/../\u001b[2J', 'transport::https://a/x', 'https::https://a/x', 'C:/shop', 'shop'],
    ].map((url) => [url, 'must be a repository by https or ssh'] as const),
  ]

  it.each(refused)('must not be %j', (url, message) => {
    expect(messageOf(gitUrl, url)).toMatch(message)
  })

  it('is never repeated: a password may stand in it', () => {
    for (const url of ['https://ada:hunter2@a.test/x', 'http://hunter2@a.test', 'hunter2']) {
      expect(messageOf(gitUrl, url)).not.toContain('hunter2')
    }
  })
})

const gitTakes = (ref: string): boolean =>
  !ref.includes('\0') && spawnSync('git', ['check-ref-format', '--allow-onelevel', ref]).status === 0

describe('a branch, tag or commit', () => {
  it.each([
    'main',
    'v1.2.3',
    'feature/a-b_c',
    'refs/heads/main',
    'refs/pull/7/head',
    'a'.repeat(40),
    'größe',
    '1.0',
    'x@y',
  ])('may be %s', (ref) => {
    expect(messageOf(gitRef, ref)).toBeUndefined()
  })

  const refused = [
    ...['', '-x', '--upload-pack=x', 'a..b', 'main~1', 'main^', 'main^{tree}', 'main@{1}', '@', 'a:b', ':/fix', 'a b'],
    ...[
      'a\tb',
      'a\nb',
      'a\0b',
      '\u001b[2J',
      'a\\b',
      'a*',
      'a?',
      'a[b',
      '/a',
      'a/',
      'a//b',
      '.a',
      'a/.b',
      'a.',
      'a.lock',
    ],
    ...['a.lock/b', 'a\u202eb', 'a\u00a0b', 'x'.repeat(201)],
  ]

  it.each(refused)('must not be %j', (ref) => {
    expect(messageOf(gitRef, ref)).toBeDefined()
  })

  it('is one that git itself takes as a name', { timeout: 120_000 }, () => {
    expect(execFileSync('git', ['--version'], { encoding: 'utf8' })).toMatch(/^git version/)
    const part = fc.constantFrom(
      'a',
      'B',
      '1',
      '.',
      '..',
      '-',
      '_',
      '/',
      '@',
      '{',
      '}',
      '.lock',
      'é',
      '~',
      '^',
      ':',
      ' ',
      '\\',
    )
    fc.assert(
      fc.property(fc.array(part, { minLength: 1, maxLength: 6 }), (parts) => {
        const ref = parts.join('')
        if (messageOf(gitRef, ref) === undefined) expect(gitTakes(ref), ref).toBe(true)
      }),
      { numRuns: 1000 },
    )
  })
})
