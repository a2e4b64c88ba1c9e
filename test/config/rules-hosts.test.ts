import { describe } from 'vitest'
import { accepts, refuses } from './judging.js'

describe('addresses', () => {
  refuses([
    [
      'wsgi: a:b\naddresses: ["*", 192.0.2.7]',
      '7:13: addresses.0: * is every address of the host: leave out the others',
    ],
    ['wsgi: a:b\naddresses: [192.0.2.7, 192.0.2.7]', '7:24: addresses.1: 192.0.2.7 stands in the list already'],
  ])
  accepts(['wsgi: a:b\naddresses: [192.0.2.7, "[2001:db8::7]"]', 'wsgi: a:b\naddresses: ["*"]\nport: 8080'])
})
