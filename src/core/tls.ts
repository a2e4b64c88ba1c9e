import type { Secret } from './secret.js'

/** What is asked of a site by HTTPS, and how the certificate that it must show is known. */
export interface ServedTls {
  readonly port: number
  /** Whether HTTP only leads there. */
  readonly redirect: boolean
  /** Path on the host: the chain, the site's own certificate first. */
  readonly certificate: string
  /** Path on the host; undefined: the key is in the file of the certificate. */
  readonly key?: string
}

/** How certbot obtains a certificate. */
export interface Acme {
  readonly email: string
  /** undefined: the authority that certbot knows itself. */
  readonly server?: string
  /** What certbot calls the certificate. */
  readonly lineage: string
  /** Folder below which it puts what the authority asks for. */
  readonly webroot: string
}

/** A virtual host for HTTPS, beside that for HTTP. */
export interface Tls extends ServedTls {
  /** max-age of Strict-Transport-Security, in seconds. */
  readonly hsts?: number
  /** The file of the certificate, where we write it: chain and key, so that both are exchanged at once. */
  readonly sent?: { readonly content: Secret; readonly holds: string }
  readonly acme?: Acme
}
