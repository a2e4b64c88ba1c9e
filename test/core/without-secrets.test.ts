import { describe, expect, it } from 'vitest'
import { withoutSecrets } from '../../src/core/without-secrets.js'

describe('what somebody has written by hand is shown without its secrets', () => {
  it.each([
    ["os.environ['SECRET_KEY'] = 'HUNTER2'", "os.environ['SECRET_KEY'] = ***"],
    ['os.environ.setdefault("TOKEN", "hunter2")', 'os.environ.setdefault("TOKEN", ***)'],
    ["application.secret_key = 'hunter2'", 'application.secret_key = ***'],
    ["    key = 'it\\'s hunter2'", '    key = ***'],
    ['  SetEnv SHOP_TOKEN hunter2', '  SetEnv SHOP_TOKEN ***'],
    ['SetEnv SHOP_TOKEN "hunter 2"', 'SetEnv SHOP_TOKEN ***'],
    ['AuthLDAPBindPassword hunter2', 'AuthLDAPBindPassword ***'],
    ['RequestHeader set Authorization "Bearer hunter2"', 'RequestHeader set Authorization ***'],
    ['SetEnv DATABASE postgres://shop:hunter2@db/shop', 'SetEnv DATABASE postgres://shop:***@db/shop'],
  ])('%s', (line, shown) => {
    expect(withoutSecrets(line)).toBe(shown)
  })

  it.each([
    'WSGIDaemonProcess monkey python-home=/srv/monkey/env',
    "sys.path.insert(0, '/srv/shop')",
    '<Directory /srv/keys>',
    '    ServerName token.example.com',
    '',
  ])('nothing of it is taken away where it holds none: %s', (line) => {
    expect(withoutSecrets(line)).toBe(line)
  })

  it('takes no longer for what is made to take long', () => {
    expect(withoutSecrets(`key = '${'\\'.repeat(200_001)}`)).toHaveLength(200_008)
  })
})
