import { expect, test } from 'vitest'
import { parseAddress } from '../../src/transport/address.js'

test.each([
  ['shop', { host: 'shop' }],
  ['shop.example.org.', { host: 'shop.example.org.' }],
  ['deploy@shop', { host: 'shop', user: 'deploy' }],
  ['deploy@shop:2222', { host: 'shop', user: 'deploy', port: 2222 }],
  ['me@corp@shop', { host: 'shop', user: 'me@corp' }],
  ['127.0.0.1:22', { host: '127.0.0.1', port: 22 }],
  ['::1', { host: '::1' }],
  ['[::1]', { host: '::1' }],
  ['root@[fe80::1%eth0]:2222', { host: 'fe80::1%eth0', user: 'root', port: 2222 }],
  ['магазин.test', { host: 'магазин.test' }],
])('%s is understood', (typed, address) => {
  expect(parseAddress(typed)).toEqual(address)
})

test.each([
  '',
  ' ',
  '@',
  'user@',
  '@host',
  '-oProxyCommand=id',
  'user@-oProxyCommand=id',
  '-l@host',
  'a b',
  'a;id',
  '$(id)',
  'a\nb',
  "a'b",
  'host:',
  'host:0',
  'host:65536',
  'host:080',
  'host:0x50',
  'host:8e1',
  'host: 80',
  'host:８０',
  '[::1',
  '[::1]x',
  'ssh://host/path',
])('%j is refused', (typed) => {
  expect(() => parseAddress(typed)).toThrow(/is not a host/)
})
