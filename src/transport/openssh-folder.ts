import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { quote } from '../core/quote.js'

/** The path of a socket may have 103 characters, of which ssh takes 17 for a name of its own; ours takes 14. */
const longestBase = 70

/** What ssh wants to know of a person. `kind`: empty, or what SSH_ASKPASS_PROMPT says of it. */
export interface Prompt {
  readonly kind: string
  readonly text: string
}

/** undefined: nobody wants to answer. */
export type Answering = (prompt: Prompt) => Promise<string | undefined>

/** Where nobody but us reaches it: the sockets of one connection, and the programs that ssh starts. */
export interface Folder {
  readonly control: string
  /** The program that ssh asks with; undefined where there is nobody to ask. */
  readonly askpass: string | undefined
  /** Writes a script that ssh can start, and says where it is. */
  program(name: string, script: string): Promise<string>
  remove(): Promise<void>
}

/** Hands on what ssh asks to our process, and its answer to ssh: over a socket, never by argv or environment. */
const ASKPASS = `
const socket = require('node:net').connect({ path: __dirname + '/ask', allowHalfOpen: true })
let answer = ''
socket.end((process.env.SSH_ASKPASS_PROMPT || '') + '\\n' + (process.argv[2] || ''))
socket.setEncoding('utf8').on('data', (piece) => (answer += piece))
socket.on('end', () => (answer === '' ? (process.exitCode = 1) : process.stdout.write(answer)))
socket.on('error', () => (process.exitCode = 1))
`

const listenTo = async (path: string, answering: Answering): Promise<Server> => {
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    let asked = ''
    socket.setEncoding('utf8').on('data', (piece: string) => (asked += piece))
    socket.on('error', () => undefined)
    socket.on('end', () => {
      const line = asked.indexOf('\n')
      answering({ kind: asked.slice(0, line), text: asked.slice(line + 1) }).then(
        (answer) => socket.end(answer === undefined ? '' : `${answer}\n`),
        () => socket.end(),
      )
    })
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(path, resolve)
  })
  // A run that is over must not wait for it.
  server.unref()
  return server
}

export const makeFolder = async (answering: Answering | undefined): Promise<Folder> => {
  const base = tmpdir().length > longestBase ? '/tmp' : tmpdir()
  const folder = await mkdtemp(join(base, 'df-'))
  const program = async (name: string, script: string): Promise<string> => {
    const file = join(folder, name)
    await writeFile(file, `#!/bin/sh\n${script}\n`, { mode: 0o700 })
    return file
  }
  let server: Server | undefined
  let askpass: string | undefined
  try {
    if (answering !== undefined) {
      server = await listenTo(join(folder, 'ask'), answering)
      await writeFile(join(folder, 'askpass.cjs'), ASKPASS, { mode: 0o600 })
      askpass = await program('askpass', `exec ${quote(process.execPath)} ${quote(join(folder, 'askpass.cjs'))} "$1"`)
    }
  } catch (error) {
    await rm(folder, { recursive: true, force: true })
    throw error
  }
  return {
    control: join(folder, 'ctl'),
    askpass,
    program,
    remove: async () => {
      server?.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
}
