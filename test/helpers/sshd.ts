import { execFileSync, spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer, connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { ensurePrograms } from './programs.js'

export const sh = (script: string): string => execFileSync('/bin/sh', ['-ec', script], { encoding: 'utf8' })

const programs = { 'openssh-server': '/usr/sbin/sshd', 'openssh-client': '/usr/bin/ssh', sudo: '/usr/bin/sudo' }

export const freePort = async (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer()
    server.on('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() =>
        typeof address === 'object' && address !== null ? resolve(address.port) : reject(new Error('no port')),
      )
    })
  })

const answers = async (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    socket.on('data', () => (socket.destroy(), resolve(true)))
    socket.on('error', () => resolve(false))
  })

const generateKey = (file: string, type: string, passphrase = ''): void => {
  execFileSync('ssh-keygen', ['-q', '-t', type, '-N', passphrase, '-C', '', '-f', file])
}

export interface Sshd {
  readonly port: number
  readonly directory: string
  /** Keys that may log in as anybody, the second behind a passphrase. */
  readonly key: string
  readonly lockedKey: string
  /** No other sshd has the same: somebody looks for it in the command lines of all processes. */
  readonly passphrase: string
  /** `TYPE BASE64`, by type. */
  readonly hostKeys: Readonly<Record<'ed25519' | 'ecdsa', string>>
  log(): Promise<string>
  /** An ssh_config with `Host there`, of which nothing comes from the account that runs the tests. */
  config(extra?: readonly string[]): Promise<string>
  /** Writes the known hosts that `config` names. */
  know(text: string): Promise<void>
  knownHosts(): Promise<string>
  stop(): Promise<void>
}

/**
 * A real sshd on a port of its own. Ends nothing but itself. In the settings DIRECTORY stands for its folder, in which
 * `prepare` finds its keys before it starts.
 */
export const startSshd = async (
  settings: readonly string[] = [],
  prepare: (directory: string) => void = () => undefined,
): Promise<Sshd> => {
  ensurePrograms(programs)
  const directory = await mkdtemp(join(tmpdir(), 'sshd-'))
  await chmod(directory, 0o755)
  await mkdir('/run/sshd', { recursive: true, mode: 0o755 })
  const file = (name: string): string => join(directory, name)
  for (const type of ['ed25519', 'ecdsa']) generateKey(file(`host_${type}`), type)
  generateKey(file('key'), 'ed25519')
  const passphrase = `open sesame ${randomUUID()}`
  generateKey(file('locked'), 'ed25519', passphrase)
  const authorized = await Promise.all(['key.pub', 'locked.pub'].map((name) => readFile(file(name), 'utf8')))
  await writeFile(file('authorized_keys'), authorized.join(''), { mode: 0o644 })
  prepare(directory)
  const port = await freePort()
  const lines = [
    ...settings.map((line) => line.replaceAll('DIRECTORY', directory)),
    `Port ${port}`,
    'ListenAddress 127.0.0.1',
    `HostKey ${file('host_ed25519')}`,
    `HostKey ${file('host_ecdsa')}`,
    `AuthorizedKeysFile ${file('authorized_keys')}`,
    'StrictModes no',
    'PermitRootLogin yes',
    'PidFile none',
    'LogLevel DEBUG1',
    'UsePAM no',
    'Subsystem sftp internal-sftp',
  ]
  await writeFile(file('sshd_config'), lines.join('\n') + '\n')
  const sshd = spawn('/usr/sbin/sshd', ['-D', '-f', file('sshd_config'), '-E', file('log')], { stdio: 'ignore' })
  const ended = new Promise<void>((resolve) => sshd.once('exit', () => resolve()))
  for (let tries = 0; !(await answers(port)); tries++) {
    if (tries > 200) throw new Error(`sshd does not answer:\n${await readFile(file('log'), 'utf8')}`)
    await sleep(25)
  }
  const publicKey = async (type: string): Promise<string> =>
    (await readFile(file(`host_${type}.pub`), 'utf8')).split(' ').slice(0, 2).join(' ').trim()
  const hostKeys = { ed25519: await publicKey('ed25519'), ecdsa: await publicKey('ecdsa') }
  await writeFile(file('known_hosts'), `[127.0.0.1]:${port} ${hostKeys.ed25519}\n`)
  return {
    port,
    directory,
    key: file('key'),
    lockedKey: file('locked'),
    passphrase,
    hostKeys,
    log: async () => readFile(file('log'), 'utf8'),
    know: async (text) => writeFile(file('known_hosts'), text),
    knownHosts: async () => readFile(file('known_hosts'), 'utf8'),
    config: async (extra = []) => {
      const path = file(`ssh_config_${Math.random().toString(36).slice(2)}`)
      const given = new Set(extra.map((line) => line.split(' ')[0]))
      const usual = [
        'HostName 127.0.0.1',
        `Port ${port}`,
        'User root',
        `IdentityFile ${file('key')}`,
        'IdentitiesOnly yes',
        'IdentityAgent none',
        `UserKnownHostsFile ${file('known_hosts')}`,
        'GlobalKnownHostsFile /dev/null',
      ]
      const host = [...extra, ...usual.filter((line) => !given.has(line.split(' ')[0]))]
      await writeFile(path, `Host there\n${host.map((line) => `  ${line}\n`).join('')}`)
      return path
    },
    stop: async () => {
      sshd.kill()
      await ended
      await rm(directory, { recursive: true, force: true })
    },
  }
}

export interface User {
  readonly name: string
  readonly home: string
  readonly password: string
  remove(): void
}

let users = 0

/** A throwaway account; `sudoers` is a rule for it, in which USER stands for its name. */
export const createUser = (options: { readonly sudoers?: string; readonly shell?: string } = {}): User => {
  const name = `dft${process.pid}x${users++}`
  const password = `pw-${Math.random().toString(36).slice(2)}`
  sh(`useradd -m -s ${options.shell ?? '/bin/bash'} ${name}; printf '%s' '${name}:${password}' | chpasswd`)
  const rule = `/etc/sudoers.d/${name}`
  if (options.sudoers !== undefined) {
    sh(`umask 337; printf '%s\\n' '${options.sudoers.replaceAll('USER', name)}' >${rule}; visudo -cqf ${rule}`)
  }
  return {
    name,
    home: `/home/${name}`,
    password,
    // A process of the account may take a moment to end.
    remove: () =>
      sh(
        `rm -f ${rule}; for i in 1 2 3 4 5 6 7 8 9 10; do userdel -rf ${name} 2>/dev/null && break; sleep 0.2; done; true`,
      ),
  }
}
