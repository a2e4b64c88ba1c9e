import { createPrivateKey, X509Certificate, type KeyObject } from 'node:crypto'
import { DeployError, type ErrorCode } from '../errors.js'

/** A certificate as Apache will show it, with the key that belongs to it. */
export interface GivenCertificate {
  /** Chain and key, as they are sent. */
  readonly pem: string
  /** What it is, without anything secret: `certificate of shop.example.com until 2027-02-01`. */
  readonly holds: string
  /** What a person should know of it, a sentence each. */
  readonly notes: readonly string[]
}

export interface Wanted {
  /** PEM; what else is in the text is left out. */
  readonly certificate: string
  readonly key: string
  readonly serverName: string
  readonly serverAliases: readonly string[]
  readonly now: Date
}

/** Fewer days, and a person should think of the next one. */
const daysOfWarning = 14

const day = 86_400_000

const fault = (code: ErrorCode, field: 'certificate' | 'key', what: string, remedy: string): DeployError =>
  new DeployError(code, { what, where: `tls.${field}`, remedy: `${remedy}; nothing was sent` })

const blocks = (text: string, kind: string): readonly string[] =>
  text.match(new RegExp(`-----BEGIN ${kind}-----[\\s\\S]*?-----END ${kind}-----`, 'g')) ?? []

const certificatesIn = (text: string): readonly [X509Certificate, ...X509Certificate[]] => {
  const unreadable = (what: string): DeployError =>
    fault(
      'CERTIFICATE_UNREADABLE',
      'certificate',
      what,
      'give a file in PEM: it begins with -----BEGIN CERTIFICATE-----',
    )
  try {
    const [first, ...rest] = blocks(text, 'CERTIFICATE').map((pem) => new X509Certificate(pem))
    if (first === undefined) throw unreadable('there is no certificate in what tls.certificate refers to')
    return [first, ...rest]
  } catch (error) {
    throw error instanceof DeployError
      ? error
      : unreadable('a certificate in what tls.certificate refers to is damaged')
  }
}

/** What went wrong is not passed on: it could hold a part of the key. */
const keyIn = (text: string): KeyObject => {
  if (/-----BEGIN ENCRYPTED PRIVATE KEY-----|^Proc-Type: 4,ENCRYPTED/m.test(text)) {
    throw fault(
      'CERTIFICATE_UNREADABLE',
      'key',
      'the key has a passphrase, for which Apache would ask at each start, with nobody there to answer',
      'write it without one: openssl pkey -in KEY -out KEY.plain',
    )
  }
  const [pem] = blocks(text, '(?:[A-Z]+ )?PRIVATE KEY')
  try {
    if (pem !== undefined) return createPrivateKey(pem)
  } catch {
    // as where there is none
  }
  throw fault(
    'CERTIFICATE_UNREADABLE',
    'key',
    'there is no private key in what tls.key refers to',
    'give a file in PEM: it begins with -----BEGIN PRIVATE KEY-----',
  )
}

const nameOf = ({ subject }: X509Certificate): string => subject.replaceAll('\n', ', ')

const checkKey = ([own, ...others]: readonly X509Certificate[], key: KeyObject): void => {
  if (own?.checkPrivateKey(key) === true) return
  const isMisplaced = others.some((one) => one.checkPrivateKey(key))
  throw isMisplaced
    ? fault(
        'CERTIFICATE_MISMATCH',
        'certificate',
        'the certificate that the key belongs to is not the first one in its file',
        "put the site's own certificate first, then those in between",
      )
    : fault(
        'CERTIFICATE_MISMATCH',
        'key',
        `the key does not belong to the certificate (${own === undefined ? '' : nameOf(own)})`,
        'give the key that the certificate was requested with: Apache would not start with another one',
      )
}

const checkChain = (chain: readonly X509Certificate[]): void => {
  chain.forEach((one, index) => {
    const above = chain[index + 1]
    if (above === undefined || (one.checkIssued(above) && one.verify(above.publicKey))) return
    throw fault(
      'CERTIFICATE_MISMATCH',
      'certificate',
      `certificate ${index + 2} of the file (${nameOf(above)}) is not the one that issued certificate ${index + 1}`,
      'put each certificate before the one of its issuer; leave out what does not belong to it',
    )
  })
}

const checkTime = (certificate: X509Certificate, now: Date): void => {
  const [from, until] = [new Date(certificate.validFrom), new Date(certificate.validTo)]
  if (until <= now) {
    throw fault(
      'CERTIFICATE_EXPIRED',
      'certificate',
      `the certificate expired on ${dated(until)}`,
      'give the renewed one',
    )
  }
  if (from > now) {
    throw fault(
      'CERTIFICATE_EXPIRED',
      'certificate',
      `the certificate is not valid before ${dated(from)}`,
      'wait until then, or look whether the clock of this computer is right',
    )
  }
}

const dated = (date: Date): string => date.toISOString().slice(0, 10)

/** Clients look at the alternative names alone. */
const covers = (certificate: X509Certificate, name: string): boolean =>
  certificate.checkHost(name, { subject: 'never' }) !== undefined

const checkName = (certificate: X509Certificate, name: string): void => {
  if (covers(certificate, name)) return
  const { subjectAltName } = certificate
  throw fault(
    'CERTIFICATE_NAME',
    'certificate',
    `the certificate is not for ${name}: ${subjectAltName === undefined ? 'it has no alternative names, which alone count' : `it is for ${subjectAltName}`}`,
    'give one that holds the "server-name" of the site, or correct that name',
  )
}

const notesOf = (
  [own, ...others]: readonly [X509Certificate, ...X509Certificate[]],
  { serverAliases, now }: Wanted,
): readonly string[] => {
  const days = Math.floor((Date.parse(own.validTo) - now.getTime()) / day)
  const isAlone = others.length === 0 && !own.checkIssued(own)
  return [
    ...(days < daysOfWarning ? [`the certificate expires in ${days} days: renew it`] : []),
    ...serverAliases
      .filter((alias) => !covers(own, alias))
      .map((alias) => `the certificate is not for ${alias}: by HTTPS, browsers refuse the site under that name`),
    ...(isAlone
      ? ['tls.certificate holds no certificate in between: clients that do not know its issuer refuse the site']
      : []),
  ]
}

/** Refuses what Apache would not start with, and what clients would refuse, before anything of it is sent. */
export const givenCertificate = (wanted: Wanted): GivenCertificate => {
  const chain = certificatesIn(wanted.certificate)
  const key = keyIn(wanted.key)
  const [own] = chain
  checkKey(chain, key)
  checkChain(chain)
  checkTime(own, wanted.now)
  checkName(own, wanted.serverName)
  const pems = chain.map((one) => one.toString().trimEnd())
  const secret = key.export({ type: 'pkcs8', format: 'pem' }).toString().trimEnd()
  return {
    pem: `${[...pems, secret].join('\n')}\n`,
    holds: `certificate of ${wanted.serverName} until ${dated(new Date(own.validTo))} (key not shown)`,
    notes: notesOf(chain, wanted),
  }
}
