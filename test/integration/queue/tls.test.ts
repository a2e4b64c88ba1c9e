import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { fleetRunsForm } from '../../../src/render/fleet-documents.js'
import { Authority } from '../../helpers/certificates.js'
import { deployFlask } from '../../helpers/cli.js'
import { freePort } from '../../helpers/sshd.js'
import { TestRedis } from '../../helpers/test-redis.js'

const authority = new Authority()
const file = (name: string): string => join(authority.folder, name)
let redis: TestRedis
let port: number

beforeAll(async () => {
  port = await freePort()
  const { certificate, key } = authority.issue('localhost', { names: ['localhost'] })
  writeFileSync(file('redis.crt'), certificate)
  writeFileSync(file('redis.key'), key)
  const certificates = ['--tls-cert-file', file('redis.crt'), '--tls-key-file', file('redis.key')]
  const clients = ['--tls-ca-cert-file', file('ca.crt'), '--tls-auth-clients', 'no']
  redis = new TestRedis(['--tls-port', String(port), ...certificates, ...clients])
  await redis.start()
})
afterAll(async () => redis.stop())

const status = (host: string, env: Readonly<Record<string, string>>) =>
  deployFlask(['fleet', 'status', '--json', '--queue', `rediss://${host}:${port}`], env)

describe('a Redis behind TLS', () => {
  it('is spoken to where its certificate is trusted', async () => {
    const { exitCode, stdout, stderr } = await status('localhost', { NODE_EXTRA_CA_CERTS: file('ca.crt') })
    expect(exitCode, stderr).toBe(0)
    expect(fleetRunsForm.parse(JSON.parse(stdout))).toEqual({ version: 1, workers: [], runs: [] })
  })

  it.each([
    ['is issued by nobody who is trusted', 'localhost', {}, /unable to verify|self-signed|issuer certificate/],
    ['is for another name', '127.0.0.1', { NODE_EXTRA_CA_CERTS: file('ca.crt') }, /does not match certificate/],
  ])('is refused where its certificate %s', async (_what, host, env, evidence) => {
    const { exitCode, stderr } = await status(host, env)
    expect(exitCode).toBe(4)
    expect(stderr).toContain('error QUEUE_UNREACHABLE')
    expect(stderr).toMatch(evidence)
  })
})
