import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import ssh2, { type AuthContext } from 'ssh2'
import { z } from 'zod'

export interface OtherServer {
  readonly port: number
  /** How it was asked to let somebody in, in order: `publickey` without and `publickey signed` with a signature. */
  readonly asked: readonly string[]
  stop(): void
}

export interface Behaviour {
  /** What it calls itself. */
  readonly ident?: string
  /** Ends or lets live each attempt to log in. */
  readonly judge?: (attempt: AuthContext, hangUp: () => void) => void
}

/** A server that is not OpenSSH, whatever it says, and runs what it is told as the account of the tests. */
export const startOtherServer = async (hostKey: string, { ident, judge }: Behaviour = {}): Promise<OtherServer> => {
  const asked: string[] = []
  const clients = new Set<ssh2.Connection>()
  const server = new ssh2.Server(
    { hostKeys: [readFileSync(hostKey, 'utf8')], ...(ident === undefined ? {} : { ident }) },
    (client) => {
      clients.add(client)
      client.on('error', () => undefined).on('close', () => clients.delete(client))
      client.on('authentication', (attempt) => {
        const isSigned = attempt.method === 'publickey' && attempt.signature !== undefined
        asked.push(isSigned ? 'publickey signed' : attempt.method)
        if (judge === undefined) attempt.accept()
        else judge(attempt, () => client.end())
      })
      client.on('session', (accept) => {
        accept().on('exec', (take, _refuse, { command }) => {
          const channel = take()
          const child = spawn('/bin/sh', ['-c', command])
          channel.pipe(child.stdin)
          child.stdout.pipe(channel, { end: false })
          child.stderr.pipe(channel.stderr, { end: false })
          child.on('close', (code) => (channel.exit(code ?? 1), channel.end()))
        })
      })
    },
  )
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = z.object({ port: z.number() }).parse(server.address())
  return {
    port,
    asked,
    stop: () => {
      for (const client of clients) client.end()
      server.close()
    },
  }
}
