import { X509Certificate } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { givenCertificate, type GivenCertificate, type Wanted } from '../../src/config/certificate.js'
import { DeployError } from '../../src/errors.js'
import { Authority } from '../helpers/certificates.js'

const authority = new Authority()
const between = authority.issue('Test Between', { names: [], authority: true })
const shop = authority.issue('shop.test', { names: ['shop.test', '*.shop.test'] }, between)
const other = authority.issue('other.test')
const chain = shop.certificate + between.certificate

const judged = (given: Partial<Wanted>): GivenCertificate =>
  givenCertificate({
    certificate: chain,
    key: shop.key,
    serverName: 'shop.test',
    serverAliases: [],
    now: new Date(),
    ...given,
  })

const refusal = (given: Partial<Wanted>): DeployError => {
  try {
    judged(given)
  } catch (error) {
    if (error instanceof DeployError) return error
    throw error
  }
  throw new Error('it was not refused')
}

const days = (count: number): Date => new Date(Date.now() + count * 86_400_000)

describe('a certificate that is given', () => {
  it('is sent with its key in one text, its own certificate first, and nothing else of the files', () => {
    const { pem, holds, notes } = judged({ certificate: `Bag Attributes\n${chain}`, key: `a note\n${shop.key}` })
    expect(pem.match(/-----BEGIN [A-Z ]+-----/g)).toEqual([
      ...['-----BEGIN CERTIFICATE-----', '-----BEGIN CERTIFICATE-----', '-----BEGIN PRIVATE KEY-----'],
    ])
    expect(new X509Certificate(pem).subject).toBe('CN=shop.test')
    expect(holds).toMatch(/^certificate of shop\.test until 20\d\d-\d\d-\d\d \(key not shown\)$/)
    expect(notes).toEqual([])
  })

  it.each([
    ['text that is none', { certificate: 'hello' }, 'CERTIFICATE_UNREADABLE', 'there is no certificate'],
    [
      'one that is damaged',
      { certificate: chain.replace(/[A-Za-z]{40}/, 'A'.repeat(40)).replace(/\n[^\n]+\n-----END/, '\nAAAA\n-----END') },
      'CERTIFICATE_UNREADABLE',
      'is damaged',
    ],
    ['a key that is none', { key: chain }, 'CERTIFICATE_UNREADABLE', 'there is no private key'],
    ['a key with a passphrase', { key: authority.locked(shop) }, 'CERTIFICATE_UNREADABLE', 'has a passphrase'],
    ['the key of another one', { key: other.key }, 'CERTIFICATE_MISMATCH', 'the key does not belong'],
    [
      'a file in which another one comes first',
      { certificate: between.certificate + shop.certificate },
      'CERTIFICATE_MISMATCH',
      'is not the first one',
    ],
    [
      'a file in which what follows did not issue it',
      { certificate: shop.certificate + authority.certificate },
      'CERTIFICATE_MISMATCH',
      'certificate 2 of the file (CN=Test Authority) is not the one that issued certificate 1',
    ],
    ['one that has expired', { now: days(91) }, 'CERTIFICATE_EXPIRED', 'expired on'],
    ['one that is not valid yet', { now: days(-1) }, 'CERTIFICATE_EXPIRED', 'is not valid before'],
    [
      'one for other names',
      { serverName: 'a.b.shop.test' },
      'CERTIFICATE_NAME',
      'it is for DNS:shop.test, DNS:*.shop.test',
    ],
  ] as const)('is refused when it is %s', (_, given, code, what) => {
    const { code: is, fault } = refusal(given)
    expect(is).toBe(code)
    expect(fault.what).toContain(what)
    expect(fault.where).toMatch(/^tls\.(certificate|key)$/)
    expect(fault.remedy).toContain('nothing was sent')
  })

  it('is refused when it has a common name only, which browsers do not look at', () => {
    const old = authority.issue('shop.test', { names: [] })
    const { code, fault } = refusal({ certificate: old.certificate, key: old.key })
    expect(code).toBe('CERTIFICATE_NAME')
    expect(fault.what).toContain('it has no alternative names')
  })

  it('tells nothing of a key that it refuses', () => {
    const lines = shop.key.split('\n').filter((line) => line.length > 20 && !line.startsWith('-----'))
    for (const given of [{ certificate: other.certificate }, { key: shop.key.replace('BEGIN', 'BEGIN  ') }]) {
      const { fault, message, cause } = refusal(given)
      for (const line of lines) expect(JSON.stringify([fault, message, String(cause)])).not.toContain(line)
    }
  })

  it('is told of when it will expire soon, is not for an alias, or lacks what is in between', () => {
    expect(judged({ now: days(80) }).notes).toEqual(['the certificate expires in 9 days: renew it'])
    expect(judged({ serverAliases: ['www.shop.test', 'shop.example'] }).notes).toEqual([
      'the certificate is not for shop.example: by HTTPS, browsers refuse the site under that name',
    ])
    expect(judged({ certificate: shop.certificate }).notes).toEqual([
      'tls.certificate holds no certificate in between: clients that do not know its issuer refuse the site',
    ])
  })
})
