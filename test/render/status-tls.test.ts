import { expect, it } from 'vitest'
import { plainText } from '../../src/render/colour.js'
import { statusText, type ShownStatus } from '../../src/render/status-text.js'

const now = 1_800_000_000
const certificate = {
  until: now + 40 * 86_400,
  issuer: 'R11',
  names: ['a.test', 'b.test'],
  lasts: 'long',
  fault: null,
} as const

const status: ShownStatus = {
  host: 'h',
  site: 's',
  url: 'https://a.test/',
  enabled: true,
  now,
  apache: { since: now - 60 },
  releases: [],
  processes: [],
  requests: null,
  errors: [],
  free: 1,
  lock: 'nobody is changing it',
  drift: [],
}

const line = (of: Partial<ShownStatus>): string | undefined =>
  /^ {2}TLS +(.*)$/m.exec(statusText({ ...status, ...of }, plainText))?.[1]

it('the status says for whom the certificate is and when it expires', () => {
  expect(line({ certificate })).toBe('certificate for a.test, b.test expires in 40 days, on 2027-02-24 (R11)')
  expect(line({ certificate: { ...certificate, until: now - 86_400, lasts: 'expired' } })).toBe(
    'certificate for a.test, b.test expired 1 days ago, on 2027-01-14 (R11)',
  )
})

it('the status says that there is none yet, that it cannot be used, and nothing where no HTTPS is wanted', () => {
  expect(line({ certificate: null })).toBe('there is no certificate yet: the site answers by HTTP')
  expect(line({ certificate: { ...certificate, fault: { why: 'unreadable', said: 'no start line' } } })).toBe(
    'the certificate cannot be used: no start line',
  )
  expect(line({})).toBeUndefined()
})
