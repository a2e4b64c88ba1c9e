import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { certificateAt, type CertificateState } from '../../src/probes/certificate.js'
import { Authority } from '../helpers/certificates.js'
import { askHere } from './local.js'

const authority = new Authority()
const made = authority.issue('shop.test', { names: ['shop.test', 'www.shop.test'] })

const file = (name: string, content: string): string => {
  const path = join(authority.folder, name)
  writeFileSync(path, content)
  return path
}

const certificate = file('shop.pem', made.certificate + authority.certificate)
const key = file('shop.key', made.key)
const asked = (path: string, of?: string, renewal?: string): CertificateState =>
  askHere(certificateAt(path, of, renewal))

describe('a certificate on the host', () => {
  it('says for whom it is, by whom, and until when', () => {
    const { certificate: found, server } = asked(certificate, key)
    expect(found).toMatchObject({
      names: ['shop.test', 'www.shop.test'],
      issuer: 'Test Authority',
      lasts: 'long',
      fault: null,
    })
    expect(Math.round(((found?.until ?? 0) - Date.now() / 1000) / 86_400)).toBe(90)
    expect(server).toBeNull()
  })

  it('may be in one file with its key', () => {
    expect(asked(file('both.pem', made.certificate + made.key)).certificate).toMatchObject({ fault: null })
  })

  it('that will expire within two weeks, or has, is told of', () => {
    const soon = authority.issue('soon.test', { time: ['-days', '13'] })
    expect(asked(file('soon.pem', soon.certificate + soon.key)).certificate?.lasts).toBe('ending')
    const late = authority.issue('late.test', { time: ['-days', '-1'] })
    expect(asked(file('late.pem', late.certificate + late.key)).certificate?.lasts).toBe('expired')
  })

  it('is none where there is no file', () => {
    expect(asked('/nowhere/a.pem')).toEqual({ certificate: null, server: null })
  })

  it.each([
    ['another key', file('other.key', authority.issue('other.test').key), 'mismatch'],
    ['a key with a passphrase', file('locked.key', authority.locked(made)), 'unreadable'],
    ['a key that is none', certificate, 'unreadable'],
    ['a key that is not there', '/nowhere/a.key', 'unreadable'],
  ])('cannot be used with %s', (_, of, why) => {
    expect(asked(certificate, of).certificate).toMatchObject({ names: ['shop.test', 'www.shop.test'], fault: { why } })
  })

  it('that is none cannot be used, and says nothing of itself', () => {
    expect(asked(file('none.pem', 'hello\n'), key).certificate).toMatchObject({
      names: [],
      lasts: 'expired',
      fault: { why: 'unreadable' },
    })
  })

  it('of certbot says which authority it is from', () => {
    const renewal = file('renewal.conf', '[renewalparams]\naccount = x\nserver = https://acme.test/dir\n')
    expect(asked(certificate, key, renewal).server).toBe('https://acme.test/dir')
  })
})
