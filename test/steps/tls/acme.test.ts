import { describe, expect, it } from 'vitest'
import { acmeFailed } from '../../../src/steps/tls/acme-failure.js'
import { stepCases, type Shown } from '../harness.js'

const server = 'https://acme-v02.api.letsencrypt.org/directory'
const acme = { email: 'me@example.com', agree: true }
const flags = { tls: { acme } }

const found = (more: object = {}, from: string | null = server) => {
  const usual = { until: 2_000_000_000, lasts: 'long', issuer: 'Test', names: ['notes.test'], fault: null }
  return { state: JSON.stringify({ certificate: { ...usual, ...more }, server: from }) }
}

const certbot = (renewal: string, names = '--domain notes.test', more = ''): string =>
  'certbot certonly --non-interactive --agree-tos --no-eff-email --email me@example.com --webroot --webroot-path ' +
  `/srv/notes/acme --cert-name deploy-flask-notes ${names} ${more}--renew-with-new-domains ${renewal}`

const obtained = (kind: Shown['kind'], reason: string, run: string): readonly Shown[] => [
  { kind, subject: 'certificate deploy-flask-notes', reason, run: [run] },
]

stepCases('tls.acme', {
  pristine: {
    flags,
    answers: { state: '{"certificate": null, "server": null}' },
    changes: obtained('create', 'by certbot, which renews it by itself', certbot('--keep-until-expiring')),
  },
  converged: { flags, answers: found() },
  'asks for another one when the site has got another name': {
    flags: { ...flags, 'server-aliases': ['www.notes.test'] },
    answers: found(),
    changes: obtained(
      'update',
      'it is to be for notes.test, www.notes.test',
      certbot('--force-renewal', '--domain notes.test --domain www.notes.test'),
    ),
  },
  'asks the other authority when that is another one': {
    flags: { tls: { acme: { ...acme, server: 'https://acme.test/directory' } } },
    answers: found(),
    changes: obtained(
      'update',
      'it is to be from https://acme.test/directory',
      certbot('--force-renewal', undefined, '--server https://acme.test/directory '),
    ),
  },
  'renews what certbot has not renewed in time': {
    flags,
    answers: found({ lasts: 'ending' }),
    changes: obtained(
      'update',
      'it was not renewed in time: look at "systemctl status certbot.timer" of the host',
      certbot('--force-renewal'),
    ),
  },
  'asks for another one when Apache would end with the one that is there': {
    flags,
    answers: found({ fault: { why: 'mismatch', said: 'KEY_VALUES_MISMATCH' } }),
    changes: obtained(
      'update',
      'the one that is there cannot be used: KEY_VALUES_MISMATCH',
      certbot('--force-renewal'),
    ),
  },
})

describe('what certbot has said means', () => {
  // of certbot 0.27.0 on Ubuntu 18.04
  const lost =
    'Failed authorization procedure. notes.test (http-01): urn:ietf:params:acme:error:connection :: The server could not ' +
    'connect to the client to verify the domain :: Get "http://notes.test:80/.well-known/acme-challenge/x": no route to host'
  it.each([
    [lost, 'ACME_CHALLENGE_FAILED'],
    [
      'There were too many requests of a given type :: Error creating new order :: too many certificates already issued',
      'ACME_RATE_LIMITED',
    ],
    [
      'An unexpected error occurred:\nurn:ietf:params:acme:error:rateLimited :: There were too many requests',
      'ACME_RATE_LIMITED',
    ],
    ['Another instance of Certbot is already running.', 'ACME_FAILED'],
    [
      'SSLError(SSLError(1, "[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed (_ssl.c:852)"),)',
      'ACME_FAILED',
    ],
    ['requests.exceptions.ConnectionError: Max retries exceeded with url: /directory', 'ACME_FAILED'],
    ['Account https://acme.test/my-account/1 not found.', 'ACME_FAILED'],
  ])('%s', (stderr, code) => {
    const error = acmeFailed({ stdout: '', stderr, exitCode: 1 })
    expect(error.code).toBe(code)
    expect(error.fault.evidence).toContain(stderr)
    expect(error.fault.remedy).toContain('the site goes on as it was')
  })
})
