import { describe, expect, it } from 'vitest'
import { documentOf } from '../../src/config/flags-document.js'
import type { Override } from '../../src/config/overrides.js'
import { whereaboutsIn } from '../../src/config/whereabouts.js'

const found = (text: string, overrides: readonly Override[] = []) =>
  whereaboutsIn(documentOf(text, '/site/flags.yml'), overrides, { HOME: '/home/me' })

const option = (path: readonly string[], value: unknown): Override => ({
  path,
  value,
  origin: `--${path.join('-')}`,
})

describe('where the host is, before the flags file is checked', () => {
  it.each([
    ['host: web1', { host: 'web1' }],
    ['host: me@web1', { host: 'web1', user: 'me' }],
    ['host: web1\nssh: {user: me, port: 2222}', { host: 'web1', user: 'me', port: 2222 }],
    ['host: 2001:db8::7\nssh: {config-file: config}', { host: '2001:db8::7', sshConfigFile: '/site/config' }],
    ['host: web1\nssh: {config-file: ~/config}', { host: 'web1', sshConfigFile: '/home/me/config' }],
    ['host: web1\nprot: what is wrong elsewhere is found later', { host: 'web1' }],
  ])('%j', (text, whereabouts) => {
    expect(found(text)).toEqual(whereabouts)
  })

  it('with what is stronger than the file', () => {
    const stronger = [option(['host'], 'you@web2'), option(['ssh', 'config-file'], '/etc/config')]
    expect(found('host: web1\nssh: {user: me}', stronger)).toEqual({
      host: 'web2',
      user: 'you',
      sshConfigFile: '/etc/config',
    })
  })

  it.each([
    'site: shop',
    'host: 7',
    'host: -oProxyCommand=touch',
    'host: "web1 -v"',
    'host: web1\nssh: {user: -l}',
    'host: web1\nssh: {port: 70000}',
    'host: web1\nssh: {config-file: 7}',
    'host: web1\nssh: none',
    'host: web1\nssh: {transport: openssh}',
    'host: web1\nhost: web2',
    'hosts: {web1: {}}',
    '- host: web1',
  ])('not where it takes more than a look, or is no host: %j', (text) => {
    expect(found(text)).toBeUndefined()
  })
})
