import type { Explanation } from './explanation.js'

/** Certificates: given, found on the host, or obtained by certbot. */
export const tls = {
  CERTIFICATE_UNREADABLE: {
    cause:
      'What "tls.certificate" or "tls.key" refers to is no certificate or key in PEM (text between lines of dashes), is ' +
      'damaged, is not there, or the key has a passphrase. Apache would ask for that at each start, with nobody there to ' +
      'answer, and with any of the others it would end at the next reload, all of its sites with it.',
    remedy:
      'Give both in PEM: "openssl x509 -inform der -in FILE -out FILE.pem" makes that of a binary certificate, ' +
      '"openssl pkey -in KEY -out KEY.plain" a key without its passphrase.',
    look: { here: ['openssl x509 -in CERTIFICATE -noout -subject -dates', 'openssl pkey -in KEY -noout'] },
  },
  CERTIFICATE_MISMATCH: {
    cause:
      'Certificate and key do not belong together, or the certificates of the file do not follow each other. In that file ' +
      "the site's own certificate comes first, then the one of its issuer, then the one of that issuer.",
    remedy:
      'Take the key that the certificate was requested with, often from the same folder, and put the certificates in order. ' +
      'What authorities call "fullchain" is in order.',
    look: {
      here: ['openssl x509 -in CERTIFICATE -noout -pubkey', 'openssl pkey -in KEY -pubout'],
    },
  },
  CERTIFICATE_EXPIRED: {
    cause:
      'The certificate has expired, or is not valid yet by the clock of this computer. Browsers would refuse the site.',
    remedy: 'Give the renewed certificate. Where it should be valid, set the clock of this computer.',
    look: { here: ['openssl x509 -in CERTIFICATE -noout -dates; date -u'] },
  },
  CERTIFICATE_NAME: {
    cause:
      'The certificate is for other names than the "server-name" of the site. Only the alternative names (subjectAltName) ' +
      'count: browsers stopped looking at the common name years ago.',
    remedy: 'Have a certificate made for that name, or correct "server-name".',
    look: { here: ["openssl x509 -in CERTIFICATE -noout -text | grep -A1 'Alternative Name'"] },
  },
  CERTIFICATE_NOT_SERVED: {
    cause:
      'After the reload, the site answered by HTTPS with another certificate than the one that was put there: another ' +
      'virtual host has the same address and port, or the name, and comes first. The change was taken back.',
    remedy: 'See which virtual hosts Apache has on that port, and take the name out of the other one.',
    look: { onHost: ['apache2ctl -S'] },
  },
  DEFAULT_SITE_TAKEN: {
    cause:
      'Apache answers a name that no virtual host of a port has with the one that it reads first, in the order of the names ' +
      'in sites-enabled. Another virtual host has no name of its own and lives on that (default-ssl.conf often does); the ' +
      'file of the site would come before it, and would get its requests.',
    remedy:
      'Give that virtual host a ServerName, or link its file under a name that is read first, such as 000-default-ssl.conf ' +
      '(and remove the old link). Then apply again.',
    look: { onHost: ['apache2ctl -S', 'ls /etc/apache2/sites-enabled'] },
  },
  ACME_CHALLENGE_FAILED: {
    cause:
      'The authority asked the site for what proves that this host has the name, by HTTP at port 80, and did not get it. ' +
      'Nearly always the name does not lead to this host (yet), or a firewall or another server stands in between. The site ' +
      'itself answers by HTTP, as before.',
    remedy:
      'Look where the name leads (an AAAA record counts, too) and whether port 80 can be reached from outside, then apply ' +
      'again. Authorities stop answering for an hour after a few failures: try it with their test server first.',
    look: {
      here: ['getent ahosts NAME; curl -I http://NAME/.well-known/acme-challenge/x'],
      onHost: ['tail -50 /var/log/letsencrypt/letsencrypt.log'],
    },
  },
  ACME_RATE_LIMITED: {
    cause:
      'The authority gives no further certificate for the time being: too many were asked for, or too many attempts failed. ' +
      'The site itself answers by HTTP, as before.',
    remedy:
      'Wait for as long as the message says, then apply again. To try things, set "tls.acme.server" to the test server of ' +
      'the authority.',
    look: { onHost: ['certbot certificates', 'tail -50 /var/log/letsencrypt/letsencrypt.log'] },
  },
  ACME_FAILED: {
    cause:
      'certbot obtained no certificate: the authority cannot be reached from the host, is not trusted by it, refused the ' +
      'request, or another certbot is running. The site itself answers by HTTP, as before.',
    remedy: 'Read the words of certbot in the evidence, remove what they name, and apply again.',
    look: { onHost: ['tail -50 /var/log/letsencrypt/letsencrypt.log'] },
  },
} as const satisfies Readonly<Record<string, Explanation>>
