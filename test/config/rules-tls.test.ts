import { describe } from 'vitest'
import { accepts, refuses } from './judging.js'

const acme = 'acme: {email: me@example.com, agree: true}'
const site = 'wsgi: a:b\n'

describe('HTTPS has a certificate from one place', () => {
  refuses([
    [`${site}tls: {}`, '7:1: tls: needs a certificate and its key, or acme'],
    [`${site}tls: {redirect: false}`, '7:1: tls: needs a certificate and its key, or acme'],
    [`${site}tls: {certificate: /etc/a.pem}`, '7:20: tls.certificate: needs its key'],
    [`${site}tls: {key: /etc/a.key}`, '7:12: tls.key: needs the certificate that it belongs to'],
    [
      `${site}tls: {certificate: /etc/a.pem, key: {env: PW}}`,
      '7:32: tls.key: must be where the certificate is: both on this computer',
    ],
    [
      `${site}tls: {certificate: /etc/a.pem, key: /etc/a.key, ${acme}}`,
      'tls.certificate: cannot stand beside acme',
      'tls.key: cannot stand beside acme',
    ],
    [`${site}port: 8080\ntls: {${acme}}`, '7:7: port: must be 80 for tls.acme'],
    [`${site}server-aliases: [localhost]\ntls: {${acme}}`, '7:18: server-aliases.0: must be a full name for tls.acme'],
    [
      `${site}port: 443\ntls: {certificate: /etc/a.pem, key: /etc/a.key}`,
      'tls.port: is 443, which is the port of HTTP',
    ],
    [
      `${site}headers: {strict-transport-security: max-age=1}\ntls: {certificate: /etc/a.pem, key: /etc/a.key, hsts: 1}`,
      'headers.strict-transport-security: is what tls.hsts says already',
    ],
    [
      `wsgi: a:b\nmount: /wiki\nexisting-site: {file: php.conf}\ntls: {${acme}}`,
      'tls: cannot stand beside existing-site',
    ],
  ])
  accepts([
    `${site}tls: {certificate: /etc/a.pem, key: /etc/a.key}`,
    `${site}tls: {certificate: /etc/a.pem, key: /etc/a.key, port: 8443, redirect: false, hsts: 0}`,
    `${site}tls: {${acme}}`,
    `${site}tls: {acme: {email: me@example.com, agree: true, server: "https://192.0.2.7:14000/dir"}}`,
  ])
})
