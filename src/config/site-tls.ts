import { lineageOf, liveFolder } from '../core/host-paths.js'
import { Secret } from '../core/secret.js'
import type { Tls } from '../core/tls.js'
import { givenCertificate } from './certificate.js'
import type { FlagsFile, SecretReference } from './schema.js'

/** What has to be read on this computer. */
export const tlsReferences = ({ tls }: FlagsFile): Readonly<Record<string, SecretReference>> => ({
  ...(typeof tls?.certificate === 'object' ? { 'tls.certificate': tls.certificate } : {}),
  ...(typeof tls?.key === 'object' ? { 'tls.key': tls.key } : {}),
})

interface Around {
  readonly root: string
  readonly secrets: ReadonlyMap<string, Secret>
  readonly now: Date
  /** Nothing will be sent, so there is nothing to be checked. */
  readonly withoutSecrets?: boolean
}

type Sent = { readonly sent: NonNullable<Tls['sent']>; readonly notes: readonly string[] }

const sentOf = (flags: FlagsFile, { secrets, now, withoutSecrets }: Around): Sent => {
  const [certificate, key] = ['tls.certificate', 'tls.key'].map((field) => secrets.get(field)?.reveal() ?? '')
  if (withoutSecrets === true) return { sent: { content: new Secret(''), holds: 'the certificate' }, notes: [] }
  const { pem, holds, notes } = givenCertificate({
    certificate: certificate ?? '',
    key: key ?? '',
    serverName: flags['server-name'],
    serverAliases: flags['server-aliases'],
    now,
  })
  return { sent: { content: new Secret(pem), holds }, notes }
}

/** Refuses a certificate that could not be served. */
export const tlsOf = (flags: FlagsFile, around: Around): { readonly tls?: Tls; readonly notes: readonly string[] } => {
  const { tls, site } = flags
  if (tls === undefined) return { notes: [] }
  const { certificate, key, acme, port, redirect, hsts } = tls
  const common = { port, redirect, ...(hsts === undefined ? {} : { hsts }) }
  if (acme !== undefined) {
    const lineage = lineageOf(site)
    const { email, server } = acme
    const live = liveFolder(lineage)
    return {
      tls: {
        ...common,
        certificate: `${live}/fullchain.pem`,
        key: `${live}/privkey.pem`,
        acme: { email, ...(server === undefined ? {} : { server }), lineage, webroot: `${around.root}/acme` },
      },
      notes: [],
    }
  }
  if (typeof certificate === 'string' && typeof key === 'string') {
    return { tls: { ...common, certificate, key }, notes: [] }
  }
  const { sent, notes } = sentOf(flags, around)
  return { tls: { ...common, certificate: `/etc/deploy-flask/${site}/certificate.pem`, sent }, notes }
}
