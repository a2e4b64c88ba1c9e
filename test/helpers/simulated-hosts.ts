import { execFileSync, fork } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { vagrantFolder } from '../../vagrant/cache.js'

/**
 * recorded: answers as the recorded host that examples/notes is deployed on, so that nothing is to be done there.
 * real: each script really runs, in folders that stand for those of the host (/run, /var/lib/deploy-flask, /srv).
 * silent: logs in, and never answers. refuses: hangs up at once.
 */
export type Behaviour =
  { readonly kind: 'recorded'; readonly milliseconds?: number } | { readonly kind: 'real' | 'silent' | 'refuses' }

export type ToSimulation =
  | {
      readonly type: 'begin'
      readonly addresses: readonly string[]
      readonly keyFile: string
      readonly port: number
      readonly behaviour: Behaviour
    }
  | { readonly type: 'become'; readonly host: string; readonly behaviour: Behaviour }
  | { readonly type: 'stats' }

export type FromSimulation =
  | { readonly type: 'ready'; readonly port: number; readonly roots: readonly (readonly [string, string])[] }
  | { readonly type: 'became' }
  | { readonly type: 'stats'; readonly logins: number; readonly most: number }
  | { readonly type: 'failed'; readonly why: string }

export interface SimulatedHosts {
  /** Their addresses, each of which is a host of its own: `127.20.0.1`. */
  readonly hosts: readonly string[]
  /** Names all of them, a line each. */
  readonly inventory: string
  readonly sshConfigFile: string
  /** The folder that stands for / of a real one. */
  root(host: string): string
  become(host: string, behaviour: Behaviour): Promise<void>
  /** How often somebody logged in, and how many were connected at the same time at most. */
  stats(): Promise<{ readonly logins: number; readonly most: number }>
  /** Of the process of the hosts, in which no part of the program runs. */
  readonly pid: number
  stop(): Promise<void>
}

let nets = 20

/** In the checkout, where the recordings are, also when this file itself is compiled. */
const processFile = join(dirname(vagrantFolder), 'test/helpers/simulated-host-process.ts')

/** Hosts that cost little, in a process of their own: for what is about many of them. */
export const startSimulatedHosts = async (
  count: number,
  behaviour: Behaviour = { kind: 'recorded' },
): Promise<SimulatedHosts> => {
  const net = nets++
  const directory = await mkdtemp(join(tmpdir(), 'simulated-hosts-'))
  const file = (name: string): string => join(directory, name)
  for (const name of ['host', 'key']) {
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', '', '-f', file(name)])
  }
  const addresses = Array.from({ length: count }, (_, index) => `127.${net}.${index >> 8}.${index & 255}`)
  const child = fork(processFile, { execArgv: ['--import', 'jiti/register'] })
  const asked = (message: ToSimulation): Promise<FromSimulation> =>
    new Promise((resolve, reject) => {
      child.once('message', (answer: FromSimulation) =>
        answer.type === 'failed' ? reject(new Error(answer.why)) : resolve(answer),
      )
      child.send(message)
    })
  const ready = await asked({ type: 'begin', addresses, keyFile: file('host'), port: 0, behaviour })
  if (ready.type !== 'ready') throw new Error('the simulated hosts do not begin')
  const [type = '', key = ''] = (await readFile(file('host.pub'), 'utf8')).split(' ')
  const known = addresses.map((address) => `[${address}]:${ready.port} ${type} ${key.trim()}\n`)
  await writeFile(file('known_hosts'), known.join(''))
  const config = [
    `Host 127.${net}.*`,
    `  Port ${ready.port}`,
    '  User root',
    `  IdentityFile ${file('key')}`,
    '  IdentitiesOnly yes',
    '  IdentityAgent none',
    `  UserKnownHostsFile ${file('known_hosts')}`,
    '  GlobalKnownHostsFile /dev/null',
  ]
  await writeFile(file('ssh_config'), `${config.join('\n')}\n`)
  await writeFile(file('hosts'), addresses.map((address) => `${address}\n`).join(''))
  const roots = new Map(ready.roots)
  return {
    hosts: addresses,
    inventory: file('hosts'),
    sshConfigFile: file('ssh_config'),
    root: (host) => roots.get(host) ?? '',
    become: async (host, next) => void (await asked({ type: 'become', host, behaviour: next })),
    stats: async () => {
      const answer = await asked({ type: 'stats' })
      if (answer.type !== 'stats') throw new Error('the simulated hosts do not tell')
      return { logins: answer.logins, most: answer.most }
    },
    pid: child.pid ?? 0,
    stop: async () => {
      const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
      child.disconnect()
      await ended
      for (const root of [...roots.values(), directory]) {
        if (root !== '') await rm(root, { recursive: true, force: true })
      }
    },
  }
}
