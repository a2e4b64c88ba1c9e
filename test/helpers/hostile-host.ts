import { execFileSync } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import ssh2 from 'ssh2'
import type { Connection, ServerChannel } from 'ssh2'
import { oneShotScript, readAsked, readEnvelopes, usualAnswer, type Asked } from './hostile-answers.js'

/** What a hostile host says on one channel. */
export interface Voice {
  readonly channel: ServerChannel
  out(text: string | Buffer): void
  err(text: string | Buffer): void
  /** As the host would answer that is not hostile. */
  usual(): void
  /** Says this again and again, as fast as it is taken, until the channel is closed. */
  endlessly(piece: string | Buffer, stream?: 'stdout' | 'stderr'): void
  /** Closes the channel, with an exit code. */
  end(code: number): void
  /** Ends the connection. */
  hangUp(): void
}

/** Where the marks of sudo's handshake stand. */
export interface SudoAsked {
  readonly asks: string
  readonly begins: string
}

export interface Hostility {
  /** What becomes of a question or a command; without it the host answers as usual. */
  readonly answer?: (asked: Asked, voice: Voice) => void
  /** What becomes of a program that is to be started; answers true where that is all. */
  readonly exec?: (program: string, voice: Voice) => boolean
  /** sudo needs a password, and this is how it is asked for. */
  readonly sudo?: (asked: SudoAsked, voice: Voice) => void
  /** At each stage of the connection; whoever hangs up there does so early. */
  readonly stage?: (
    stage: 'connected' | 'handshake' | 'authentication' | 'ready' | 'session',
    client: Connection,
  ) => void
  /** Requests to start a program are never answered. */
  readonly mute?: true
}

export interface HostileHost {
  readonly port: number
  readonly sshConfigFile: string
  /** All that was sent to the host after the login, to whatever program. */
  heard(): string
  /** How often a client logged in. */
  logins(): number
  become(hostility: Hostility): void
  stop(): Promise<void>
}

const pump = (channel: ServerChannel, piece: string | Buffer, stream: 'stdout' | 'stderr'): void => {
  const target = stream === 'stdout' ? channel : channel.stderr
  let open = true
  channel.on('close', () => (open = false))
  const more = (): void => {
    if (!open) return
    if (target.write(piece)) setImmediate(more)
    else target.once('drain', () => setImmediate(more))
  }
  more()
}

/** A host that logs everybody in, answers like a recorded Ubuntu 18.04, and lies where it is told to. */
export const startHostileHost = async (): Promise<HostileHost> => {
  const directory = await mkdtemp(join(tmpdir(), 'hostile-host-'))
  const file = (name: string): string => join(directory, name)
  for (const name of ['host', 'key']) {
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', '', '-f', file(name)])
  }
  let hostility: Hostility = {}
  let heard = ''
  let logins = 0
  const clients = new Set<Connection>()

  const voiceOf = (client: Connection, channel: ServerChannel, usual: () => void): Voice => ({
    channel,
    out: (text) => void (channel.writable && channel.write(text)),
    err: (text) => void (channel.writable && channel.stderr.write(text)),
    usual,
    endlessly: (piece, stream = 'stdout') => pump(channel, piece, stream),
    end: (code) => {
      channel.exit(code)
      channel.end()
    },
    hangUp: () => client.end(),
  })

  const reply = (client: Connection, channel: ServerChannel, script: string, isLast: boolean): void => {
    const asked = readAsked(script)
    const voice = voiceOf(client, channel, () => {
      const { stdout, stderr } = usualAnswer(asked)
      channel.stderr.write(stderr)
      channel.write(stdout)
      if (isLast) voice.end(0)
    })
    if (asked.kind === 'lock') channel.once('end', () => voice.end(0))
    if (hostility.answer === undefined) voice.usual()
    else hostility.answer(asked, voice)
  }

  const shell = (client: Connection, channel: ServerChannel): void => {
    const read = readEnvelopes((script) => reply(client, channel, script, false))
    channel.on('data', (piece: Buffer) => read(piece))
  }

  const handshake = (client: Connection, channel: ServerChannel, program: string): void => {
    const asks = /\[ask-\w+ %p\]/.exec(program)?.[0].replace('%p', 'deployer') ?? ''
    const [begins = ''] = /\[root-\w+\]/.exec(program) ?? []
    hostility.sudo?.(
      { asks, begins },
      voiceOf(client, channel, () => shell(client, channel)),
    )
  }

  const start = (client: Connection, channel: ServerChannel, program: string): void => {
    heard += `${program}\n`
    channel.on('error', () => undefined)
    channel.stderr.on('error', () => undefined)
    channel.on('data', (piece: Buffer) => (heard += piece.toString('latin1')))
    const own = voiceOf(client, channel, () => undefined)
    if (hostility.exec?.(program, own) === true) return
    if (program.includes('sudo -S')) return handshake(client, channel, program)
    if (program.includes('sudo -n') && hostility.sudo !== undefined) {
      own.err('sudo: a password is required\n')
      return own.end(1)
    }
    const script = oneShotScript(program)
    if (script === undefined) shell(client, channel)
    else reply(client, channel, script, true)
  }

  const server = new ssh2.Server({ hostKeys: [await readFile(file('host'))] }, (client) => {
    clients.add(client)
    const stage = (name: Parameters<NonNullable<Hostility['stage']>>[0]): void => hostility.stage?.(name, client)
    client.on('error', () => undefined)
    client.on('close', () => clients.delete(client))
    client.on('handshake', () => stage('handshake'))
    client.on('authentication', (context) => {
      stage('authentication')
      context.accept()
    })
    client.on('ready', () => {
      logins++
      stage('ready')
    })
    client.on('session', (accept) => {
      const session = accept()
      stage('session')
      session.on('exec', (acceptExec, _, { command }) => {
        if (hostility.mute === true) return
        start(client, acceptExec(), command)
      })
    })
    stage('connected')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  // a server of ssh2 that listens on TCP has an address of TCP
  const { port } = server.address() as AddressInfo
  const [type = '', key = ''] = (await readFile(file('host.pub'), 'utf8')).split(' ')
  await writeFile(file('known_hosts'), `[127.0.0.1]:${port} ${type} ${key.trim()}\n`)
  const config = [
    'Host there',
    '  HostName 127.0.0.1',
    `  Port ${port}`,
    '  User root',
    `  IdentityFile ${file('key')}`,
    '  IdentitiesOnly yes',
    '  IdentityAgent none',
    `  UserKnownHostsFile ${file('known_hosts')}`,
    '  GlobalKnownHostsFile /dev/null',
  ]
  await writeFile(file('ssh_config'), `${config.join('\n')}\n`)
  return {
    port,
    sshConfigFile: file('ssh_config'),
    heard: () => heard,
    logins: () => logins,
    become: (next) => {
      hostility = next
      heard = ''
      logins = 0
    },
    stop: async () => {
      for (const client of clients) client.end()
      await new Promise<void>((resolve) => server.close(() => resolve()))
      await rm(directory, { recursive: true, force: true })
    },
  }
}
