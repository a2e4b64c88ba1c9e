import type { Site } from '../core/site.js'
import { siteUrl } from '../core/site-url.js'
import type { Acme, Tls } from '../core/tls.js'
import { directive, section, type Node } from './apache.js'
import { granted } from './vhost-applications.js'

/** Where the authority looks for what proves that the host has the name (RFC 8555, 8.3). */
export const challengeUrl = '/.well-known/acme-challenge/'

/** What every client of these years can do, and nothing that is known to be weak. */
const ciphers = [
  ...['ECDHE-ECDSA-AES128-GCM-SHA256', 'ECDHE-RSA-AES128-GCM-SHA256', 'ECDHE-ECDSA-AES256-GCM-SHA384'],
  ...['ECDHE-RSA-AES256-GCM-SHA384', 'ECDHE-ECDSA-CHACHA20-POLY1305', 'ECDHE-RSA-CHACHA20-POLY1305'],
]

/** mod_ssl of a virtual host. */
export const certificateOf = ({ certificate, key, acme, sent }: Tls): readonly Node[] => {
  const from = acme === undefined ? 'tls.certificate' : 'tls.acme'
  return [
    directive('SSLEngine', ['On'], 'tls: this virtual host speaks HTTPS'),
    directive(
      'SSLCertificateFile',
      [certificate],
      `${from}: ${sent === undefined ? 'what clients are shown' : 'what clients are shown, and its key'}`,
    ),
    ...(key === undefined
      ? []
      : [directive('SSLCertificateKeyFile', [key], `${acme === undefined ? 'tls.key' : from}: the key of that`)]),
    directive('SSLProtocol', ['all', '-SSLv3', '-TLSv1', '-TLSv1.1'], 'always: older versions of TLS are broken'),
    directive('SSLCipherSuite', [ciphers.join(':')], 'always: with forward secrecy, and none that is weak'),
    directive('SSLHonorCipherOrder', ['Off'], 'always: all of them are good, and clients know which is quick for them'),
    directive('SSLSessionTickets', ['Off'], 'always: their key would live as long as Apache'),
  ]
}

/** `always`: of errors too, also those that Apache makes itself. */
export const hsts = ({ hsts: seconds }: Tls): readonly Node[] =>
  seconds === undefined
    ? []
    : [
        directive(
          'Header',
          ['always', 'set', 'Strict-Transport-Security', `max-age=${seconds}`],
          'tls.hsts: for so many seconds, browsers use HTTPS alone',
        ),
      ]

/** Before everything else that is mapped: an application at / would answer it. */
export const challengeAlias = ({ webroot }: Acme): Node =>
  directive('Alias', [challengeUrl, `${webroot}${challengeUrl}`], 'tls.acme: what certbot puts there for the authority')

/** After everything that closes: the authority has no login, and no address that is known. */
export const challengeSections = ({ webroot }: Acme): readonly Node[] => [
  section('Directory', [webroot], 'tls.acme: the folder of certbot', [
    directive('Options', ['None'], 'tls.acme: files, and nothing else'),
    directive('AllowOverride', ['None'], 'tls.acme: no .htaccess file is read'),
  ]),
  section('Location', [challengeUrl], 'tls.acme: whatever protects the rest, the authority can read it', [
    directive('AuthMerging', ['Off'], 'tls.acme: no rule of access counts here'),
    granted('tls.acme: open to every client'),
  ]),
]

/** The path is kept, as Apache escapes it. The name is always the same one, whatever was asked for. */
export const redirect = (site: Site, { acme }: Tls): Node => {
  const because = 'tls.redirect: HTTP only leads to HTTPS'
  const leading = directive('Redirect', ['permanent', '/', siteUrl(site)], because)
  return acme === undefined
    ? leading
    : section('LocationMatch', [`^/(?!${challengeUrl.slice(1).replaceAll('.', '\\.')})`], because, [leading])
}
