import { expect, test } from 'vitest'
import { questionOf } from '../../src/transport/openssh-questions.js'
import { parseSshConfig } from '../../src/transport/ssh-config.js'

const host = {
  address: { host: 'shop' },
  sshConfigFile: undefined,
  config: parseSshConfig('hostname shop.test\nuser me\nport 22\n'),
  target: 'me@shop.test',
  where: 'me@shop.test (shop)',
}

const asked = (text: string, kind = '') => questionOf({ kind, text }, host, 'shop.test')

test('what ssh asks is asked in the words of the other transport', () => {
  expect(asked("Enter passphrase for key '/home/me/.ssh/it''s': ")).toEqual({
    about: 'passphrase',
    text: "Passphrase of /home/me/.ssh/it''s",
    secret: true,
  })
  expect(asked("me@shop.test's password: ")).toEqual({
    about: 'login-password',
    account: 'me',
    text: 'Password of me on shop.test',
    secret: true,
  })
  const unknown = `The authenticity of host 'shop.test (192.0.2.7)' can't be established.
ED25519 key fingerprint is SHA256:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU.
This key is not known by any other names.
Are you sure you want to continue connecting (yes/no/[fingerprint])? `
  expect(asked(unknown)).toEqual({
    about: 'host-key',
    text: 'The host key of shop.test is not known: ED25519 SHA256:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU. Is it the right one?',
    secret: false,
  })
})

test('what a host asks is not taken for a question of ssh, and cannot repaint the terminal', () => {
  expect(asked("(me@shop.test) Enter passphrase for key '/home/me/.ssh/id': ")).toMatchObject({ about: 'login-prompt' })
  expect(asked('(me@shop.test) \u001b[2JCode:\u202e ')).toEqual({
    about: 'login-prompt',
    text: 'me@shop.test asks: (me@shop.test) Code:',
    secret: true,
  })
})

test('a hardware key asks for its PIN; what ssh only tells is no question', () => {
  expect(asked('Enter PIN for ECDSA-SK key /home/me/.ssh/id_ecdsa_sk: ')).toMatchObject({ secret: true })
  expect(asked('Confirm user presence for key ECDSA-SK', 'none')).toBe('notice')
  expect(asked('Allow use of key?', 'confirm')).toMatchObject({ about: 'login-prompt', secret: false })
})

test('an account whose password has expired is not asked for a new one', () => {
  expect(asked("me@shop.test's old password: ")).toBe('expired')
  expect(asked('(me@shop.test) New password: ')).toBe('expired')
})
