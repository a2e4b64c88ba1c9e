import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer } from 'node:https'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { ensurePrograms } from './programs.js'
import type { Repository } from './repository.js'

const certificate = (folder: string): { readonly key: string; readonly cert: string } => {
  const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')]
  const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost', '-days', '2']
  const made = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', key, '-out', cert]
  execFileSync('openssl', ['req', '-x509', ...made, ...subject], { stdio: 'ignore' })
  return { key, cert }
}

/** What git itself has for web servers, as a CGI program. */
const answer = (repository: Repository, request: IncomingMessage, response: ServerResponse): void => {
  const { pathname, search } = new URL(request.url ?? '/', 'https://localhost')
  const child = spawn('git', ['http-backend'], {
    env: {
      PATH: process.env['PATH'],
      GIT_PROJECT_ROOT: dirname(repository.folder),
      GIT_HTTP_EXPORT_ALL: '1',
      GIT_PROTOCOL: String(request.headers['git-protocol'] ?? ''),
      PATH_INFO: pathname,
      QUERY_STRING: search.slice(1),
      REQUEST_METHOD: request.method,
      CONTENT_TYPE: request.headers['content-type'],
      HTTP_CONTENT_ENCODING: request.headers['content-encoding'],
    },
    stdio: ['pipe', 'pipe', 'ignore'],
  })
  request.pipe(child.stdin)
  const pieces: Buffer[] = []
  child.stdout.on('data', (piece: Buffer) => pieces.push(piece))
  child.on('close', () => {
    const whole = Buffer.concat(pieces)
    const end = whole.indexOf('\r\n\r\n')
    for (const line of whole.subarray(0, end).toString().split('\r\n')) {
      const [name = '', value = ''] = line.split(': ')
      if (name === 'Status') response.statusCode = Number(value.slice(0, 3))
      else response.setHeader(name, value)
    }
    response.end(whole.subarray(end + 4))
  })
}

export interface GitServer {
  readonly url: string
  /** What has to be trusted. */
  readonly certificate: string
  stop(): void
}

/** A web server with one repository, as `app.git`; `login` is asked for where it is given: `user:password`. */
export const serveRepository = async (
  repository: Repository,
  { login, elsewhere }: { readonly login?: string; readonly elsewhere?: string } = {},
): Promise<GitServer> => {
  ensurePrograms({ openssl: '/usr/bin/openssl' })
  const folder = mkdtempSync(join(tmpdir(), 'git-https-'))
  const { key, cert } = certificate(folder)
  const server = createServer({ key: readFileSync(key), cert: readFileSync(cert) }, (request, response) => {
    const wanted = login === undefined ? undefined : `Basic ${Buffer.from(login).toString('base64')}`
    if (elsewhere !== undefined) response.writeHead(302, { Location: `${elsewhere}${request.url ?? ''}` }).end()
    else if (request.headers.authorization === wanted) answer(repository, request, response)
    else response.writeHead(401, { 'WWW-Authenticate': 'Basic realm="git"' }).end()
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (typeof address !== 'object' || address === null) throw new Error('the server has no port')
  return {
    url: `https://localhost:${address.port}/app.git`,
    certificate: cert,
    stop: () => {
      server.close()
      server.closeAllConnections()
      rmSync(folder, { recursive: true })
    },
  }
}
