import type { Broken } from './rule.js'
import type { FlagsFile } from './schema.js'

type Fields = NonNullable<FlagsFile['tls']>

const ofCertificate = ({ certificate, key, acme }: Fields): readonly Broken[] => {
  const path = ['tls']
  if (acme !== undefined) {
    return [certificate === undefined ? [] : ['certificate'], key === undefined ? [] : ['key']].flat().map((field) => ({
      path: [...path, field],
      message: 'cannot stand beside acme, by which certbot obtains certificate and key: leave out one of them',
    }))
  }
  if (certificate === undefined && key === undefined) {
    return [{ path, message: 'needs a certificate and its key, or acme' }]
  }
  if (certificate === undefined)
    return [{ path: [...path, 'key'], message: 'needs the certificate that it belongs to' }]
  if (key === undefined) return [{ path: [...path, 'certificate'], message: 'needs its key' }]
  return typeof certificate === typeof key
    ? []
    : [
        {
          path: [...path, 'key'],
          message:
            'must be where the certificate is: both on this computer ({file: PATH}, {env: NAME}), or both on the host',
        },
      ]
}

/** The authority asks by HTTP, at port 80 of each of the names. */
const ofAcme = (flags: FlagsFile, { acme }: Fields): readonly Broken[] => {
  if (acme === undefined) return []
  const names = [
    { path: ['server-name'], name: flags['server-name'] },
    ...flags['server-aliases'].map((name, index) => ({ path: ['server-aliases', index], name })),
  ]
  return [
    ...(flags.port === 80 ? [] : [{ path: ['port'], message: 'must be 80 for tls.acme: there the authority asks' }]),
    ...names.flatMap(({ path, name }) =>
      name.includes('.') ? [] : [{ path, message: 'must be a full name for tls.acme: www.example.com' }],
    ),
  ]
}

const headerTwice = ({ headers }: FlagsFile, { hsts }: Fields): readonly Broken[] => {
  const written = Object.keys(headers).find((name) => name.toLowerCase() === 'strict-transport-security')
  return hsts === undefined || written === undefined
    ? []
    : [{ path: ['headers', written], message: 'is what tls.hsts says already: leave out one of them' }]
}

/** A certificate from one place, and two ports. */
export const tlsRules = (flags: FlagsFile): readonly Broken[] => {
  const { tls } = flags
  if (tls === undefined) return []
  return [
    ...ofCertificate(tls),
    ...ofAcme(flags, tls),
    ...headerTwice(flags, tls),
    ...(tls.port === flags.port
      ? [{ path: ['tls', 'port'], message: `is ${tls.port}, which is the port of HTTP: both need one of their own` }]
      : []),
  ]
}
