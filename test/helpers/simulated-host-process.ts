import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { createServer, type Server } from 'node:net'
import ssh2 from 'ssh2'
import type { Connection, ServerChannel } from 'ssh2'
import { driver, envelope } from '../../src/transport/frame.js'
import { oneShotScript, readAsked, readEnvelopes, usualAnswer, type Asked } from './hostile-answers.js'
import { hostFolders, type HostFolders } from './host-folders.js'
import type { Behaviour, ToSimulation, FromSimulation } from './simulated-hosts.js'

/** The process of `startSimulatedHosts`: an address for each host, with an SSH server behind it. */

interface Host {
  readonly address: string
  readonly folders: HostFolders | undefined
  behaviour: Behaviour
}

const listen = (server: Server, port: number, address: string): Promise<void> =>
  new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, address, 512, () => resolve())
  })

const tell = (message: FromSimulation): void => void process.send?.(message)

let connected = 0
let most = 0
let logins = 0

/** Answers as a recorded Ubuntu 18.04 would on which nothing is to be done. */
const recorded = (channel: ServerChannel, asked: Asked, after: number, isLast: boolean): void => {
  const answer = (): void => {
    const { stdout, stderr } = usualAnswer(asked)
    channel.stderr.write(stderr)
    channel.write(stdout)
    if (!isLast) return
    channel.exit(0)
    channel.end()
  }
  if (after === 0) answer()
  else setTimeout(answer, after)
}

/** The script runs, in a bash of this machine, with folders of its own in place of those of a host. */
const real = (client: Connection, channel: ServerChannel, folders: HostFolders, script: string | undefined): void => {
  const moved = (text: string): string => folders.moved(text).replaceAll('/srv/', `${folders.root}/srv/`)
  const shell = spawn('bash', script === undefined ? ['-s'] : ['-c', moved(script)])
  shell.stdin.on('error', () => undefined)
  shell.stdout.on('data', (piece: Buffer) => channel.writable && channel.write(piece))
  shell.stderr.on('data', (piece: Buffer) => channel.writable && channel.stderr.write(piece))
  shell.on('close', (code) => {
    if (!channel.writable) return
    channel.exit(code ?? 255)
    channel.end()
  })
  if (script === undefined) {
    shell.stdin.write(moved(driver('/')))
    const read = readEnvelopes((one) => shell.stdin.write(envelope(moved(one))))
    channel.on('data', (piece: Buffer) => read(piece))
  }
  const hangUp = (): void => void shell.stdin.end()
  channel.on('end', hangUp)
  channel.on('close', hangUp)
  client.on('close', hangUp)
}

const start = ({ behaviour, folders }: Host, client: Connection, channel: ServerChannel, program: string): void => {
  channel.on('error', () => undefined)
  channel.stderr.on('error', () => undefined)
  if (behaviour.kind === 'silent') return
  const script = oneShotScript(program)
  if (behaviour.kind === 'real' && folders !== undefined) return real(client, channel, folders, script)
  const after = behaviour.kind === 'recorded' ? (behaviour.milliseconds ?? 0) : 0
  if (script !== undefined) return recorded(channel, readAsked(script), after, true)
  const read = readEnvelopes((one) => recorded(channel, readAsked(one), after, false))
  channel.on('data', (piece: Buffer) => read(piece))
}

const serve = (host: Host, client: Connection): void => {
  most = Math.max(most, ++connected)
  client.on('error', () => undefined)
  client.on('close', () => connected--)
  client.on('authentication', (context) => context.accept())
  client.on('ready', () => logins++)
  client.on('session', (accept) => {
    accept().on('exec', (acceptExec, _, { command }) => start(host, client, acceptExec(), command))
  })
}

process.on('message', (message: ToSimulation) => {
  if (message.type === 'stats') return tell({ type: 'stats', logins, most })
  if (message.type === 'become') {
    const host = hosts.get(message.host)
    if (host !== undefined) host.behaviour = message.behaviour
    return tell({ type: 'became' })
  }
  begin(message).catch((error: unknown) => tell({ type: 'failed', why: String(error) }))
})
process.on('disconnect', () => process.exit())

const hosts = new Map<string, Host>()

const begin = async ({
  addresses,
  keyFile,
  port,
  behaviour,
}: Extract<ToSimulation, { type: 'begin' }>): Promise<void> => {
  const hostKeys = [readFileSync(keyFile)]
  let at = port
  for (const address of addresses) {
    const host: Host = { address, behaviour, folders: behaviour.kind === 'real' ? hostFolders() : undefined }
    hosts.set(address, host)
    // a server for each: only so does it know which host a client has come to
    const server = new ssh2.Server({ hostKeys }, (client) => serve(host, client))
    const door = createServer((socket) => {
      if (host.behaviour.kind === 'refuses') return void socket.destroy()
      socket.setNoDelay(true)
      server.injectSocket(socket)
    })
    await listen(door, at, address)
    const bound = door.address()
    // the first is given a free port, which is free on every address of this machine
    if (typeof bound === 'object' && bound !== null) at = bound.port
  }
  tell({
    type: 'ready',
    port: at,
    roots: [...hosts].map(([address, { folders }]) => [address, folders?.root ?? ''] as const),
  })
}
