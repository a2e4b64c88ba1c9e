import { X509Certificate } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { request } from 'node:https'
import { join } from 'node:path'
import { connect } from 'node:tls'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createGuest, type Guest } from '../../vagrant/guest.js'
import { startAcmeServer, type AcmeServer } from '../helpers/acme-server.js'
import { Authority } from '../helpers/certificates.js'
import { deployFlask, nothingToDo, type CliResult } from '../helpers/cli.js'
import { output } from '../helpers/eyes.js'
import { expectFailure, expectRefusal } from '../helpers/failure.js'
import { writeFlags } from '../helpers/flags.js'
import { ask } from '../helpers/http.js'
import { smallApp, smallFlags } from '../helpers/small-site.js'
import { startVisitor } from '../helpers/visitor.js'

const tells = `start_response('200 OK', [('Content-Type', 'text/plain')])
    return [environ['wsgi.url_scheme'].encode()]`

let guest: Guest
let acme: AcmeServer
let folder: string
const authority = new Authority()

beforeAll(async () => {
  guest = await createGuest('php', 'tls')
  acme = await startAcmeServer(guest, authority)
  folder = await smallApp(tells)
})
afterAll(async () => {
  await acme?.stop()
  await guest?.destroy()
})

/** What a browser is shown that trusts nobody but our authority; throws where it would refuse. */
const shown = (name: string, trusted = authority.certificate): Promise<X509Certificate> =>
  new Promise((resolve, reject) => {
    const socket = connect({ host: guest.host, port: 443, servername: name, ca: trusted }, () => {
      const certificate = socket.getPeerX509Certificate()
      socket.end()
      if (certificate === undefined) reject(new Error('no certificate'))
      else resolve(certificate)
    })
    socket.on('error', reject)
  })

interface Answer {
  readonly status: number
  readonly hsts: string | undefined
  readonly body: string
}

const askSecurely = (name: string, path = '/'): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const asked = request(
      {
        host: guest.host,
        path,
        servername: name,
        headers: { host: name, connection: 'close' },
        rejectUnauthorized: false,
      },
      (answer) => {
        const pieces: Buffer[] = []
        answer.on('data', (piece: Buffer) => pieces.push(piece))
        answer.on('error', reject)
        answer.on('end', () =>
          resolve({
            status: answer.statusCode ?? 0,
            hsts: answer.headers['strict-transport-security'],
            body: Buffer.concat(pieces).toString(),
          }),
        )
      },
    )
    asked.on('error', reject)
    asked.end()
  })

const flagsOf = (tls: object, more: object = {}): Record<string, unknown> => ({
  ...smallFlags(guest, folder),
  tls,
  ...more,
})

const applied = async (flags: Record<string, unknown>): Promise<CliResult> =>
  deployFlask(['apply', '-f', await writeFlags(flags), '--yes'])

const done = async (flags: Record<string, unknown>): Promise<CliResult> => {
  const result = await applied(flags)
  expect(result.exitCode, result.stderr).toBe(0)
  return result
}

const serialOf = (pem: string): string => new X509Certificate(pem).serialNumber

describe('a certificate that is given', () => {
  const [certificate, key] = [join(authority.folder, 'site.crt'), join(authority.folder, 'site.key')]
  const given = { certificate: { file: certificate }, key: { file: key }, hsts: 3600 }
  const path = '/etc/deploy-flask/small/certificate.pem'

  const renew = async (): Promise<string> => {
    const made = authority.issue('small.test')
    await writeFile(certificate, made.certificate)
    await writeFile(key, made.key)
    return made.certificate
  }

  it('is served, HTTP leads there, and the PHP site beside it answers all the time', async () => {
    const wanted = await renew()
    const visitor = startVisitor(guest, 'php.test', await ask(guest, '/', { name: 'php.test' }))
    const { stdout } = await done(flagsOf(given))
    expect(await visitor.stop()).toMatchObject({ failures: [] })
    expect(stdout).toContain('https://small.test/')
    expect((await shown('small.test')).serialNumber).toBe(serialOf(wanted))
    expect(await askSecurely('small.test')).toEqual({ status: 200, hsts: 'max-age=3600', body: 'https' })
    const { status, headers } = await ask(guest, '/a%20b?c=d', { name: 'small.test' })
    expect([status, headers.location]).toEqual([301, 'https://small.test/a%20b?c=d'])
  })

  it('is only readable for root, with its key, which nothing has told', async () => {
    expect(await output(guest, `stat -c '%U:%G %a' ${path}`)).toBe('root:root 600\n')
    const [, line = ''] = (await output(guest, `cat ${path}`)).split('-----BEGIN PRIVATE KEY-----\n')
    const secret = line.split('\n')[0] ?? ''
    expect(secret).toMatch(/^[A-Za-z0-9+/]{64}$/)
    const found = await output(guest, `grep -rlsF '${secret}' /etc /var/lib/deploy-flask /var/log /srv /run || true`)
    expect(found).toBe(`${path}\n`)
  })

  it('leaves nothing to do, and the status tells when it expires', async () => {
    expect((await done(flagsOf(given))).stdout).toMatch(nothingToDo)
    const { stdout } = await deployFlask(['status', '-f', await writeFlags(flagsOf(given))])
    expect(stdout).toMatch(
      /^ {2}TLS +certificate for small\.test expires in 89 days, on \d{4}-\d\d-\d\d \(Test Authority\)$/m,
    )
    expect(stdout).toMatch(/^ {2}drift +none/m)
  })

  it('is exchanged for the next one with a reload', async () => {
    const wanted = await renew()
    const { stdout } = await done(flagsOf(given))
    expect(stdout).toContain(`~ update file ${path}`)
    expect(stdout).toContain('> run Reload Apache')
    expect((await shown('small.test')).serialNumber).toBe(serialOf(wanted))
  })

  it('is refused before anything is sent when its key is another one', async () => {
    await writeFile(key, authority.issue('small.test').key)
    expectRefusal(await applied(flagsOf(given)), 'CERTIFICATE_MISMATCH', 'tls.key')
  })

  it('may be used beside HTTP, by the same process', async () => {
    await renew()
    await done(flagsOf({ ...given, redirect: false }))
    expect((await ask(guest, '/', { name: 'small.test' })).body).toBe('http')
    expect((await askSecurely('small.test')).body).toBe('https')
    expect(await output(guest, "ps -eo user:20,args | grep '[w]sgi:small' | cut -d' ' -f1")).toBe('flask-small\n')
  })

  it('on the host that Apache would end with is refused, and nothing is changed', async () => {
    const other = authority.issue('small.test')
    await output(guest, 'cat >/etc/ssl/certs/small.pem', other.certificate)
    await output(guest, 'cat >/etc/ssl/private/small.key', authority.issue('small.test').key)
    const onHost = { certificate: '/etc/ssl/certs/small.pem', key: '/etc/ssl/private/small.key' }
    expectRefusal(await applied(flagsOf(onHost)), 'CERTIFICATE_MISMATCH', '/etc/ssl/certs/small.pem')
    await output(guest, 'cat >/etc/ssl/private/small.key', other.key)
    await done(flagsOf(onHost))
    expect((await shown('small.test')).serialNumber).toBe(serialOf(other.certificate))
  })
})

describe('a certificate that certbot obtains', () => {
  const site = { site: 'shop', 'server-name': 'shop.test', 'server-aliases': ['www.shop.test'] }
  const lineage = '/etc/letsencrypt/live/deploy-flask-shop'
  const flags = (more: object = {}): Record<string, unknown> =>
    flagsOf(
      { acme: { email: 'me@shop.test', agree: true, server: acme.url } },
      { ...site, access: [{ addresses: ['192.0.2.0/24'] }], ...more },
    )
  const serial = (): Promise<string> =>
    output(guest, `openssl x509 -noout -serial -in ${lineage}/cert.pem | cut -d= -f2`).then((text) => text.trim())
  /** Nobody trusts the authority of Pebble. */
  const seen = async (): Promise<string> => {
    const asked = `openssl s_client -connect 127.0.0.1:443 -servername shop.test </dev/null 2>/dev/null`
    return (await output(guest, `${asked} | openssl x509 -noout -serial | cut -d= -f2`)).trim()
  }

  it('is not given when the name leads elsewhere: the site answers by HTTP, and the error says why', async () => {
    await acme.resolve('127.0.0.9')
    expectFailure(await applied(flags()), 'ACME_CHALLENGE_FAILED')
    expect((await ask(guest, '/', { name: 'shop.test' })).status).toBe(403)
    const { stdout } = await deployFlask(['status', '-f', await writeFlags(flags())])
    expect(stdout).toContain('there is no certificate yet: the site answers by HTTP')
  })

  it('comes with the next run, although nobody but one network may see the site', async () => {
    await acme.resolve(guest.host)
    await done(flags())
    expect(await seen()).toBe(await serial())
    expect((await askSecurely('shop.test')).status).toBe(403)
    const { status, headers } = await ask(guest, '/x', { name: 'www.shop.test' })
    expect([status, headers.location]).toEqual([301, 'https://shop.test/x'])
    expect((await done(flags())).stdout).toMatch(nothingToDo)
  })

  it('is shown as soon as certbot has renewed it, as its timer does', async () => {
    const before = await serial()
    await output(guest, 'certbot -q renew --force-renewal && sleep 1')
    const now = await serial()
    expect(now).not.toBe(before)
    expect(await seen()).toBe(now)
    expect((await done(flags())).stdout).toMatch(nothingToDo)
  })

  it('is another one when the site has other names', async () => {
    await done(flags({ 'server-aliases': [] }))
    expect(await seen()).toBe(await serial())
    const names = await output(guest, `openssl x509 -noout -text -in ${lineage}/cert.pem | grep DNS:`)
    expect(names.trim()).toBe('DNS:shop.test')
  })

  it('goes with the site, and the neighbours stay', async () => {
    const removed = await deployFlask(['remove', '-f', await writeFlags(flags()), '--yes'])
    expect(removed.exitCode, removed.stderr).toBe(0)
    expect(removed.stdout).toContain('/etc/letsencrypt/accounts')
    expect(await output(guest, 'find /etc/letsencrypt /srv /etc/apache2 -name "*shop*"')).toBe('')
    expect((await ask(guest, '/', { name: 'php.test' })).status).toBe(200)
    expect((await askSecurely('small.test')).body).toBe('https')
  })
})
