import type { Acme, Tls } from '../../core/tls.js'

const letsencrypt = '/etc/letsencrypt'

/** What certbot runs when it has renewed the certificate. */
export const hookOf = ({ lineage }: Acme): string => `${letsencrypt}/renewal-hooks/deploy/${lineage}`

/** Everything that certbot keeps of a certificate. */
const kept = ({ lineage }: Acme): readonly string[] => [
  `${letsencrypt}/live/${lineage}`,
  `${letsencrypt}/archive/${lineage}`,
  `${letsencrypt}/renewal/${lineage}.conf`,
]

/** What is made for a site; nothing where certificate and key are the host's own. */
export const tlsPaths = ({ certificate, sent, acme }: Tls): readonly string[] => [
  ...(sent === undefined ? [] : [certificate]),
  ...(acme === undefined ? [] : [acme.webroot, hookOf(acme), ...kept(acme)]),
]

/** Whether certbot has obtained it, as a manifest tells. */
export const isOfCertbot = (certificate: string): boolean => certificate.startsWith(`${letsencrypt}/live/deploy-flask-`)
