import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { Authority } from '../../helpers/certificates.js'
import { absent, aFile } from '../edits.js'
import { siteFor, stepCases, type Shown } from '../harness.js'

const authority = new Authority()
const made = authority.issue('notes.test')
const [certificate, key] = [join(authority.folder, 'own.crt'), join(authority.folder, 'own.key')]
writeFileSync(certificate, made.certificate)
writeFileSync(key, made.key)

const path = '/etc/deploy-flask/notes/certificate.pem'
const flags = { tls: { certificate: { file: certificate }, key: { file: key } } }
const sent = (await siteFor({ flags })).tls?.sent
const sha256 = async (): Promise<string> => {
  const { createHash } = await import('node:crypto')
  return createHash('sha256')
    .update(sent?.content.reveal() ?? '')
    .digest('hex')
}
const ours = { mode: '0600', sha256: await sha256() }

const file = (kind: Shown['kind']): readonly Shown[] => [
  {
    kind,
    subject: `file ${path}`,
    reason: sent?.holds ?? '',
    run: [`write ${path} (root:root 0600)`],
    undo: [`restore ${path}`],
  },
]

const onHost = { flags: { tls: { certificate: '/etc/ssl/certs/notes.pem', key: '/etc/ssl/private/notes.key' } } }
const found = (more: object = {}) => {
  const usual = { until: 2_000_000_000, lasts: 'long', issuer: 'Test', names: ['notes.test'], fault: null }
  return { state: JSON.stringify({ certificate: { ...usual, ...more }, server: null }) }
}

stepCases('tls.certificate', {
  pristine: { flags, answers: { [path]: absent }, changes: file('create') },
  converged: { flags, answers: { [path]: aFile(ours) } },
  'is written when another one is given, and the plan says of it what is no secret': {
    flags,
    answers: { [path]: aFile({ ...ours, sha256: '0'.repeat(64) }) },
    changes: file('update'),
  },
  'is never left readable for others': {
    flags,
    answers: { [path]: aFile({ ...ours, mode: '0644' }) },
    changes: [
      {
        kind: 'update',
        subject: `file ${path}`,
        reason: 'root:root 0644 becomes root:root 0600',
        run: [`chown -h root:root ${path}`, `chmod 0600 ${path}`],
        undo: [`chown -h root:root ${path}`, `chmod 0644 ${path}`],
      },
    ],
  },
  "is only looked at where it is the host's own": { ...onHost, answers: found() },
  'may be for all names of a domain': { ...onHost, answers: found({ names: ['*.test'] }) },
  'is told of before it expires': {
    ...onHost,
    answers: found({ lasts: 'ending' }),
    notes: ['the certificate /etc/ssl/certs/notes.pem expires on 2033-05-18: renew it'],
  },
  'is told of when it has expired, and stops no deployment': {
    ...onHost,
    answers: found({ lasts: 'expired' }),
    notes: ['the certificate /etc/ssl/certs/notes.pem expired on 2033-05-18: browsers refuse the site'],
  },
  'is refused when the host has none there': {
    ...onHost,
    answers: { state: '{"certificate": null, "server": null}' },
    refusals: ['CERTIFICATE_UNREADABLE'],
  },
  'is refused when Apache would end with it': {
    ...onHost,
    answers: found({ fault: { why: 'mismatch', said: 'KEY_VALUES_MISMATCH' } }),
    refusals: ['CERTIFICATE_MISMATCH'],
  },
  'is refused when it cannot be read': {
    ...onHost,
    answers: found({ fault: { why: 'unreadable', said: 'no start line' } }),
    refusals: ['CERTIFICATE_UNREADABLE'],
  },
  'is refused when it is for other names': {
    ...onHost,
    answers: found({ names: ['shop.test', '*.notes.test'] }),
    refusals: ['CERTIFICATE_NAME'],
  },
})

it('the key is in no word of the plan', () => {
  expect(JSON.stringify(sent)).not.toContain(made.key.split('\n')[1])
})
