import { request, type IncomingHttpHeaders, type OutgoingHttpHeaders } from 'node:http'
import { connect } from 'node:net'
import { expect } from 'vitest'
import type { Guest } from '../../vagrant/guest.js'
import type { Page } from './http.js'

export interface Question {
  readonly path: string
  /** Host header, where it is not the server name of the flags file. */
  readonly name?: string
  readonly headers?: Readonly<Record<string, string>>
  /** So many bytes are sent with POST. */
  readonly bytes?: number
  /** Sent in chunks, without saying how many bytes there are. */
  readonly chunked?: true
  /** The end of the request never comes. */
  readonly unfinished?: true
  /** Asked on the host itself, at this address of it. */
  readonly onHost?: '127.0.0.1' | '::1'
  /** So many times, one after the other; each answer has to be as expected. */
  readonly times?: number
}

export interface Expected {
  /** 0: nobody listens. */
  readonly status: number
  /** Members of the JSON object in the body. */
  readonly json?: Readonly<Record<string, unknown>>
  /** Names that this object must not have. */
  readonly without?: readonly string[]
  readonly body?: string | RegExp
  readonly headers?: Readonly<Record<string, string | RegExp>>
}

export interface Site {
  readonly serverName: string
  readonly port: number
}

const nobody: Page = { status: 0, headers: {}, body: '' }

const headersOf = (question: Question, site: Site): OutgoingHttpHeaders => ({
  host: `${question.name ?? site.serverName}${site.port === 80 ? '' : `:${site.port}`}`,
  connection: 'close',
  ...(question.chunked === true ? { 'transfer-encoding': 'chunked' } : {}),
  ...(question.bytes === undefined || question.chunked === true ? {} : { 'content-length': question.bytes }),
  ...question.headers,
})

const fromHere = (guest: Guest, question: Question, site: Site): Promise<Page> =>
  new Promise((resolve, reject) => {
    const asked = request({
      host: guest.host,
      port: site.port,
      path: question.path,
      method: question.bytes === undefined ? 'GET' : 'POST',
      headers: headersOf(question, site),
      timeout: 30_000,
    })
    asked.on('response', (answer) => {
      const pieces: Buffer[] = []
      answer.on('data', (piece: Buffer) => pieces.push(piece))
      answer.on('error', reject)
      answer.on('end', () => {
        const body = Buffer.concat(pieces).toString('utf8')
        resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body })
      })
    })
    asked.on('timeout', () => asked.destroy(new Error(`${question.path} did not answer`)))
    asked.on('error', (problem: NodeJS.ErrnoException) =>
      problem.code === 'ECONNREFUSED' ? resolve(nobody) : reject(problem),
    )
    asked.end(question.bytes === undefined ? undefined : Buffer.alloc(question.bytes, 'x'))
  })

const statusIn = (text: string): number => Number(/^HTTP\/1\.1 (\d{3}) /.exec(text)?.[1] ?? 0)

/** A client that stops in the middle of its headers, and waits. */
const unfinished = (guest: Guest, question: Question, site: Site): Promise<Page> =>
  new Promise((resolve, reject) => {
    const socket = connect({ host: guest.host, port: site.port, timeout: 30_000 })
    let text = ''
    socket.on('data', (piece: Buffer) => (text += piece.toString('utf8')))
    socket.on('timeout', () => socket.destroy(new Error('the server waits for ever')))
    socket.on('error', reject)
    socket.on('end', () => socket.end())
    socket.on('close', () => resolve({ status: statusIn(text), headers: {}, body: text }))
    socket.write(`GET ${question.path} HTTP/1.1\r\nHost: ${site.serverName}\r\n`)
  })

const ON_HOST = `
import http.client, json, sys
asked = json.load(sys.stdin)
connection = http.client.HTTPConnection(asked["address"], asked["port"], timeout=20)
connection.request("GET", asked["path"], headers=asked["headers"])
answer = connection.getresponse()
headers = {name.lower(): value for name, value in answer.getheaders()}
print(json.dumps({"status": answer.status, "headers": headers, "body": answer.read().decode()}))
`

const onHost = async (guest: Guest, question: Question, address: string, site: Site): Promise<Page> => {
  const asked = { address, port: site.port, path: question.path, headers: headersOf(question, site) }
  const { stdout, stderr, exitCode } = await guest.run(`python3 -c '${ON_HOST}'`, { stdin: JSON.stringify(asked) })
  if (exitCode !== 0) throw new Error(`${question.path} was not answered on the host: ${stderr}`)
  // Our own script above wrote it.
  return JSON.parse(stdout) as Page
}

/** What the site answers, asked by programs that know nothing of how it was deployed. */
export const answerOf = (guest: Guest, question: Question, site: Site): Promise<Page> => {
  if (question.unfinished === true) return unfinished(guest, question, site)
  return question.onHost === undefined
    ? fromHere(guest, question, site)
    : onHost(guest, question, question.onHost, site)
}

const headersAs = (wanted: Readonly<Record<string, string | RegExp>>): IncomingHttpHeaders =>
  Object.fromEntries(
    Object.entries(wanted).map(([name, value]) => [
      name,
      typeof value === 'string' ? value : (expect.stringMatching(value) as string),
    ]),
  )

/** The JSON object in an answer; empty where none is expected. */
export type Answered = Readonly<Record<string, unknown>>

export const expectAnswer = (
  { status, headers, body }: Page,
  { path, expect: wanted }: Question & { readonly expect: Expected },
): Answered => {
  expect(status, `${path}: ${body}`).toBe(wanted.status)
  if (wanted.headers !== undefined) expect(headers, path).toMatchObject(headersAs(wanted.headers))
  if (typeof wanted.body === 'string') expect(body, path).toBe(wanted.body)
  else if (wanted.body !== undefined) expect(body, path).toMatch(wanted.body)
  if (wanted.json === undefined && wanted.without === undefined) return {}
  // Whoever expects members of an object says that it is one.
  const object = JSON.parse(body) as Answered
  expect(object, path).toMatchObject(wanted.json ?? {})
  for (const name of wanted.without ?? []) expect(object, path).not.toHaveProperty([name])
  return object
}
