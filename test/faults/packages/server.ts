import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { bridgeAddress } from '../../../vagrant/address.js'

/** What a request is answered with instead of the file. */
type Behaviour =
  | { readonly kind: 'status'; readonly status: number }
  /** To itself, for ever. */
  | { readonly kind: 'redirect' }
  /** Says that all of it comes, and closes the connection after these bytes. */
  | { readonly kind: 'cut'; readonly bytes: number }
  /** Says that this is all of it. */
  | { readonly kind: 'short'; readonly bytes: number }
  /** As many bytes, some of them others. */
  | { readonly kind: 'garbled' }
  /** The page of a portal that wants a login. */
  | { readonly kind: 'portal' }
  | { readonly kind: 'slow'; readonly bytesPerSecond: number }

export interface Server {
  readonly url: string
  /** What is there: paths without the first slash. */
  files: ReadonlyMap<string, Buffer>
  /** Requests for paths that end like this get that. */
  behave(behaviour: Behaviour, ...endings: readonly string[]): void
  behaveWell(): void
  /** How often paths that end like this were asked for since the server behaved well for the last time. */
  asked(ending: string): number
  close(): Promise<void>
}

const portal = Buffer.from('<!DOCTYPE html><title>Welcome</title><form>Please log in to the network</form>\n')

const trickle = async (answer: ServerResponse, content: Buffer, bytesPerSecond: number): Promise<void> => {
  const piece = Math.max(1, Math.floor(bytesPerSecond / 4))
  for (let sent = 0; sent < content.length && !answer.destroyed; sent += piece) {
    answer.write(content.subarray(sent, sent + piece))
    await sleep(250)
  }
  answer.end()
}

const answerWith = async (answer: ServerResponse, path: string, content: Buffer, how?: Behaviour): Promise<void> => {
  const type = path.endsWith('/') ? { 'content-type': 'text/html' } : {}
  const whole = (bytes: Buffer): void =>
    void answer.writeHead(200, { ...type, 'content-length': bytes.length }).end(bytes)
  switch (how?.kind) {
    case undefined:
      return whole(content)
    case 'status':
      return void answer.writeHead(how.status).end()
    case 'redirect':
      return void answer.writeHead(302, { location: path }).end()
    case 'short':
      return whole(content.subarray(0, how.bytes))
    case 'garbled':
      return whole(Buffer.from(content).fill(0x21, content.length >> 1))
    case 'portal':
      return void answer.writeHead(200, { 'content-type': 'text/html' }).end(portal)
    case 'cut':
      answer.writeHead(200, { 'content-length': content.length }).write(content.subarray(0, how.bytes))
      await sleep(100)
      return void answer.destroy()
    case 'slow':
      answer.writeHead(200, { 'content-length': content.length })
      return trickle(answer, content, how.bytesPerSecond)
  }
}

/** A server of files for the guests, which misbehaves when it is told to. */
export const startServer = async (): Promise<Server> => {
  let rules: { behaviour: Behaviour; endings: readonly string[] }[] = []
  let asked: string[] = []
  const host = await bridgeAddress()
  const server = createServer((request, answer) => {
    const path = decodeURIComponent(request.url ?? '/')
    asked.push(path)
    const rule = rules.find(({ endings }) => endings.some((ending) => path.endsWith(ending)))
    const content = opened.files.get(path.slice(1))
    if (content === undefined && rule === undefined) return void answer.writeHead(404).end()
    void answerWith(answer, path, content ?? Buffer.alloc(0), rule?.behaviour)
  })
  await new Promise<void>((resolve) => server.listen(0, host, resolve))
  // a server that listens on a port has such an address
  const { port } = server.address() as AddressInfo
  const opened: Server = {
    url: `http://${host}:${port}`,
    files: new Map(),
    behave: (behaviour, ...endings) => void rules.push({ behaviour, endings }),
    behaveWell: () => {
      rules = []
      asked = []
    },
    asked: (ending) => asked.filter((path) => path.endsWith(ending)).length,
    close: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
  return opened
}
