import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { main } from '../../src/cli.js'
import { Interrupts } from '../../src/commands/interrupts.js'
import { services as real, type Services } from '../../src/commands/services.js'
import { readFlags } from '../../src/config/load.js'
import { flagsFile } from '../../src/config/schema.js'
import { resolveSite } from '../../src/config/site.js'
import type { Plan } from '../../src/core/plan.js'
import type { Connection, Site } from '../../src/core/site.js'
import type { Application } from '../../src/engine/apply.js'
import type { Found } from '../../src/engine/lock.js'
import type { Survey } from '../../src/engine/survey.js'
import type { Io, Output } from '../../src/render/out.js'
import type { Transport } from '../../src/transport/transport.js'
import { held } from '../engine/fake-host.js'
import { samplePlan } from '../render/samples.js'

const written = {
  version: 1,
  host: 'vagrant@10.0.3.7',
  site: 'notes',
  'server-name': 'notes.test',
  wsgi: 'notes:app',
}

const there = flagsFile.parse({ ...written, code: { path: '/home/vagrant/notes' }, requirements: ['flask'] })

export const { site } = await resolveSite(there, { directory: '/', env: {}, now: new Date() })

const emptyPlan: Plan = {
  phases: [{ title: 'Packages', steps: [{ id: 'apt.index', title: 'Package index', state: 'ok' }], handlers: [] }],
}

/** What the last proof answers on a host where all is well. */
const proof = {
  status: 200,
  body: '',
  seen: true,
  logged: [],
  told: [{ group: 'notes', prefix: '/srv/notes/venvs/1' }],
  daemons: [
    { title: '(wsgi:notes)', user: 'flask-notes' },
    { title: '(wsgi:notes)', user: 'flask-notes' },
  ],
  mounts: [],
  sites: [],
}

export const changing: Survey = {
  state: {
    values: [],
    answers: new Map(),
    of: () => {
      throw new Error('commands have no business with what probes found')
    },
  },
  plan: samplePlan,
  otherRun: { last: '', at: undefined, cutOff: undefined, jobs: false },
  refusals: [],
  notes: [],
  kept: [],
  stateHash: 'state-1',
  machineId: 'machine-1',
  questions: 31,
  milliseconds: 400,
}

export const converged: Survey = { ...changing, plan: emptyPlan }

interface World {
  readonly survey?: Survey
  readonly site?: Site
  readonly terminal?: boolean
  readonly confirm?: boolean
  readonly env?: Record<string, string>
  /** What happens in applyPlan, before it reports. */
  readonly during?: (application: Application, interrupts: Interrupts) => void | Promise<void>
  readonly services?: Partial<Services>
  readonly interrupts?: Interrupts
  readonly warnings?: readonly string[]
  /** What is found with the lock; the commands that this host is then given are kept. */
  readonly found?: Found
  readonly host?: Transport
}

const collect = (isTTY: boolean): Output & { readonly text: () => string } => {
  let text = ''
  return { isTTY, write: (more) => void (text += more), text: () => text }
}

export const folder = (): string => {
  const path = mkdtempSync(join(tmpdir(), 'deploy-flask-'))
  writeFileSync(join(path, 'deploy-flask.yml'), 'version: 1\n')
  return path
}

/** Runs a command line in a folder, against a host that is only a survey. */
export const runIn = async (cwd: string, line: string, world: World = {}) => {
  const terminal = world.terminal ?? false
  const stdout = collect(terminal)
  const stderr = collect(terminal)
  const calls = {
    connections: [] as Connection[],
    closed: 0,
    /** Locks that were taken, and not released. */
    held: 0,
    /** Sites of which was kept how they were left. */
    left: [] as string[],
    asked: [] as string[],
    applied: [] as Application[],
  }
  const interrupts = world.interrupts ?? new Interrupts((text) => stderr.write(text))

  const services: Services = {
    overrides: (given) => real.overrides(given),
    strayVariables: (env) => real.strayVariables(env),
    loadSettings: (source) => {
      const { file, overrides } = source
      if (file === undefined) return real.loadSettings(source)
      const read = readFlags(JSON.stringify({ ...written, code: { folder: '.' } }), file, overrides)
      const hash = readFileSync(resolve(cwd, file), 'utf8')
      return Promise.resolve({ ...read, file, directory: cwd, hash, overrides, warnings: world.warnings ?? [] })
    },
    resolveSite: ({ host, ssh }, around) => {
      const user = ssh.user === undefined ? {} : { user: ssh.user }
      const config = ssh['config-file'] === undefined ? {} : { sshConfigFile: ssh['config-file'] }
      const connection = { host, transport: ssh.transport, acceptNewHostKey: false, ...user, ...config }
      around.dial?.(connection)
      return Promise.resolve({ site: world.site ?? site, connection, notes: [] })
    },
    checkOut: () => Promise.reject(new Error('there is no repository in this test')),
    phases: () => Promise.resolve([]),
    loadPlaybook: () => Promise.reject(new Error('there is no playbook in this test')),
    approach: () => Promise.reject(new Error('nobody is approached before it is known that all is well')),
    connect: (connection) => {
      calls.connections.push(connection)
      if (world.host !== undefined) return Promise.resolve(world.host)
      return Promise.resolve({
        target: 'vagrant@10.0.3.7',
        counts: { connections: 1, batches: 1, commands: 0 },
        ask: () => Promise.resolve([]),
        run: () => Promise.reject(new Error('nothing is run in these tests')),
        attach: () => Promise.reject(new Error('nothing is attached to in these tests')),
        reconnect: () => Promise.reject(new Error('no line is lost in these tests')),
        close: () => {
          calls.closed += 1
          return Promise.resolve()
        },
      })
    },
    survey: () => Promise.resolve(world.survey ?? changing),
    hold: (transport, _request, emit) => {
      calls.held += 1
      const host = held(world.host ?? transport, emit, world.found)
      host.release = (_ending, left) => {
        calls.held -= 1
        if (left !== undefined) calls.left.push(left.site)
        return Promise.resolve()
      }
      return Promise.resolve(host)
    },
    recover: () => Promise.resolve([]),
    apply: async (application) => {
      calls.applied.push(application)
      await world.during?.(application, interrupts)
      return {
        changes: 4,
        milliseconds: 1500,
        proof: JSON.stringify(proof),
        state: changing.state,
      }
    },
    jsonSchema: () => Promise.resolve({ title: 'flags file' }),
    confirm: (question) => {
      calls.asked.push(question)
      return Promise.resolve(world.confirm ?? false)
    },
    ask: () => Promise.resolve(undefined),
    resolveConnection: (given, nearby) => real.resolveConnection(given, nearby),
    lookAround: () => Promise.reject(new Error('nobody looks around in these tests')),
    detectProject: () => Promise.reject(new Error('nothing is detected in these tests')),
    sshHosts: () => Promise.resolve([]),
    terminal: () => Promise.reject(new Error('nobody is asked in these tests')),
    ...world.services,
  }

  const io: Io = {
    stdout,
    stderr,
    interactive: terminal,
    env: world.env ?? {},
    cwd,
    now: () => new Date(2026, 10, 24, 20, 13, 5),
  }
  const argv = line.split(' ').filter((word) => word !== '')
  const exitCode = await main(argv, io, { services, interrupts })
  return { exitCode, stdout: stdout.text(), stderr: stderr.text(), interrupts, ...calls }
}

export const run = (line: string, world: World = {}) => runIn(folder(), line, world)
