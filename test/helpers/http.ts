import { request, type IncomingHttpHeaders } from 'node:http'
import type { Guest } from '../../vagrant/guest.js'

export interface Page {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

export interface Asked {
  readonly name?: string
  readonly headers?: Readonly<Record<string, string>>
  /** Fields of a form: makes it a POST. */
  readonly form?: Readonly<Record<string, string>>
  /** Milliseconds without an answer. */
  readonly patience?: number
}

/** What the site answers to a browser on this machine, without DNS: by the Host header. */
export const ask = (
  guest: Guest,
  path: string,
  { name = 'notes.test', headers, form, patience = 30_000 }: Asked = {},
): Promise<Page> =>
  new Promise((resolve, reject) => {
    const body = form === undefined ? undefined : new URLSearchParams(form).toString()
    const asked = request(
      {
        host: guest.host,
        path,
        method: body === undefined ? 'GET' : 'POST',
        headers: {
          host: name,
          connection: 'close',
          ...(body === undefined ? {} : { 'content-type': 'application/x-www-form-urlencoded' }),
          ...headers,
        },
        timeout: patience,
      },
      (answer) => {
        const pieces: Buffer[] = []
        answer.on('data', (piece: Buffer) => pieces.push(piece))
        answer.on('error', reject)
        answer.on('end', () =>
          resolve({
            status: answer.statusCode ?? 0,
            headers: answer.headers,
            body: Buffer.concat(pieces).toString('utf8'),
          }),
        )
      },
    )
    asked.on('timeout', () => asked.destroy(new Error(`${path} did not answer`)))
    asked.on('error', reject)
    asked.end(body)
  })
